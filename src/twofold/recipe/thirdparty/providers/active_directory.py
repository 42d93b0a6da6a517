# SPDX-License-Identifier: Apache-2.0
"""Sign in with Microsoft: Entra ID, once Azure Active Directory."""

from twofold.recipe.thirdparty.provider import Provider, ProviderConfigForClient, ProviderInput
from twofold.types.base import UserContext

from .custom import GenericProvider, NewProvider, fill_in


class ActiveDirectoryImpl(GenericProvider):
    """One directory, named by `additional_config["directoryId"]`."""

    async def get_config_for_client_type(
        self, client_type: str | None, user_context: UserContext
    ) -> ProviderConfigForClient:
        """Fill in the directory's endpoints."""
        config = await super().get_config_for_client_type(client_type, user_context)
        directory = (config.additional_config or {}).get("directoryId")
        if directory is not None:
            endpoint = f"https://login.microsoftonline.com/{directory}/v2.0/.well-known/openid-configuration"
            fill_in(config, oidc_discovery_endpoint=endpoint)
        return fill_in(config, name="Active Directory", scope=["openid", "email"])


def ActiveDirectory(input: ProviderInput) -> Provider:  # noqa: N802  # public names
    """Make the provider."""
    return NewProvider(input, ActiveDirectoryImpl)
