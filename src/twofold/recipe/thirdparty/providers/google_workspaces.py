# SPDX-License-Identifier: Apache-2.0
"""Sign in with Google, for the members of an organisation."""

from typing import Any

from twofold.recipe.thirdparty.exceptions import ProviderRefusedError
from twofold.recipe.thirdparty.provider import Provider, ProviderConfigForClient, ProviderInput
from twofold.recipe.thirdparty.types import UserInfo
from twofold.types.base import UserContext

from .custom import fill_in
from .google import Google, GoogleImpl

ANY_DOMAIN = "*"


class GoogleWorkspacesImpl(GoogleImpl):
    """Members of the domain `additional_config["hd"]`, or of any organisation."""

    async def get_config_for_client_type(
        self, client_type: str | None, user_context: UserContext
    ) -> ProviderConfigForClient:
        """Let Google offer the organisation's accounts alone. It is a hint to browsers: `get_user_info` checks it."""
        own = self.input_config.name
        config = await super().get_config_for_client_type(client_type, user_context)
        config.authorization_endpoint_query_params = {
            "hd": _domain(config),
            **(config.authorization_endpoint_query_params or {}),
        }
        config.name = own
        return fill_in(config, name="Google Workspaces")

    async def get_user_info(self, oauth_tokens: dict[str, Any], user_context: UserContext) -> UserInfo:
        """Return who it is.

        Raises:
            ProviderRefusedError: no member of the organisation.
        """
        info = await super().get_user_info(oauth_tokens, user_context)
        domain = (info.raw_user_info_from_provider.from_id_token_payload or {}).get("hd")
        wanted = _domain(self.config)
        if not isinstance(domain, str) or wanted not in (ANY_DOMAIN, domain):
            raise ProviderRefusedError("This account does not belong to the organisation. Please use another one")
        return info


def GoogleWorkspaces(input: ProviderInput) -> Provider:  # noqa: N802  # public names
    """Make the provider."""
    return Google(input, GoogleWorkspacesImpl)


def _domain(config: ProviderConfigForClient) -> str:
    return str((config.additional_config or {}).get("hd", ANY_DOMAIN))
