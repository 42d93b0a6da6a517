# SPDX-License-Identifier: Apache-2.0
"""Sign in with Google."""

from collections.abc import Callable

from twofold.recipe.thirdparty.exceptions import ProviderRefusedError
from twofold.recipe.thirdparty.provider import Provider, ProviderConfig, ProviderConfigForClient, ProviderInput
from twofold.types.base import UserContext

from .custom import NewProvider, ProviderWithClientAccessTokenCheck, fill_in

TOKEN_INFO = "https://www.googleapis.com/oauth2/v3/tokeninfo"


class GoogleImpl(ProviderWithClientAccessTokenCheck):
    """Everybody with a Google account."""

    async def get_config_for_client_type(
        self, client_type: str | None, user_context: UserContext
    ) -> ProviderConfigForClient:
        """Fill in Google's endpoints."""
        config = await super().get_config_for_client_type(client_type, user_context)
        config.authorization_endpoint_query_params = {
            "included_grant_scopes": "true",
            "access_type": "offline",
            **(config.authorization_endpoint_query_params or {}),
        }
        return fill_in(
            config,
            name="Google",
            scope=["openid", "email"],
            oidc_discovery_endpoint="https://accounts.google.com/",
        )

    async def check_client_access_token(self, access_token: str, client_ids: set[str]) -> None:
        """Ask Google for whom the token was made."""
        answer = await self.http.get_object(TOKEN_INFO, {"access_token": access_token})
        if answer.get("aud") not in client_ids:
            raise ProviderRefusedError("The access token was made for another application")


def Google(  # noqa: N802  # public name
    input: ProviderInput,  # public name
    base_class: Callable[[ProviderConfig], GoogleImpl] = GoogleImpl,
) -> Provider:
    """Make the provider."""
    return NewProvider(input, base_class)
