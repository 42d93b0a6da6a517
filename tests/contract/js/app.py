# SPDX-License-Identifier: Apache-2.0
"""The application that the genuine browser packages sign in to, on a core and a clock of the test's own.

The routes below `/test` belong to the tests: they read mail, give roles, end sessions and turn the clock.
"""

import contextlib
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from threading import Thread
from typing import Any, Literal

import uvicorn
from fastapi import Body, Depends, FastAPI
from starlette.applications import Starlette
from starlette.middleware.cors import CORSMiddleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from examples.harbour_notes import policy
from twofold import InputAppInfo, SupertokensConfig, _state, get_all_cors_headers
from twofold._app import App
from twofold._app_info import AppInfo
from twofold._core_client import CoreTransport
from twofold.core.clock import TurnableClock
from twofold.framework.fastapi import get_middleware
from twofold.recipe import accountlinking, emailpassword, emailverification, multifactorauth, passwordless, userroles
from twofold.recipe._base import RecipeInit
from twofold.recipe.session import SessionContainer
from twofold.recipe.session.asyncio import revoke_all_sessions_for_user
from twofold.recipe.session.config import SessionConfig
from twofold.recipe.session.framework.fastapi import verify_session
from twofold.recipe.session.recipe import SessionRecipe
from twofold.recipe.userroles.asyncio import add_role_to_user, create_new_role_or_add_permissions

FIRST_FACTORS = ["emailpassword", "otp-email", "otp-phone", "link-email", "link-phone"]
PAGE = "<!doctype html><title>Stories</title><link rel='icon' href='data:,'><body><script src='/stories.js'></script>"
JS = Path(__file__).parent
ESBUILD = JS.parents[2] / "node_modules" / ".bin" / "esbuild"

AntiCsrf = Literal["VIA_TOKEN", "VIA_CUSTOM_HEADER", "NONE"]


@dataclass(frozen=True)
class Site:
    """A running application.

    Attributes:
        api: its origin.
        website: the origin of the pages.
    """

    api: str
    website: str


@contextlib.contextmanager
def running_site(
    core: CoreTransport, clock: TurnableClock, website: str | None = None, anti_csrf: AntiCsrf = "VIA_CUSTOM_HEADER"
) -> Iterator[Site]:
    """Serve the application on a free port until the block ends.

    Args:
        core: How the core is reached.
        clock: What the SDK goes by; the core should, too.
        website: Origin of the pages; default: the API serves them, too.
        anti_csrf: As for `session.init`.
    """
    before = _state.current_app_or_none()
    with listening() as (listener, api):
        site = Site(api, website or api)
        info = AppInfo.from_input(InputAppInfo("Harbour Notes", api, website_domain=site.website), "fastapi", None)
        app = App(info, _recipes(anti_csrf, clock), core, SupertokensConfig(), clock_ms=clock.now_ms)
        app.make_current()
        try:
            with serving(_application(app, site, clock), listener):
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
    server = uvicorn.Server(uvicorn.Config(app, log_level="warning", lifespan="on"))
    thread = Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
    thread.start()
    try:
        yield
    finally:
        server.should_exit = True
        thread.join(timeout=30)


def _recipes(anti_csrf: AntiCsrf, clock: TurnableClock) -> list[RecipeInit]:
    def session(app_info: AppInfo, plugins: list[Any]) -> SessionRecipe:
        return SessionRecipe(app_info, SessionConfig(anti_csrf=anti_csrf), clock.now_ms)

    return [
        session,
        userroles.init(),
        emailverification.init(mode="OPTIONAL"),
        emailpassword.init(),
        passwordless.init(passwordless.ContactEmailOrPhoneConfig(), flow_type="USER_INPUT_CODE_AND_MAGIC_LINK"),
        accountlinking.init(should_do_automatic_account_linking=policy.link_second_factors),
        multifactorauth.init(FIRST_FACTORS, override=policy.admins_need_a_code),
    ]


class CountingRefreshes:
    """Counts the requests to the refresh API on their way in."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app
        self.count = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Count, and pass on."""
        if scope["type"] == "http" and scope["method"] == "POST" and scope["path"].endswith("/session/refresh"):
            self.count += 1
        await self._app(scope, receive, send)


def _application(app: App, site: Site, clock: TurnableClock) -> ASGIApp:
    application = FastAPI()
    application.add_middleware(get_middleware())
    _add_protected_routes(application)
    cors = CORSMiddleware(
        application,
        allow_origins=[site.website],
        allow_credentials=True,
        allow_methods=["GET", "PUT", "POST", "DELETE", "OPTIONS", "PATCH"],
        allow_headers=["Content-Type", *get_all_cors_headers()],
    )
    counting = CountingRefreshes(cors)
    _add_test_routes(application, app, clock, counting)
    _add_page(application)
    return counting


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

    @application.post("/plan")
    async def plan(session: SessionContainer = Depends(verify_session())) -> Any:
        await session.merge_into_access_token_payload({"plan": "gold"})
        return {"plan": "gold"}


def _add_test_routes(application: FastAPI, app: App, clock: TurnableClock, counting: CountingRefreshes) -> None:
    @application.post("/test/mail")
    async def mail(body: Any = Body()) -> Any:
        texts = [message.text for message in app.inbox.messages() if message.to == body["to"]]
        return {"count": len(texts), "newest": next(iter(texts), "")}

    @application.post("/test/make-admin")
    async def make_admin(body: Any = Body()) -> Any:
        await create_new_role_or_add_permissions(policy.ADMIN, [])
        await add_role_to_user("public", body["userId"], policy.ADMIN)
        return {}

    @application.post("/test/revoke")
    async def revoke(body: Any = Body()) -> Any:
        return {"revoked": len(await revoke_all_sessions_for_user(body["userId"]))}

    @application.post("/test/turn-clock")
    async def turn_clock(body: Any = Body()) -> Any:
        clock.turn(seconds=body["seconds"])
        return {}

    @application.post("/test/refreshes")
    async def refreshes() -> Any:
        return {"count": counting.count}


def _add_page(application: Starlette) -> None:
    def page(_request: Request) -> Response:
        return Response(PAGE, media_type="text/html")

    def script(_request: Request) -> Response:
        return Response(_bundle(), media_type="text/javascript")

    application.add_route("/page", page)
    application.add_route("/stories.js", script)


@cache
def _bundle() -> str:
    """Join packages and stories in one script."""
    with tempfile.TemporaryDirectory() as folder:
        target = Path(folder) / "stories.js"
        command = [str(ESBUILD), "in_browser.mjs", "--bundle", f"--outfile={target}", "--log-level=warning"]
        subprocess.run(command, check=True, cwd=JS)
        return target.read_text()
