# SPDX-License-Identifier: Apache-2.0
"""Sign in with Facebook."""

from typing import Any

from twofold.recipe.thirdparty.exceptions import ProviderRefusedError
from twofold.recipe.thirdparty.provider import Provider, ProviderConfigForClient, ProviderInput
from twofold.recipe.thirdparty.types import UserInfo
from twofold.types.base import UserContext

from .custom import NewProvider, ProviderWithClientAccessTokenCheck, fill_in, fill_in_user_id, merge_into_dict

OWN_APPLICATION = "https://graph.facebook.com/app"
_FIELDS_OF_SCOPES = {"email": "email", "public_profile": "name"}


class FacebookImpl(ProviderWithClientAccessTokenCheck):
    """Everybody with a Facebook account. Facebook tells confirmed addresses only, so they count as verified."""

    async def get_config_for_client_type(
        self, client_type: str | None, user_context: UserContext
    ) -> ProviderConfigForClient:
        """Fill in Facebook's endpoints and fields."""
        config = await super().get_config_for_client_type(client_type, user_context)
        fill_in_user_id(config, "id", self.input_config.user_info_map)
        return fill_in(
            config,
            name="Facebook",
            scope=["email"],
            authorization_endpoint="https://www.facebook.com/v12.0/dialog/oauth",
            token_endpoint="https://graph.facebook.com/v12.0/oauth/access_token",
            user_info_endpoint="https://graph.facebook.com/me",
        )

    async def get_user_info(self, oauth_tokens: dict[str, Any], user_context: UserContext) -> UserInfo:
        """Return who it is."""
        info = await super().get_user_info(oauth_tokens, user_context)
        if info.email is not None:
            info.email.is_verified = True
        return info

    async def fetch_user_info(self, endpoint: str, access_token: str) -> dict[str, Any]:
        """Ask for the fields that the scopes allow. The token is a parameter here, as Facebook documents it."""
        fields = [field for scope, field in _FIELDS_OF_SCOPES.items() if scope in (self.config.scope or [])]
        params = {"access_token": access_token, "fields": ",".join(["id", *fields]), "format": "json"}
        return await self.http.get_object(
            endpoint,
            merge_into_dict(self.config.user_info_endpoint_query_params or {}, params),
            merge_into_dict(self.config.user_info_endpoint_headers or {}, {}),
        )

    async def check_client_access_token(self, access_token: str, client_ids: set[str]) -> None:
        """Ask Facebook for whom the token was made."""
        answer = await self.http.get_object(OWN_APPLICATION, {"access_token": access_token})
        if answer.get("id") not in client_ids:
            raise ProviderRefusedError("The access token was made for another application")


def Facebook(input: ProviderInput) -> Provider:  # noqa: N802  # public names
    """Make the provider."""
    return NewProvider(input, FacebookImpl)
