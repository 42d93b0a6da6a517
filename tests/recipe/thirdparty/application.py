# SPDX-License-Identifier: Apache-2.0
"""An application whose people sign in with a provider that the test plays."""

from collections.abc import Sequence
from typing import Any
from urllib.parse import parse_qs, urlsplit

from fastapi import Depends, FastAPI

from tests.recipe.session.application import Browser
from tests.recipe.thirdparty.provider import CLIENT_ID, ISSUER, OpenIDProvider
from twofold._app_info import AppInfo
from twofold.framework.fastapi import get_middleware
from twofold.recipe._base import RecipeInit
from twofold.recipe.session import SessionContainer
from twofold.recipe.session.framework.fastapi import verify_session
from twofold.recipe.thirdparty import (
    ProviderClientConfig,
    ProviderConfig,
    ProviderInput,
    SignInAndUpFeature,
    ThirdPartyRecipe,
)
from twofold.recipe.thirdparty.networks import ProviderNetworks
from twofold.recipe.thirdparty.provider_http import ProviderHttp

BACK = "http://localhost:3000/auth/callback/x"


def provider_input(third_party_id: str = "id", **config: Any) -> ProviderInput:
    """The provider, discovered by its address."""
    client = ProviderClientConfig(CLIENT_ID, "secret", scope=["openid", "email"])
    given = {"clients": [client], "oidc_discovery_endpoint": ISSUER, **config}
    return ProviderInput(ProviderConfig(third_party_id, **given))


def thirdparty_on(openid: OpenIDProvider, providers: Sequence[ProviderInput]) -> RecipeInit:
    """What `thirdparty.init` returns, with the provider in place of the network."""

    def make(app_info: AppInfo, plugins: list[Any]) -> ThirdPartyRecipe:
        http = ProviderHttp(openid.transport)
        networks = ProviderNetworks(providers, http, http)
        return ThirdPartyRecipe(app_info, SignInAndUpFeature(list(providers)), networks=networks)

    return make


def routes() -> FastAPI:
    """An application with one protected page."""
    app = FastAPI()
    app.add_middleware(get_middleware())

    @app.get("/me")
    async def me(session: SessionContainer = Depends(verify_session())) -> Any:
        return {"user": session.get_user_id()}

    return app


class Person:
    """Somebody with a browser, known to the provider."""

    def __init__(self, openid: OpenIDProvider, third_party_id: str = "id", tenant: str = "public") -> None:
        self.openid = openid
        self.tenant = tenant
        self.third_party_id = third_party_id
        self.browser = Browser(routes(), "cookie")

    async def authorisation_url(self) -> tuple[str, dict[str, str]]:
        """Ask where to go; return the address without its query, and the query."""
        query = f"thirdPartyId={self.third_party_id}&redirectURIOnProviderDashboard={BACK}"
        reply = await self.browser.send("GET", f"/auth/authorisationurl?{query}")
        parts = urlsplit(reply.json()["urlWithQueryParams"])
        asked = {name: values[0] for name, values in parse_qs(parts.query).items()}
        return f"{parts.scheme}://{parts.netloc}{parts.path}", asked

    async def come_back(self, code: str = "c", **tokens: Any) -> Any:
        """Come back with a code for these tokens, and return the answer."""
        self.openid.tokens[code] = tokens
        info = {"redirectURIOnProviderDashboard": BACK, "redirectURIQueryParams": {"code": code}}
        return await self.post("/signinup", thirdPartyId=self.third_party_id, redirectURIInfo=info)

    async def come_back_as(self, sub: str, email: str | None = None, **claims: Any) -> Any:
        """Come back as this person, named by the user-info endpoint, and return the answer."""
        self.openid.user_info = {"sub": sub, **({"email": email} if email else {}), **claims}
        return await self.come_back(access_token="a")

    async def post(self, path: str, **body: Any) -> Any:
        """Post to an API and return its answer."""
        return (await self.browser.send("POST", f"/auth/{self.tenant}{path}", body)).json()
