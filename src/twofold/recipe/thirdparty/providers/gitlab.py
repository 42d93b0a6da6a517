# SPDX-License-Identifier: Apache-2.0
"""Sign in with GitLab, the public one or one's own."""

from twofold.recipe.thirdparty.exceptions import ProviderRefusedError
from twofold.recipe.thirdparty.provider import Provider, ProviderConfigForClient, ProviderInput
from twofold.types.base import UserContext

from .custom import NewProvider, ProviderWithClientAccessTokenCheck, access_field, fill_in

PUBLIC = "https://gitlab.com"


class GitlabImpl(ProviderWithClientAccessTokenCheck):
    """Everybody with an account at `additional_config["gitlabBaseUrl"]`."""

    async def get_config_for_client_type(
        self, client_type: str | None, user_context: UserContext
    ) -> ProviderConfigForClient:
        """Fill in the endpoints."""
        config = await super().get_config_for_client_type(client_type, user_context)
        return fill_in(config, name="GitLab", scope=["openid", "email"], oidc_discovery_endpoint=_base(config))

    async def check_client_access_token(self, access_token: str, client_ids: set[str]) -> None:
        """Ask GitLab for whom the token was made."""
        url = f"{_base(self.config).rstrip('/')}/oauth/token/info"
        answer = await self.http.get_object(url, headers={"Authorization": f"Bearer {access_token}"})
        if access_field(answer, "application.uid") not in client_ids:
            raise ProviderRefusedError("The access token was made for another application")


def Gitlab(input: ProviderInput) -> Provider:  # noqa: N802  # public names
    """Make the provider."""
    return NewProvider(input, GitlabImpl)


def _base(config: ProviderConfigForClient) -> str:
    return str((config.additional_config or {}).get("gitlabBaseUrl", PUBLIC))
