# SPDX-License-Identifier: Apache-2.0
"""Sign in with GitHub."""

from typing import Any

from twofold.exceptions import GeneralError
from twofold.recipe.thirdparty.exceptions import ProviderRefusedError
from twofold.recipe.thirdparty.provider import Provider, ProviderConfigForClient, ProviderInput
from twofold.recipe.thirdparty.provider_http import ProviderHttp
from twofold.recipe.thirdparty.types import RawUserInfoFromProvider, UserInfo, UserInfoEmail
from twofold.types.base import UserContext

from .custom import GenericProvider, NewProvider, access_field, fill_in

API = "https://api.github.com"


class GithubImpl(GenericProvider):
    """Everybody with a GitHub account; the primary address counts, verified as GitHub says."""

    async def get_config_for_client_type(
        self, client_type: str | None, user_context: UserContext
    ) -> ProviderConfigForClient:
        """Fill in GitHub's endpoints, and its check of access tokens."""
        config = await super().get_config_for_client_type(client_type, user_context)
        return fill_in(
            config,
            name="GitHub",
            scope=["read:user", "user:email"],
            authorization_endpoint="https://github.com/login/oauth/authorize",
            token_endpoint="https://github.com/login/oauth/access_token",
            validate_access_token=self._validate_access_token,
        )

    async def get_user_info(self, oauth_tokens: dict[str, Any], user_context: UserContext) -> UserInfo:
        """Return the account and its primary address."""
        access_token = str(oauth_tokens.get("access_token"))
        if self.config.validate_access_token is not None:
            await self.config.validate_access_token(access_token, self.config, user_context)
        headers = {"Authorization": f"Bearer {access_token}", "Accept": "application/vnd.github.v3+json"}
        user = await self.http.get_object(f"{API}/user", headers=headers)
        emails = await self.http.get(f"{API}/user/emails", headers=headers)
        if not isinstance(user.get("id"), int):
            raise GeneralError("third party user id is missing")
        raw = RawUserInfoFromProvider({}, {"user": user, "emails": emails})
        return UserInfo(str(user["id"]), _primary(emails), raw)

    async def _validate_access_token(
        self, access_token: str, config: ProviderConfigForClient, _user_context: UserContext
    ) -> None:
        await _check(self.http, access_token, config)


async def validate_access_token(access_token: str, config: ProviderConfigForClient, _: UserContext) -> None:
    """Accept an access token only if it was made for this client.

    Raises:
        ProviderRefusedError: it was not.
    """
    await _check(ProviderHttp(), access_token, config)


def Github(input: ProviderInput) -> Provider:  # noqa: N802  # public names
    """Make the provider."""
    return NewProvider(input, GithubImpl)


async def _check(http: ProviderHttp, access_token: str, config: ProviderConfigForClient) -> None:
    answer = await http.post_json(
        f"{API}/applications/{config.client_id}/token",
        {"access_token": access_token},
        (config.client_id, config.client_secret or ""),
    )
    if access_field(answer, "app.client_id") != config.client_id:
        raise ProviderRefusedError("The access token was made for another application")


def _primary(emails: Any) -> UserInfoEmail | None:
    listed = emails if isinstance(emails, list) else []
    primary = next((item for item in listed if isinstance(item, dict) and item.get("primary") is True), None)
    if primary is None or not isinstance(primary.get("email"), str):
        return None
    return UserInfoEmail(primary["email"], primary.get("verified") is True)
