# SPDX-License-Identifier: Apache-2.0
"""A FastAPI application with recipes on a core in this process, its inbox, and a clock that tests turn."""

import re
from typing import Any

from fastapi import Depends, FastAPI

from tests.plugins.places import Place
from tests.recipe.session.application import Browser
from twofold._app import App
from twofold._app_info import AppInfo, SupertokensConfig
from twofold.core.app import create_core
from twofold.core.clock import TurnableClock
from twofold.framework.fastapi import get_middleware
from twofold.ingredients._inbox import InboxMessage
from twofold.recipe._base import RecipeInit
from twofold.recipe.session.config import SessionConfig
from twofold.recipe.session.framework.fastapi import verify_session
from twofold.recipe.session.interfaces import SessionContainer
from twofold.recipe.session.recipe import SessionRecipe

LINK = re.compile(r"http://localhost:3000/auth/verify\?preAuthSessionId=([\w-]+)&tenantId=(\w+)#([\w%-]+)")


class Application:
    """The application under test.

    Args:
        place: Where its core is.
        recipes: What the recipes' `init` returned; sessions are added.
        api_domain: What the application says about itself.
    """

    def __init__(self, place: Place, recipes: list[RecipeInit], api_domain: str = "http://localhost:8000") -> None:
        self.clock = TurnableClock()
        self.transport = place.transport(create_core(place.database_url, clock=self.clock))
        info = AppInfo("Shop", api_domain, "http://localhost:3000", "fastapi", "", "/auth", "/auth", None, None)
        sessions: RecipeInit = lambda app_info, _plugins: SessionRecipe(  # noqa: E731  # as `session.init`, with our clock
            app_info, SessionConfig(), self.clock.now_ms
        )
        self.app = App(info, [*recipes, sessions], self.transport, SupertokensConfig(), clock_ms=self.clock.now_ms)
        self.app.make_current()
        self.asgi = _routes()

    def browser(self) -> Browser:
        """Return a browser without a session."""
        return Browser(self.asgi, "cookie")

    @property
    def last_message(self) -> InboxMessage:
        """The message that was sent last."""
        return self.app.inbox.messages()[0]

    @property
    def last_code(self) -> str:
        """The code in the message that was sent last."""
        found = re.search(r"\b\d{6}\b", self.last_message.text)
        assert found
        return found[0]

    @property
    def last_link(self) -> dict[str, str]:
        """What the link in the message that was sent last carries to the API."""
        found = LINK.search(self.last_message.text)
        assert found
        return {"preAuthSessionId": found[1], "linkCode": found[3]}


async def ask(browser: Browser, **body: Any) -> dict[str, Any]:
    """Ask for a code and return what the browser keeps of the answer."""
    reply = await browser.send("POST", "/auth/signinup/code", body)
    assert reply.status_code == 200, reply.text
    answer: dict[str, Any] = reply.json()
    return {key: answer[key] for key in ("deviceId", "preAuthSessionId") if key in answer}


async def use(browser: Browser, **body: Any) -> dict[str, Any]:
    """Use a code or link and return the answer."""
    reply = await browser.send("POST", "/auth/signinup/code/consume", body)
    assert reply.status_code == 200, reply.text
    answer: dict[str, Any] = reply.json()
    return answer


def _routes() -> FastAPI:
    app = FastAPI()
    app.add_middleware(get_middleware())

    @app.get("/me")
    async def me(session: SessionContainer = Depends(verify_session())) -> Any:
        return {"user": session.get_user_id(), "method": session.get_recipe_user_id().get_as_string()}

    return app
