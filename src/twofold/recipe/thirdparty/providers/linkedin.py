# SPDX-License-Identifier: Apache-2.0
"""Sign in with LinkedIn."""

from twofold.recipe.thirdparty.provider import Provider, ProviderConfigForClient, ProviderInput
from twofold.types.base import UserContext

from .custom import GenericProvider, NewProvider, fill_in


class LinkedinImpl(GenericProvider):
    """Everybody with a LinkedIn account."""

    async def get_config_for_client_type(
        self, client_type: str | None, user_context: UserContext
    ) -> ProviderConfigForClient:
        """Fill in LinkedIn's endpoints."""
        config = await super().get_config_for_client_type(client_type, user_context)
        return fill_in(
            config,
            name="LinkedIn",
            scope=["openid", "profile", "email"],
            authorization_endpoint="https://www.linkedin.com/oauth/v2/authorization",
            token_endpoint="https://www.linkedin.com/oauth/v2/accessToken",
            user_info_endpoint="https://api.linkedin.com/v2/userinfo",
        )


def Linkedin(input: ProviderInput) -> Provider:  # noqa: N802  # public names
    """Make the provider."""
    return NewProvider(input, LinkedinImpl)
