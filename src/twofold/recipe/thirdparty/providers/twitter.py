# SPDX-License-Identifier: Apache-2.0
"""Sign in with X, once Twitter."""

from typing import Any

from twofold.recipe.thirdparty.provider import (
    Provider,
    ProviderConfigForClient,
    ProviderInput,
    RedirectUriInfo,
    UserFields,
    UserInfoMap,
)
from twofold.types.base import UserContext

from .custom import GenericProvider, NewProvider, fill_in

TOKEN_ENDPOINT = "https://api.twitter.com/2/oauth2/token"


class TwitterImpl(GenericProvider):
    """Everybody with an account. No address is told, so none is required."""

    async def get_config_for_client_type(
        self, client_type: str | None, user_context: UserContext
    ) -> ProviderConfigForClient:
        """Fill in the endpoints and fields."""
        config = await super().get_config_for_client_type(client_type, user_context)
        if self.input_config.user_info_map is None:
            config.user_info_map = UserInfoMap(UserFields(), UserFields("data.id"))
        if self.input_config.require_email is None:
            config.require_email = False
        return fill_in(
            config,
            name="Twitter",
            scope=["users.read", "tweet.read"],
            force_pkce=True,
            authorization_endpoint="https://twitter.com/i/oauth2/authorize",
            token_endpoint=TOKEN_ENDPOINT,
            user_info_endpoint="https://api.twitter.com/2/users/me",
        )

    async def exchange_auth_code_for_oauth_tokens(
        self, redirect_uri_info: RedirectUriInfo, user_context: UserContext
    ) -> dict[str, Any]:
        """Trade the code for tokens; the client's credentials travel as basic authentication."""
        form = self._token_form(redirect_uri_info)
        secret = form.pop("client_secret", "")
        return await self.http.post_form(
            self.config.token_endpoint or TOKEN_ENDPOINT, form, (self.config.client_id, secret)
        )


def Twitter(input: ProviderInput) -> Provider:  # noqa: N802  # public names
    """Make the provider."""
    return NewProvider(input, TwitterImpl)
