# SPDX-License-Identifier: Apache-2.0
"""Sign in with Bitbucket."""

from typing import Any

from twofold.recipe.thirdparty.provider import Provider, ProviderConfigForClient, ProviderInput
from twofold.recipe.thirdparty.types import UserInfo, UserInfoEmail
from twofold.types.base import UserContext

from .custom import GenericProvider, NewProvider, fill_in, fill_in_user_id

EMAILS = "https://api.bitbucket.org/2.0/user/emails"


class BitbucketImpl(GenericProvider):
    """Everybody with a Bitbucket account; the primary address counts, verified as Bitbucket says."""

    async def get_config_for_client_type(
        self, client_type: str | None, user_context: UserContext
    ) -> ProviderConfigForClient:
        """Fill in Bitbucket's endpoints and fields."""
        config = await super().get_config_for_client_type(client_type, user_context)
        fill_in_user_id(config, "uuid", self.input_config.user_info_map)
        config.authorization_endpoint_query_params = {
            "audience": "api.atlassian.com",
            **(config.authorization_endpoint_query_params or {}),
        }
        return fill_in(
            config,
            name="Bitbucket",
            scope=["account", "email"],
            authorization_endpoint="https://bitbucket.org/site/oauth2/authorize",
            token_endpoint="https://bitbucket.org/site/oauth2/access_token",
            user_info_endpoint="https://api.bitbucket.org/2.0/user",
        )

    async def get_user_info(self, oauth_tokens: dict[str, Any], user_context: UserContext) -> UserInfo:
        """Return the account and its primary address."""
        info = await super().get_user_info(oauth_tokens, user_context)
        headers = {"Authorization": f"Bearer {oauth_tokens.get('access_token')}"}
        emails = await self.http.get_object(EMAILS, headers=headers)
        raw = info.raw_user_info_from_provider.from_user_info_api or {}
        info.raw_user_info_from_provider.from_user_info_api = {**raw, "emails": emails}
        info.email = _primary(emails.get("values"))
        return info


def Bitbucket(input: ProviderInput) -> Provider:  # noqa: N802  # public names
    """Make the provider."""
    return NewProvider(input, BitbucketImpl)


def _primary(emails: Any) -> UserInfoEmail | None:
    listed = emails if isinstance(emails, list) else []
    primary = next((item for item in listed if isinstance(item, dict) and item.get("is_primary") is True), None)
    if primary is None or not isinstance(primary.get("email"), str):
        return None
    return UserInfoEmail(primary["email"], primary.get("is_confirmed") is True)
