# SPDX-License-Identifier: Apache-2.0
"""Sign in with Okta."""

from twofold.recipe.thirdparty.provider import Provider, ProviderConfigForClient, ProviderInput
from twofold.types.base import UserContext

from .custom import GenericProvider, NewProvider, fill_in


class OktaImpl(GenericProvider):
    """One organisation, named by `additional_config["oktaDomain"]`."""

    async def get_config_for_client_type(
        self, client_type: str | None, user_context: UserContext
    ) -> ProviderConfigForClient:
        """Fill in the organisation's endpoints."""
        config = await super().get_config_for_client_type(client_type, user_context)
        fill_in(config, oidc_discovery_endpoint=(config.additional_config or {}).get("oktaDomain"))
        return fill_in(config, name="Okta", scope=["openid", "email"])


def Okta(input: ProviderInput) -> Provider:  # noqa: N802  # public names
    """Make the provider."""
    return NewProvider(input, OktaImpl)
