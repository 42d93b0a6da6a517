# SPDX-License-Identifier: Apache-2.0
"""Sign in by SAML through BoxyHQ."""

from twofold.recipe.thirdparty.provider import (
    Provider,
    ProviderConfigForClient,
    ProviderInput,
    UserFields,
    UserInfoMap,
)
from twofold.types.base import UserContext

from .custom import GenericProvider, NewProvider, fill_in


class BoxySAMLImpl(GenericProvider):
    """The BoxyHQ server at `additional_config["boxyURL"]`."""

    async def get_config_for_client_type(
        self, client_type: str | None, user_context: UserContext
    ) -> ProviderConfigForClient:
        """Fill in the server's endpoints and fields."""
        config = await super().get_config_for_client_type(client_type, user_context)
        if self.input_config.user_info_map is None:
            config.user_info_map = UserInfoMap(UserFields(), UserFields("id", "email"))
        server = (config.additional_config or {}).get("boxyURL")
        if server is not None:
            fill_in(
                config,
                authorization_endpoint=f"{server}/api/oauth/authorize",
                token_endpoint=f"{server}/api/oauth/token",
                user_info_endpoint=f"{server}/api/oauth/userinfo",
            )
        return fill_in(config, name="SAML")


def BoxySAML(input: ProviderInput) -> Provider:  # noqa: N802  # public names
    """Make the provider."""
    return NewProvider(input, BoxySAMLImpl)
