# SPDX-License-Identifier: Apache-2.0
"""The ASGI middleware: session changes on every response, errors of ours, mounts, lifespan."""

from typing import Any

import httpx
import pytest
from fastapi import FastAPI, Request
from starlette.responses import Response

from tests.fake_core import FakeCore, app_on
from twofold.exceptions import BadInputError, GeneralError
from twofold.framework.fastapi import get_middleware
from twofold.framework.fastapi.fastapi_request import FastApiRequest
from twofold.framework.fastapi.fastapi_response import FastApiResponse
from twofold.framework.response import BaseResponse
from twofold.recipe import session
from twofold.recipe.session.exceptions import UnauthorisedError


class ChangedSession:
    """A session that has something to say on the response."""

    def __init__(self) -> None:
        self.response_mutators = [self.mutate]

    @staticmethod
    def mutate(response: BaseResponse, _user_context: dict[str, Any]) -> None:
        """Set a header and a cookie."""
        response.set_header("front-token", "new")
        response.set_cookie("sAccessToken", "a b;c", 0, httponly=True, secure=True, samesite="strict")


def application() -> FastAPI:
    """Return an application with one route per case."""
    app_on(FakeCore(), session.init())
    app = FastAPI()
    app.add_middleware(get_middleware())

    @app.get("/changed")
    async def changed(request: Request) -> dict[str, str]:
        FastApiRequest(request).set_session(ChangedSession())  # type: ignore[arg-type]  # a stand-in
        return {"own": "body"}

    @app.get("/bad")
    async def bad(request: Request) -> None:
        FastApiRequest(request).set_session(ChangedSession())  # type: ignore[arg-type]  # a stand-in
        raise BadInputError("not like this")

    @app.get("/unauthorised")
    async def unauthorised() -> None:
        raise UnauthorisedError("no session", clear_tokens=False)

    @app.get("/misconfigured")
    async def misconfigured() -> None:
        raise GeneralError("the developer must see this")

    return app


def browser(app: FastAPI) -> httpx.AsyncClient:
    """Return a client of the application."""
    return httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://localhost:8000")


async def test_session_changes_are_on_the_applications_response() -> None:
    """What happened to the session is written on whatever the application sends."""
    async with browser(application()) as client:
        reply = await client.get("/changed")

    assert reply.json() == {"own": "body"}
    assert reply.headers["front-token"] == "new"
    assert reply.headers["set-cookie"] == (
        "sAccessToken=a%20b%3Bc; Path=/; Expires=Thu, 01 Jan 1970 00:00:00 GMT; HttpOnly; Secure; SameSite=strict"
    )


async def test_session_changes_are_not_on_an_errors_response() -> None:
    """A refused request does not hand out what its session became."""
    async with browser(application()) as client:
        reply = await client.get("/bad")

    assert (reply.status_code, reply.json()) == (400, {"message": "not like this"})
    assert "front-token" not in reply.headers


async def test_session_errors_of_routes_are_answered() -> None:
    """An error of a recipe raised anywhere below the middleware becomes the recipe's response."""
    async with browser(application()) as client:
        reply = await client.get("/unauthorised")

    assert (reply.status_code, reply.json()) == (401, {"message": "unauthorised"})


async def test_configuration_errors_are_raised() -> None:
    """They reach the server's log and the developer."""
    async with browser(application()) as client:
        with pytest.raises(GeneralError, match="the developer must see this"):
            await client.get("/misconfigured")


async def test_mounted_below_a_root_path() -> None:
    """`root_path` is no part of the path that is compared with the base path."""
    app = application()

    async with httpx.AsyncClient(
        transport=httpx.ASGITransport(app, root_path="/api"), base_url="http://localhost:8000"
    ) as client:
        reply = await client.get("/api/auth/.well-known/openid-configuration")

    assert reply.json()["issuer"] == "http://localhost:8000/auth"


async def test_lifespan_starts_and_stops_the_core() -> None:
    """The core is open before the server says that it is up, and closed after the application."""
    events: list[str] = []

    class Core(FakeCore):
        async def start(self) -> None:
            events.append("core started")

        async def stop(self) -> None:
            events.append("core stopped")

    async def inner(_scope: Any, _receive: Any, send: Any) -> None:
        await send({"type": "lifespan.startup.complete"})
        await send({"type": "lifespan.shutdown.complete"})

    async def send(message: Any) -> None:
        events.append(message["type"])

    app_on(Core(), session.init())
    await get_middleware()(inner)({"type": "lifespan"}, send, send)  # type: ignore[arg-type]  # nothing is received

    assert events == ["core started", "lifespan.startup.complete", "core stopped", "lifespan.shutdown.complete"]


def test_first_status_and_first_body_win() -> None:
    """Later calls are ignored, so that an override's answer is not replaced."""
    native = Response()
    response = FastApiResponse(native)

    response.set_status_code(418)
    response.set_json_content({"name": "Zoë"})
    response.set_status_code(200)
    response.set_html_content("late")

    assert (native.status_code, native.body) == (418, '{"name":"Zoë"}'.encode())


def test_headers_are_replaced_and_cannot_be_split() -> None:
    """A header is set once, and a line break in it is refused."""
    response = FastApiResponse(Response())
    response.set_header("X-One", "1")
    response.set_header("x-one", "2")

    assert response.get_header("X-ONE") == "2"
    with pytest.raises(ValueError, match="control character"):
        response.set_header("x-two", "a\r\nset-cookie: stolen=1")


def test_redirect_is_encoded() -> None:
    """A redirect to a URL with other letters is sent in ASCII."""
    response = FastApiResponse(Response())

    response.redirect("https://example.com/ü?q=a b\n")

    assert response.get_header("location") == "https://example.com/%C3%BC?q=a%20b%0A"
