# SPDX-License-Identifier: Apache-2.0
"""An application with the dashboard's API on a real core, and somebody who calls it."""

from typing import Any

import httpx
from fastapi import FastAPI

from twofold import testing
from twofold.framework.fastapi import get_middleware
from twofold.recipe import (
    dashboard,
    emailpassword,
    emailverification,
    multifactorauth,
    passwordless,
    session,
    thirdparty,
    totp,
    userroles,
    webauthn,
)
from twofold.recipe.thirdparty import ProviderClientConfig, ProviderConfig, ProviderInput, SignInAndUpFeature

KEY = "the-api-key-of-the-dashboard"
PASSWORD = "secret-pass-1"
CLIENT_SECRET = "the-client-secret-of-the-application"
SHOP = ProviderInput(
    ProviderConfig(
        "shop-id",
        "Shop ID",
        [ProviderClientConfig("our-client", CLIENT_SECRET)],
        authorization_endpoint="https://id.example.com/authorize",
    ),
    include_in_non_public_tenants_by_default=True,
)


def recipes(board: Any, *, but: tuple[str, ...] = ()) -> list[Any]:
    """Everything that the dashboard can show, but what is left out by its name."""
    made = {
        "emailpassword": emailpassword.init(),
        "passwordless": passwordless.init(passwordless.ContactEmailOrPhoneConfig(), "USER_INPUT_CODE"),
        "emailverification": emailverification.init("OPTIONAL"),
        "thirdparty": thirdparty.init(SignInAndUpFeature([SHOP])),
        "multifactorauth": multifactorauth.init(),
        "totp": totp.init(),
        "userroles": userroles.init(),
        "webauthn": webauthn.init(),
    }
    return [session.init(), board, *(recipe for name, recipe in made.items() if name not in but)]


def key_only() -> list[Any]:
    """An application whose dashboard has an API key."""
    return recipes(dashboard.init(api_key=KEY))


class Caller:
    """Calls the API with a key, or the id of a session."""

    def __init__(self, under_test: testing.AppUnderTest, bearer: str | None = KEY) -> None:
        web = FastAPI()
        web.add_middleware(get_middleware())
        self.under_test = under_test
        self.headers = {} if bearer is None else {"authorization": f"Bearer {bearer}"}
        self.http = httpx.AsyncClient(transport=httpx.ASGITransport(web), base_url=testing.ADDRESS)

    async def send(self, method: str, path: str, values: dict[str, Any] | None = None, tenant: str = "") -> Any:
        """Return the response to a request; values go where they belong."""
        where = "params" if method in ("GET", "DELETE") else "json"
        given: dict[str, Any] = {where: {} if values is None else values}
        url = f"/auth{tenant and '/' + tenant}/dashboard/api{path}"
        return await self.http.request(method, url, headers=self.headers, **given)

    async def call(self, method: str, path: str, values: dict[str, Any] | None = None, tenant: str = "") -> Any:
        """Return the JSON that a good request is answered with."""
        reply = await self.send(method, path, values, tenant)
        assert reply.status_code == 200, reply.text
        return reply.json()

    async def user(self, email: str = "ada@example.com") -> Any:
        """Make a user with a password."""
        made = await self.call("POST", "/user/emailpassword", {"email": email, "password": PASSWORD})
        assert made["status"] == "OK", made
        return made["user"]


async def signed_in(under_test: testing.AppUnderTest, email: str) -> Caller:
    """Make an account of the dashboard, sign in with it, and return who that is."""
    body = {"email": email, "password": PASSWORD}
    await under_test.core.call("POST", "/recipe/dashboard/user", body=body)
    answer = await Caller(under_test, None).call("POST", "/signin", body)
    return Caller(under_test, answer["sessionId"])
