# SPDX-License-Identifier: Apache-2.0
"""Sign in with Discord."""

from twofold.recipe.thirdparty.exceptions import ProviderRefusedError
from twofold.recipe.thirdparty.provider import (
    Provider,
    ProviderConfigForClient,
    ProviderInput,
    UserFields,
    UserInfoMap,
)
from twofold.types.base import UserContext

from .custom import NewProvider, ProviderWithClientAccessTokenCheck, access_field, fill_in

OWN_APPLICATION = "https://discord.com/api/oauth2/@me"


class DiscordImpl(ProviderWithClientAccessTokenCheck):
    """Everybody with a Discord account."""

    async def get_config_for_client_type(
        self, client_type: str | None, user_context: UserContext
    ) -> ProviderConfigForClient:
        """Fill in Discord's endpoints and fields."""
        config = await super().get_config_for_client_type(client_type, user_context)
        if self.input_config.user_info_map is None:
            config.user_info_map = UserInfoMap(UserFields(), UserFields("id", "email", "verified"))
        return fill_in(
            config,
            name="Discord",
            scope=["identify", "email"],
            authorization_endpoint="https://discord.com/oauth2/authorize",
            token_endpoint="https://discord.com/api/oauth2/token",
            user_info_endpoint="https://discord.com/api/users/@me",
        )

    async def check_client_access_token(self, access_token: str, client_ids: set[str]) -> None:
        """Ask Discord for whom the token was made."""
        answer = await self.http.get_object(OWN_APPLICATION, headers={"Authorization": f"Bearer {access_token}"})
        if access_field(answer, "application.id") not in client_ids:
            raise ProviderRefusedError("The access token was made for another application")


def Discord(input: ProviderInput) -> Provider:  # noqa: N802  # public names
    """Make the provider."""
    return NewProvider(input, DiscordImpl)
