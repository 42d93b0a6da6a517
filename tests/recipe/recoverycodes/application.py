# SPDX-License-Identifier: Apache-2.0
"""An application where whoever has set a second factor up must use it, and a person with a browser and a phone."""

from typing import Any

from fastapi import Depends, FastAPI

from tests.recipe.session.application import Browser
from twofold import testing
from twofold.framework.fastapi import get_middleware
from twofold.recipe import emailpassword, multifactorauth, recoverycodes, session, totp
from twofold.recipe.session import SessionContainer
from twofold.recipe.session.framework.fastapi import verify_session

EMAIL = "ada@example.com"
PASSWORD = "correct horse battery"


def required_when_set_up(original: Any) -> Any:
    """Require an authenticator app of every user who has set one up."""

    async def get_mfa_requirements_for_auth(*arguments: Any) -> Any:
        return ["totp"] if "totp" in await arguments[4]() else []

    original.get_mfa_requirements_for_auth = get_mfa_requirements_for_auth
    return original


def recipes(*more: Any) -> list[Any]:
    """A password first, then an authenticator app, for which recovery codes stand in."""
    mfa = multifactorauth.init(["emailpassword"], multifactorauth.OverrideConfig(functions=required_when_set_up))
    return [session.init(), emailpassword.init(), totp.init(), mfa, recoverycodes.init(), *more]


def routes() -> FastAPI:
    """An application with one protected page."""
    app = FastAPI()
    app.add_middleware(get_middleware())

    @app.get("/me")
    async def me(session: SessionContainer = Depends(verify_session())) -> Any:
        return {"user": session.get_user_id(), "factors": session.get_access_token_payload()["st-mfa"]["c"]}

    return app


class Person:
    """Somebody with a browser and an authenticator app."""

    def __init__(self, app: testing.AppUnderTest, mode: str = "cookie") -> None:
        self.app = app
        self.browser = Browser(routes(), mode)
        self.secret = ""

    async def sign(self, way: str, email: str = EMAIL, tenant: str = "public") -> "Person":
        """Sign up or in with the password."""
        fields = [{"id": "email", "value": email}, {"id": "password", "value": PASSWORD}]
        prefix = "" if tenant == "public" else f"/{tenant}"
        assert (await self.post(f"{prefix}/{way}", formFields=fields))["status"] == "OK"
        return self

    async def post(self, path: str, **body: Any) -> Any:
        """Post to an API and return its answer."""
        return (await self.browser.send("POST", f"/auth{path}", body)).json()

    async def get(self, path: str) -> Any:
        """Ask an API."""
        return (await self.browser.send("GET", f"/auth{path}")).json()

    async def info(self) -> Any:
        """Ask what comes next."""
        return (await self.browser.send("PUT", "/auth/mfa/info")).json()

    async def is_in(self) -> bool:
        """Open the protected page."""
        return (await self.browser.send("GET", "/me")).status_code == 200

    def code(self) -> str:
        """A code of the authenticator app that nobody saw before."""
        self.app.clock.turn(seconds=60)
        return testing.VirtualTotp(self.secret, self.app.clock).code()

    async def set_up(self, name: str = "phone") -> "Person":
        """Set an authenticator app up."""
        self.secret = (await self.post("/totp/device", deviceName=name))["secret"]
        done = await self.post("/totp/device/verify", deviceName=name, totp=self.code())
        assert done["status"] == "OK", done
        return self

    async def give_code(self) -> Any:
        """Complete the second factor."""
        return await self.post("/totp/verify", totp=self.code())
