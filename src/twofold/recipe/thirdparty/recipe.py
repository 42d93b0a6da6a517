# SPDX-License-Identifier: Apache-2.0
"""The recipe of sign-in by other providers: its parts, and what it answers to others."""

from typing import ClassVar

from twofold._app_info import AppInfo
from twofold.framework.request import BaseRequest
from twofold.framework.response import BaseResponse
from twofold.recipe._base import LoginProvider, Recipe
from twofold.recipe.multifactorauth.types import FactorIds
from twofold.types.base import UserContext
from twofold.types.response import GeneralErrorResponse

from .apis import APIOptions, APIs
from .exceptions import ClientTypeNotFoundError, ProviderUnavailableError
from .functions import Functions
from .networks import ProviderNetworks
from .offered import configured_provider, offered_providers
from .utils import (
    NormalisedThirdPartyConfig,
    SignInAndUpFeature,
    ThirdPartyOverrideConfig,
    TypeIsValidFrontendRedirectURIFunction,
)

UNAVAILABLE = "The login provider cannot be reached at the moment. Please try again"


class ThirdPartyRecipe(Recipe[Functions, APIs]):
    """Signs users up and in whom other providers name.

    Attributes:
        networks: the ways to the providers.
    """

    recipe_id: ClassVar[str] = "thirdparty"
    display_name: ClassVar[str] = "ThirdParty"

    def __init__(
        self,
        app_info: AppInfo,
        sign_in_and_up_feature: SignInAndUpFeature,
        override: ThirdPartyOverrideConfig | None = None,
        is_valid_frontend_redirect_uri: TypeIsValidFrontendRedirectURIFunction | None = None,
        networks: ProviderNetworks | None = None,
    ) -> None:
        super().__init__(app_info, override)
        self.config = NormalisedThirdPartyConfig(sign_in_and_up_feature, is_valid_frontend_redirect_uri)
        self.providers = sign_in_and_up_feature.providers
        self.networks = networks or ProviderNetworks.on_the_internet(self.providers, ())

    def make_functions(self) -> Functions:
        """Make the functions on the core and the providers."""
        return Functions(self.client, self.providers, self.networks)

    def make_apis(self) -> APIs:
        """Make the APIs."""
        return APIs()

    def api_options(self, request: BaseRequest, response: BaseResponse) -> APIOptions:
        """Return what the APIs get beside their arguments."""
        return APIOptions(request, response, self.recipe_id, self.config, self.functions, self.providers, self.app_info)

    def first_factors(self) -> list[str]:
        """A provider may begin a session."""
        return [FactorIds.THIRDPARTY]

    async def login_providers(
        self, tenant_id: str, client_type: str | None, user_context: UserContext
    ) -> list[LoginProvider]:
        """Return the tenant's providers that have a client of this type. None of them is asked for it."""
        found: list[LoginProvider] = []
        for given in await offered_providers(self.providers, tenant_id, user_context):
            try:
                provider = await configured_provider(given, client_type, tenant_id, self.networks, user_context)
            except ClientTypeNotFoundError:
                continue
            found.append(LoginProvider(provider.id, provider.config.name))
        return found

    async def handle_error(
        self, request: BaseRequest, error: Exception, response: BaseResponse, user_context: UserContext
    ) -> BaseResponse | None:
        """Let the person who signs in know that it is the provider's failure."""
        if not isinstance(error, ProviderUnavailableError):
            return None
        response.set_status_code(200)
        response.set_json_content(GeneralErrorResponse(UNAVAILABLE).to_json())
        return response
