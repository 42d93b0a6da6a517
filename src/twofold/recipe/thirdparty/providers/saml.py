# SPDX-License-Identifier: Apache-2.0
"""Sign in by SAML, through the core."""

from typing import Any, Literal
from urllib.parse import urlencode

from twofold import _state
from twofold.exceptions import BadInputError, GeneralError
from twofold.recipe.thirdparty.provider import (
    AuthorisationRedirect,
    Provider,
    ProviderConfig,
    ProviderInput,
    RedirectUriInfo,
)
from twofold.recipe.thirdparty.types import UserInfo
from twofold.types.base import UserContext

from .custom import GenericProvider, NewProvider


class SAMLProviderImpl(GenericProvider):
    """An identity provider that speaks SAML; our own API stands between it and the browser."""

    def __init__(self, provider_config: ProviderConfig) -> None:
        super().__init__(provider_config)
        self.provider_type: Literal["oauth2", "saml"] = "saml"

    async def get_authorisation_redirect_url(
        self, redirect_uri_on_provider_dashboard: str, user_context: UserContext
    ) -> AuthorisationRedirect:
        """Return the address of our own SAML API."""
        app_info = _state.current_app().app_info
        base = app_info.api_domain.get_as_string_dangerous() + app_info.api_base_path.get_as_string_dangerous()
        query = urlencode({"client_id": self.config.client_id, "redirect_uri": redirect_uri_on_provider_dashboard})
        return AuthorisationRedirect(f"{base}/{self.tenant_id}/saml/login?{query}")

    async def exchange_auth_code_for_oauth_tokens(
        self, redirect_uri_info: RedirectUriInfo, user_context: UserContext
    ) -> dict[str, Any]:
        """Return the code itself, with which the core tells who it is."""
        code = redirect_uri_info.redirect_uri_query_params.get("code")
        if not isinstance(code, str) or not code:
            raise BadInputError("Please provide the code that the provider returned, in redirectURIQueryParams")
        return {"access_token": code, "_tenant_id": self.tenant_id}

    async def get_user_info(self, oauth_tokens: dict[str, Any], user_context: UserContext) -> UserInfo:
        """Return who it is.

        Raises:
            GeneralError: the SAML recipe is not there to ask.
        """
        raise GeneralError("Sign-in by SAML needs the saml recipe")


def SAML(input: ProviderInput) -> Provider:  # noqa: N802  # public names
    """Make the provider."""
    return NewProvider(input, SAMLProviderImpl)
