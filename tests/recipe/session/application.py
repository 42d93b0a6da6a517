# SPDX-License-Identifier: Apache-2.0
"""A FastAPI application with sessions on a core in this process, and a browser for it."""

import json
from base64 import b64decode, urlsafe_b64decode
from http.cookies import SimpleCookie
from typing import Any

import httpx
from fastapi import Body, Depends, FastAPI, Request

from tests.plugins.places import Place
from twofold._app import App
from twofold._app_info import AppInfo, SupertokensConfig
from twofold._core_client import CoreTransport
from twofold.core.app import create_core
from twofold.core.clock import TurnableClock
from twofold.framework.fastapi import get_middleware
from twofold.recipe.session.asyncio import create_new_session, get_session
from twofold.recipe.session.claims import BooleanClaim, PrimitiveClaim
from twofold.recipe.session.config import SessionConfig
from twofold.recipe.session.exceptions import raise_unauthorised_exception
from twofold.recipe.session.framework.fastapi import verify_session
from twofold.recipe.session.interfaces import SessionContainer
from twofold.recipe.session.recipe import SessionRecipe
from twofold.types import RecipeUserId

PAID = BooleanClaim("paid", lambda *_: False)
PLAN = PrimitiveClaim[str]("plan", lambda *_: "free")


class CountingTransport:
    """Passes core calls on and remembers them."""

    def __init__(self, inner: CoreTransport) -> None:
        self._inner = inner
        self.calls: list[tuple[str, str]] = []
        self.bodies: list[Any] = []

    async def start(self) -> None:
        """Open the core."""
        await self._inner.start()

    async def stop(self) -> None:
        """Close the core."""
        await self._inner.stop()

    async def call(self, method: str, path: str, **call: Any) -> dict[str, Any]:
        """Remember and pass on."""
        self.calls.append((method, path))
        self.bodies.append(call["body"])
        return await self._inner.call(method, path, **call)


class Application:
    """The application under test.

    Args:
        place: Where its core is.
        api_domain, website_domain: What the application says about itself.
        session: Configuration of the session recipe.
    """

    def __init__(
        self,
        place: Place,
        api_domain: str = "http://localhost:8000",
        website_domain: str = "http://localhost:3000",
        **session: Any,
    ) -> None:
        self.clock = TurnableClock()
        self.transport = CountingTransport(place.transport(create_core(place.database_url, clock=self.clock)))
        app_info = AppInfo("App", api_domain, website_domain, "fastapi", "", "/auth", "/auth", None, None)
        self.app = App(
            app_info,
            [lambda info, _plugins: SessionRecipe(info, SessionConfig(**session), self.clock.now_ms)],
            self.transport,
            SupertokensConfig(),
        )
        self.app.make_current()
        self.asgi = _routes()

    @property
    def recipe(self) -> SessionRecipe:
        """The session recipe."""
        return SessionRecipe.get()

    def browser(self, mode: str = "cookie") -> "Browser":
        """Return a browser without tokens."""
        return Browser(self.asgi, mode)


class Browser:
    """Keeps cookies by path, and header tokens, as genuine clients do. `reply` is the last response."""

    def __init__(self, asgi: Any, mode: str) -> None:
        self._asgi = asgi
        self.mode = mode
        self.cookies: dict[str, str] = {}
        self.set_cookies: dict[str, Any] = {}
        self.access_token = ""
        self.refresh_token = ""
        self.anti_csrf: str | None = None
        self.reply = httpx.Response(0)

    async def send(self, method: str, path: str, body: Any = None, **headers: str) -> httpx.Response:
        """Send a request with the tokens that belong to its path; `name=""` leaves a header out."""
        sent = {"st-auth-mode": self.mode, **self._tokens(path)}
        sent.update({name.replace("_", "-"): value for name, value in headers.items()})
        transport = httpx.ASGITransport(app=self._asgi)
        async with httpx.AsyncClient(transport=transport, base_url="http://localhost:8000") as client:
            present = {name: value for name, value in sent.items() if value}
            self.reply = await client.request(method, path, json=body, headers=present)
        self._keep(self.reply)
        return self.reply

    @property
    def front_token(self) -> Any:
        """The decoded front token of the last response, its literal text, or None."""
        text = self.reply.headers.get("front-token")
        return text if text in (None, "remove") else json.loads(b64decode(text))

    def payload(self) -> dict[str, Any]:
        """Return the payload of the access token that this browser holds."""
        part = (self.cookies.get("sAccessToken") or self.access_token).split(".")[1]
        payload: dict[str, Any] = json.loads(urlsafe_b64decode(part + "=="))
        return payload

    def _tokens(self, path: str) -> dict[str, str]:
        refreshing = path.endswith("/session/refresh")
        sent = {name: value for name, value in self.cookies.items() if name != "sRefreshToken" or refreshing}
        headers = {"cookie": "; ".join(f"{name}={value}" for name, value in sent.items())}
        bearer = self.refresh_token if refreshing else self.access_token
        if bearer:
            headers["authorization"] = f"Bearer {bearer}"
        if self.anti_csrf:
            headers["anti-csrf"] = self.anti_csrf
        return headers

    def _keep(self, reply: httpx.Response) -> None:
        self.set_cookies = {}
        for line in reply.headers.get_list("set-cookie"):
            for name, morsel in SimpleCookie(line).items():
                self.set_cookies[name] = morsel
                self.cookies[name] = morsel.value
                if not morsel.value:
                    del self.cookies[name]
        self.access_token = reply.headers.get("st-access-token", self.access_token)
        self.refresh_token = reply.headers.get("st-refresh-token", self.refresh_token)
        self.anti_csrf = reply.headers.get("anti-csrf", self.anti_csrf)


def _needs_paid(*_: Any) -> list[Any]:
    return [PAID.validators.is_true(None), PLAN.validators.has_value("free")]


def _needs_plan(*_: Any) -> list[Any]:
    return [PLAN.validators.has_value("free")]


def _describe(session: SessionContainer | None) -> dict[str, Any]:
    if session is None:
        return {"session": None}
    return {"user": session.get_user_id(), "tenant": session.get_tenant_id(), "handle": session.get_handle()}


def _routes() -> FastAPI:
    app = FastAPI()
    app.add_middleware(get_middleware())
    _add_verified_routes(app)
    _add_changing_routes(app)
    return app


def _add_verified_routes(app: FastAPI) -> None:
    @app.get("/me")
    @app.post("/me")
    async def me(session: SessionContainer = Depends(verify_session())) -> Any:
        return _describe(session)

    @app.get("/optional")
    @app.options("/optional")
    async def optional(session: SessionContainer | None = Depends(verify_session(session_required=False))) -> Any:
        return _describe(session)

    @app.get("/database")
    async def database(session: SessionContainer = Depends(verify_session(check_database=True))) -> Any:
        return _describe(session)

    @app.post("/unchecked")
    async def unchecked(session: SessionContainer = Depends(verify_session(anti_csrf_check=False))) -> Any:
        return _describe(session)

    @app.get("/paid")
    async def paid(session: SessionContainer = Depends(verify_session(None, True, False, _needs_paid))) -> Any:
        return _describe(session)

    @app.get("/plan")
    async def plan(request: Request) -> Any:
        return _describe(await get_session(request, override_global_claim_validators=_needs_plan))


def _add_changing_routes(app: FastAPI) -> None:
    @app.post("/enter/{user}")
    async def enter(user: str, request: Request, payload: Any = Body(None)) -> Any:
        return _describe(await create_new_session(request, "public", RecipeUserId(user), payload, {"from": "enter"}))

    @app.post("/payload")
    async def payload(body: Any = Body(), session: SessionContainer = Depends(verify_session())) -> Any:
        await session.merge_into_access_token_payload(body)
        return session.get_access_token_payload()

    @app.post("/leave")
    async def leave(session: SessionContainer = Depends(verify_session())) -> Any:
        await session.revoke_session()
        return {}

    @app.get("/throw")
    async def throw() -> Any:
        raise_unauthorised_exception("not you")
