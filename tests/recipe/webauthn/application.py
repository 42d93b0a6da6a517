# SPDX-License-Identifier: Apache-2.0
"""An application with passkeys, and somebody whose browser has an authenticator. Every signature is real."""

from typing import Any

from fastapi import Depends, FastAPI, Request

from tests.recipe.session.application import Browser
from twofold import testing
from twofold.framework.fastapi import get_middleware
from twofold.recipe import accountlinking, emailpassword, emailverification, multifactorauth, session, webauthn
from twofold.recipe.accountlinking.types import ShouldAutomaticallyLink
from twofold.recipe.session import SessionContainer
from twofold.recipe.session.asyncio import create_new_session
from twofold.recipe.session.framework.fastapi import verify_session
from twofold.types import RecipeUserId

PASSWORD = "correct horse battery"
EMAIL = "ada@example.com"


async def link_always(*_: Any) -> ShouldAutomaticallyLink:
    """Link whatever belongs together."""
    return ShouldAutomaticallyLink(should_require_verification=False)


async def link_verified(*_: Any) -> ShouldAutomaticallyLink:
    """Link what is proven to belong together."""
    return ShouldAutomaticallyLink(should_require_verification=True)


def recipes(*more: Any, config: webauthn.WebauthnConfig | None = None) -> list[Any]:
    """Passkeys and passwords, with what comes beside them."""
    return [session.init(), emailpassword.init(), webauthn.init(config), *more]


def second_factor() -> list[Any]:
    """A passkey after the password, for everybody who has one."""
    linking = accountlinking.init(should_do_automatic_account_linking=link_always)
    override = multifactorauth.OverrideConfig(functions=_required)
    return recipes(linking, emailverification.init("OPTIONAL"), multifactorauth.init(["emailpassword"], override))


def _required(original: Any) -> Any:
    async def get_mfa_requirements_for_auth(*arguments: Any) -> Any:
        return ["webauthn"] if "webauthn" in await arguments[4]() else []

    original.get_mfa_requirements_for_auth = get_mfa_requirements_for_auth
    return original


def routes() -> FastAPI:
    """An application with a page for those who have signed in."""
    app = FastAPI()
    app.add_middleware(get_middleware())

    @app.get("/me")
    async def me(session: SessionContainer = Depends(verify_session())) -> Any:
        return {"user": session.get_user_id()}

    @app.get("/enter/{user_id}")
    async def enter(user_id: str, request: Request) -> Any:
        await create_new_session(request, "public", RecipeUserId(user_id))
        return {}

    return app


class Person:
    """Somebody with a browser."""

    def __init__(self, authenticator: testing.VirtualAuthenticator | None = None) -> None:
        self.browser = Browser(routes(), "cookie")
        self.authenticator = authenticator or testing.VirtualAuthenticator(testing.ADDRESS)

    async def post(self, path: str, **body: Any) -> Any:
        """Post to an API and return its answer."""
        return (await self.browser.send("POST", f"/auth{path}", body)).json()

    async def get(self, path: str) -> Any:
        """Ask an API and return its answer."""
        return (await self.browser.send("GET", f"/auth{path}")).json()

    async def may_enter(self) -> bool:
        """Open the page for those who have signed in."""
        return (await self.browser.send("GET", "/me")).status_code == 200

    async def begin(self, **whom_for: str) -> Any:
        """Options for a new passkey."""
        return await self.post("/webauthn/options/register", **(whom_for or {"email": EMAIL}))

    async def register(self, path: str = "/webauthn/signup", email: str = EMAIL, **more: Any) -> Any:
        """Make a passkey, and send it."""
        begun = await self.begin(email=email)
        return await self.answer(path, begun, self.authenticator.create(begun), **more)

    async def sign_in(self, **more: Any) -> Any:
        """Sign in with the newest passkey."""
        begun = await self.post("/webauthn/options/signin")
        return await self.answer("/webauthn/signin", begun, self.authenticator.get(begun), **more)

    async def answer(self, path: str, begun: Any, credential: Any, **more: Any) -> Any:
        """Send what the authenticator answered."""
        options_id = begun["webauthnGeneratedOptionsId"]
        return await self.post(path, webauthnGeneratedOptionsId=options_id, credential=credential, **more)

    async def with_password(self, way: str, email: str = EMAIL) -> Any:
        """Sign up or in with the password."""
        fields = [{"id": "email", "value": email}, {"id": "password", "value": PASSWORD}]
        return await self.post(f"/{way}", formFields=fields)
