# SPDX-License-Identifier: Apache-2.0
"""Somebody at a browser, before an application that asks for a password and a code."""

from collections.abc import Callable
from typing import Any

from fastapi import Depends, FastAPI

from tests.recipe.session.application import Browser
from twofold import _state
from twofold.framework.fastapi import get_middleware
from twofold.recipe.session.framework.fastapi import verify_session
from twofold.recipe.session.interfaces import SessionContainer

ANN, EVE, PASSWORD = "ann@example.com", "eve@example.com", "correct horse battery"
StartSample = Callable[..., FastAPI]


def application(**protection: Any) -> FastAPI:
    """Return an application with one protected route."""
    app = FastAPI()
    app.add_middleware(get_middleware())

    @app.get("/orders")
    async def orders(session: SessionContainer = Depends(verify_session(**protection))) -> Any:
        return {"of": session.get_user_id()}

    return app


class Person:
    """Somebody at a browser."""

    def __init__(self, app: FastAPI, email: str = ANN, tenant: str = "public") -> None:
        self.browser = Browser(app, "cookie")
        self.email = email
        self.base = f"/auth/{tenant}"

    async def enter(self, way: str) -> dict[str, Any]:
        """Sign up or in with the password."""
        fields = [{"id": "email", "value": self.email}, {"id": "password", "value": PASSWORD}]
        reply = await self.browser.send("POST", f"{self.base}/{way}", {"formFields": fields})
        assert reply.json()["status"] == "OK", reply.text
        user: dict[str, Any] = reply.json()["user"]
        return user

    async def ask_for_code(self, email: str | None = None) -> Any:
        """Ask for a code as a second factor."""
        body = {"email": email or self.email, "shouldTryLinkingWithSessionUser": True}
        return await self.browser.send("POST", f"{self.base}/signinup/code", body)

    async def type_code(
        self, device: dict[str, Any], code: str | None = None, *, wants_linking: bool = True
    ) -> dict[str, Any]:
        """Type a code: the one that was sent last, or another."""
        mailed = _state.current_app().inbox.messages()[0].text
        right = next(word for word in mailed.split() if word.isdigit() and len(word) == 6)
        body = {
            "deviceId": device["deviceId"],
            "preAuthSessionId": device["preAuthSessionId"],
            "userInputCode": code or right,
            "shouldTryLinkingWithSessionUser": wants_linking,
        }
        answer: dict[str, Any] = (await self.browser.send("POST", f"{self.base}/signinup/code/consume", body)).json()
        return answer

    async def orders(self) -> Any:
        """Open the protected route."""
        return await self.browser.send("GET", "/orders")

    async def info(self) -> dict[str, Any]:
        """Ask what is to be done next."""
        answer: dict[str, Any] = (await self.browser.send("PUT", "/auth/mfa/info")).json()
        return answer

    @property
    def claim(self) -> tuple[set[str], bool]:
        """The completed factors, and whether that is enough."""
        claim = self.browser.payload()["st-mfa"]
        return set(claim["c"]), claim["v"]
