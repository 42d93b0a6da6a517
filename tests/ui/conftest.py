# SPDX-License-Identifier: Apache-2.0
"""An application with pages, on a core in this process, and a browser without JavaScript."""

from collections.abc import AsyncIterator
from typing import Protocol

import httpx
import pytest
from fastapi import Depends, FastAPI, Request
from fastapi.responses import HTMLResponse, PlainTextResponse

from twofold import _state, ui
from twofold._app_info import AppInfo, InputAppInfo, SupertokensConfig
from twofold._embedded import InProcessTransport
from twofold.core.app import create_core
from twofold.core.clock import TurnableClock
from twofold.core.config import Settings
from twofold.framework.fastapi import get_middleware
from twofold.ingredients._inbox import Inbox
from twofold.recipe import session
from twofold.recipe._base import RecipeInit
from twofold.recipe.session import SessionContainer
from twofold.recipe.session.asyncio import create_new_session
from twofold.recipe.session.framework.fastapi import verify_session
from twofold.supertokens import connect_app
from twofold.testing import IN_MEMORY, QUICK_HASHES, _QuickTokens
from twofold.types import RecipeUserId

ADDRESS = "http://localhost:8000"
NAVIGATION = {
    "accept": "text/html,application/xhtml+xml,*/*;q=0.8",
    "sec-fetch-mode": "navigate",
    "sec-fetch-site": "same-origin",
}


@pytest.fixture
def clock() -> TurnableClock:
    """The core's clock."""
    return TurnableClock()


@pytest.fixture
def app_info() -> AppInfo:
    """An application at the usual paths."""
    given = InputAppInfo("Notes", ADDRESS, website_domain=ADDRESS)
    return AppInfo.from_input(given, "fastapi", None)


class Start(Protocol):
    """Starts an application."""

    async def __call__(self, *recipes: RecipeInit) -> httpx.AsyncClient:
        """Start one with these recipes, and open a browser at it."""
        ...


@pytest.fixture
async def start(app_info: AppInfo, clock: TurnableClock) -> AsyncIterator[Start]:
    """Starts applications that have a page of their own, `/notes`, for who is signed in."""
    before = _state.current_app_or_none()
    browsers: list[httpx.AsyncClient] = []

    async def start(*recipes: RecipeInit) -> httpx.AsyncClient:
        core = create_core(IN_MEMORY, Settings(**QUICK_HASHES), clock=clock, tokens=_QuickTokens())
        connect_app(app_info, recipes, SupertokensConfig(), InProcessTransport(core), clock_ms=clock.now_ms)
        browsers.append(open_browser(_web()))
        return browsers[-1]

    yield start
    for browser in browsers:
        await browser.aclose()
    await _state.current_app().stop()
    _state.set_current_app(before)


@pytest.fixture
async def browser(start: Start) -> httpx.AsyncClient:
    """A browser at an application with sessions and pages, and no way to sign in but its own."""
    return await start(session.init(), ui.init())


def inbox() -> Inbox:
    """Return the messages that were not sent."""
    return _state.current_app().inbox


def newest_code() -> str:
    """Return the code of the newest message."""
    return next(word for word in inbox().messages()[0].text.split() if word.isdigit() and len(word) == 6)


def _web() -> FastAPI:
    app = FastAPI()
    app.add_middleware(get_middleware())

    @app.post("/begin")
    async def begin(request: Request) -> dict[str, str]:
        await create_new_session(request, "public", RecipeUserId("user"))
        return {}

    @app.get("/notes", dependencies=[Depends(verify_session())])
    async def notes() -> HTMLResponse:
        return HTMLResponse("<h1>Notes</h1>")

    @app.get("/tenant")
    async def tenant(session: SessionContainer = Depends(verify_session())) -> PlainTextResponse:
        return PlainTextResponse(session.get_tenant_id())

    @app.post("/notes")
    async def add_note(request: Request, _: SessionContainer = Depends(verify_session())) -> HTMLResponse:
        return HTMLResponse(f"added {(await request.body()).decode()}")

    return app


def open_browser(app: FastAPI) -> httpx.AsyncClient:
    """Open a browser without JavaScript."""

    async def forget_removed_cookies(response: httpx.Response) -> None:
        # Of several cookies with one name, the last counts; Python's cookie jar takes the last that lives.
        last = {line.partition("=")[0]: line for line in response.headers.get_list("set-cookie")}
        for name, line in last.items():
            if "01 Jan 1970" in line:
                client.cookies.delete(name)

    client = httpx.AsyncClient(
        transport=httpx.ASGITransport(app),
        base_url=ADDRESS,
        headers=NAVIGATION,
        follow_redirects=True,
        event_hooks={"response": [forget_removed_cookies]},
    )
    return client


def open_again(browser: httpx.AsyncClient) -> httpx.AsyncClient:
    """Open another browser, without cookies, at the same application."""
    transport = browser._transport  # the way to the application is the one thing they share
    assert isinstance(transport, httpx.ASGITransport)
    assert isinstance(transport.app, FastAPI)
    return open_browser(transport.app)
