# SPDX-License-Identifier: Apache-2.0
"""The application that the genuine browser packages sign in to, in each framework, on a core and a clock of the test's.

Beside it runs a back stage of the tests' own, which reads mail, gives roles, ends sessions and turns the clock.
"""

import contextlib
import socket
import subprocess
import tempfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from threading import Thread
from typing import Any, Literal
from urllib.parse import urljoin

import httpx
import uvicorn
from fastapi import Body, Depends, FastAPI
from starlette.applications import Starlette
from starlette.middleware.cors import CORSMiddleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send
from werkzeug.serving import make_server

from examples.harbour_notes import policy
from twofold import InputAppInfo, SupertokensConfig, _state, get_all_cors_headers
from twofold._app import App
from twofold._app_info import AppInfo, FrameworkName
from twofold._core_client import CoreTransport
from twofold._embedded import InProcessTransport
from twofold.core.app import create_core
from twofold.core.clock import TurnableClock
from twofold.core.config import Settings
from twofold.framework.fastapi import get_middleware
from twofold.recipe import (
    accountlinking,
    emailpassword,
    emailverification,
    multifactorauth,
    passwordless,
    session,
    thirdparty,
    userroles,
)
from twofold.recipe._base import RecipeInit
from twofold.recipe.session import SessionContainer
from twofold.recipe.session.asyncio import revoke_all_sessions_for_user
from twofold.recipe.session.framework.fastapi import verify_session
from twofold.recipe.userroles.asyncio import add_role_to_user, create_new_role_or_add_permissions

FIRST_FACTORS = ["emailpassword", "thirdparty", "otp-email", "otp-phone", "link-email", "link-phone"]
CHEAP_PASSWORDS = Settings(argon2_iterations=1, argon2_memory_kb=1024)
PAGE = "<!doctype html><title>Stories</title><link rel='icon' href='data:,'><body><script src='/stories.js'></script>"
STEP_UP_SECONDS = 300
JS = Path(__file__).parent
ESBUILD = JS.parents[2] / "node_modules" / ".bin" / "esbuild"

AntiCsrf = Literal["VIA_TOKEN", "VIA_CUSTOM_HEADER", "NONE"]


@dataclass(frozen=True)
class Site:
    """A running application.

    Attributes:
        api: its origin.
        website: the origin of the pages.
        backstage: the origin of what belongs to the tests.
        clock: what core and SDK go by.
    """

    api: str
    website: str
    backstage: str
    clock: TurnableClock


@dataclass
class Refreshes:
    """Counts the requests to the refresh API on their way in."""

    count: int = 0

    def see(self, method: str, path: str) -> None:
        """Count a request, if it is one."""
        self.count += method == "POST" and path.endswith("/session/refresh")


@dataclass(frozen=True)
class Stage:
    """What an application is told, in whichever framework it is."""

    website: str
    refreshes: Refreshes = field(default_factory=Refreshes)


Serve = Callable[[Stage, socket.socket], contextlib.AbstractContextManager[None]]


@contextlib.contextmanager
def embedded(database_url: str, **options: Any) -> Iterator[Site]:
    """Run the application with a core in this process, with options of `running_site`."""
    clock = TurnableClock()
    core = create_core(database_url, CHEAP_PASSWORDS, clock=clock)
    with running_site(InProcessTransport(core), clock, **options) as site:
        yield site


@contextlib.contextmanager
def running_site(  # each is one way in which sites differ
    core: CoreTransport,
    clock: TurnableClock,
    website: str | None = None,
    anti_csrf: AntiCsrf = "VIA_CUSTOM_HEADER",
    framework: FrameworkName = "fastapi",
    serve: Serve | None = None,
    provider: str | None = None,
    recipe_list: Sequence[RecipeInit] | None = None,
) -> Iterator[Site]:
    """Serve the application on a free port until the block ends.

    Args:
        core: How the core is reached.
        clock: What the SDK goes by; the core should, too.
        website: Origin of the pages; default: the API serves them, too.
        anti_csrf: As for `session.init`.
        framework: What `serve` is written in.
        serve: Answers requests with the application; default: that in FastAPI.
        provider: Address of an OpenID provider.
        recipe_list: Other recipes than those of the stories, to which the two above then mean nothing.
    """
    recipes = _recipes(anti_csrf, provider) if recipe_list is None else recipe_list
    before = _state.current_app_or_none()
    with listening() as (listener, api), listening() as (behind, backstage):
        site, stage = Site(api, website or api, backstage, clock), Stage(website or api)
        info = AppInfo.from_input(InputAppInfo("Harbour Notes", api, website_domain=site.website), framework, None)
        app = App(info, recipes, core, SupertokensConfig(), clock_ms=clock.now_ms)
        app.make_current()
        try:
            with (serve or serve_fastapi)(stage, listener), serving(_backstage(app, clock, stage.refreshes), behind):
                yield site
        finally:
            _state.set_current_app(before)


@contextlib.contextmanager
def running_website() -> Iterator[str]:
    """Serve the page on a free port of its own until the block ends; yield its origin."""
    website = Starlette()
    _add_page(website)
    with listening() as (listener, origin), serving(website, listener):
        yield origin


@contextlib.contextmanager
def listening() -> Iterator[tuple[socket.socket, str]]:
    """Listen on a free port, so that nobody need wait for the server; also yield its origin."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        yield listener, f"http://localhost:{listener.getsockname()[1]}"


@contextlib.contextmanager
def serving(app: ASGIApp, listener: socket.socket) -> Iterator[None]:
    """Answer requests in a thread until the block ends."""
    server = uvicorn.Server(uvicorn.Config(app, log_level="warning", lifespan="auto"))
    thread = Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
    thread.start()
    try:
        yield
    finally:
        server.should_exit = True
        thread.join(timeout=30)


@contextlib.contextmanager
def serving_wsgi(app: Any, listener: socket.socket, refreshes: Refreshes) -> Iterator[None]:
    """Answer requests to a blocking application until the block ends, each in a thread of its own."""

    def counting(environ: Any, start_response: Any) -> Any:
        refreshes.see(environ["REQUEST_METHOD"], environ["PATH_INFO"])
        return app(environ, start_response)

    server = make_server("localhost", 0, counting, threaded=True, fd=listener.fileno())
    thread = Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield
    finally:
        server.shutdown()
        thread.join(timeout=30)


@contextlib.contextmanager
def serve_fastapi(stage: Stage, listener: socket.socket) -> Iterator[None]:
    """Answer requests with the application in FastAPI."""
    with serving(CountingRefreshes(_application(stage.website), stage.refreshes), listener):
        yield


def _recipes(anti_csrf: AntiCsrf, provider: str | None) -> list[RecipeInit]:
    return [
        session.init(anti_csrf=anti_csrf),
        userroles.init(),
        emailverification.init(mode="OPTIONAL"),
        emailpassword.init(),
        thirdparty.init(thirdparty.SignInAndUpFeature([local_provider(provider)] if provider else [])),
        passwordless.init(passwordless.ContactEmailOrPhoneConfig(), flow_type="USER_INPUT_CODE_AND_MAGIC_LINK"),
        accountlinking.init(should_do_automatic_account_linking=policy.link_second_factors),
        multifactorauth.init(FIRST_FACTORS, override=policy.admins_need_a_code),
    ]


def local_provider(address: str) -> thirdparty.ProviderInput:
    """Return the configuration of an OpenID provider on this machine."""
    client = thirdparty.ProviderClientConfig("harbour-notes", "a secret of a test", scope=["openid", "email"])
    return thirdparty.ProviderInput(
        thirdparty.ProviderConfig("local", "Local", [client], oidc_discovery_endpoint=address)
    )


class CountingRefreshes:
    """Counts before an ASGI application."""

    def __init__(self, app: ASGIApp, refreshes: Refreshes) -> None:
        self._app = app
        self._refreshes = refreshes

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Count, and pass on."""
        if scope["type"] == "http":
            self._refreshes.see(scope["method"], scope["path"])
        await self._app(scope, receive, send)


def _application(website: str) -> ASGIApp:
    application = FastAPI()
    application.add_middleware(get_middleware())
    _add_protected_routes(application)
    _add_page(application)
    return CORSMiddleware(
        application,
        allow_origins=[website],
        allow_credentials=True,
        allow_methods=["GET", "PUT", "POST", "DELETE", "OPTIONS", "PATCH"],
        allow_headers=["Content-Type", *get_all_cors_headers()],
    )


def _backstage(app: App, clock: TurnableClock, refreshes: Refreshes) -> ASGIApp:
    behind = FastAPI()
    _add_test_routes(behind, app, clock, refreshes)
    return CORSMiddleware(behind, allow_origins=["*"], allow_methods=["POST"], allow_headers=["content-type"])


def _add_protected_routes(application: FastAPI) -> None:
    @application.get("/protected")
    @application.post("/protected")
    async def protected(session: SessionContainer = Depends(verify_session())) -> Any:
        return {"userId": session.get_user_id()}

    @application.get("/checked")
    async def checked(session: SessionContainer = Depends(verify_session(check_database=True))) -> Any:
        return {"userId": session.get_user_id()}

    @application.get("/admin")
    async def admin(
        session: SessionContainer = Depends(verify_session(override_global_claim_validators=policy.and_role_admin)),
    ) -> Any:
        return {"userId": session.get_user_id()}

    @application.get("/payments")
    async def payments(session: SessionContainer = Depends(verify_session(max_age_seconds=STEP_UP_SECONDS))) -> Any:
        return {"userId": session.get_user_id()}

    @application.post("/plan")
    async def plan(session: SessionContainer = Depends(verify_session())) -> Any:
        await session.merge_into_access_token_payload({"plan": "gold"})
        return {"plan": "gold"}


def _add_test_routes(behind: FastAPI, app: App, clock: TurnableClock, seen: Refreshes) -> None:
    @behind.post("/mail")
    async def mail(body: Any = Body()) -> Any:
        texts = [message.text for message in app.inbox.messages() if message.to == body["to"]]
        return {"count": len(texts), "newest": next(iter(texts), "")}

    @behind.post("/make-admin")
    async def make_admin(body: Any = Body()) -> Any:
        await create_new_role_or_add_permissions(policy.ADMIN, [])
        await add_role_to_user("public", body["userId"], policy.ADMIN)
        return {}

    @behind.post("/revoke")
    async def revoke(body: Any = Body()) -> Any:
        return {"revoked": len(await revoke_all_sessions_for_user(body["userId"]))}

    @behind.post("/turn-clock")
    async def turn_clock(body: Any = Body()) -> Any:
        clock.turn(seconds=body["seconds"])
        return {}

    @behind.post("/refreshes")
    async def refreshes() -> Any:
        return {"count": seen.count}

    @behind.post("/agree-at-provider")
    async def agree(body: Any = Body()) -> Any:
        async with httpx.AsyncClient() as person:
            reply = await person.post(body["url"], data={"sub": body["email"], "action": "authorize"})
        return {"back": urljoin(body["url"], reply.headers["location"])}


def _add_page(application: Starlette) -> None:
    def page(_request: Request) -> Response:
        return Response(PAGE, media_type="text/html")

    def script(_request: Request) -> Response:
        return Response(bundle("in_browser.mjs"), media_type="text/javascript")

    application.add_route("/page", page)
    application.add_route("/stories.js", script)


@cache
def bundle(entry: str, *options: str) -> str:
    """Join a file with the packages that it imports in one script, with options of esbuild."""
    with tempfile.TemporaryDirectory() as folder:
        target = Path(folder) / "bundle.js"
        command = [str(ESBUILD), entry, "--bundle", f"--outfile={target}", "--log-level=warning", *options]
        subprocess.run(command, check=True, cwd=JS)
        return target.read_text()
