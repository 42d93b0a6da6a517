# SPDX-License-Identifier: Apache-2.0
"""The recipe object of OpenID."""

from twofold._app_info import AppInfo
from twofold.exceptions import GeneralError
from twofold.framework.request import BaseRequest
from twofold.framework.response import BaseResponse
from twofold.normalised_url_domain import NormalisedURLDomain
from twofold.normalised_url_path import NormalisedURLPath
from twofold.recipe._base import Recipe
from twofold.types.base import UserContext

from .apis import APIOptions, APIs
from .functions import Functions
from .interfaces import OpenIdOverrideConfig
from .types import NormalisedOpenIdConfig


class OpenIdRecipe(Recipe[Functions, APIs]):
    """Knows who issues our tokens."""

    recipe_id = "openid"
    display_name = "OpenId"

    def __init__(self, app_info: AppInfo, issuer: str | None, override: OpenIdOverrideConfig | None) -> None:
        super().__init__(app_info, override)
        self.config = _normalised(app_info, issuer)

    def make_functions(self) -> Functions:
        """Make the functions."""
        return Functions(self.config, self.app_info)

    def make_apis(self) -> APIs:
        """Make the APIs."""
        return APIs()

    def api_options(self, request: BaseRequest, response: BaseResponse) -> APIOptions:
        """Return what the APIs get."""
        return APIOptions(request, response, self.recipe_id, self.config, self.functions)

    @staticmethod
    async def get_issuer(user_context: UserContext) -> str:
        """Return the `iss` of session tokens: that of the (overridable) discovery document."""
        return (await OpenIdRecipe.get().functions.get_open_id_discovery_configuration(user_context)).issuer


def _normalised(app_info: AppInfo, issuer: str | None) -> NormalisedOpenIdConfig:
    if issuer is None:
        return NormalisedOpenIdConfig(app_info.api_domain, app_info.api_base_path)
    path = NormalisedURLPath(issuer)
    if not path.equals(app_info.api_base_path):
        raise GeneralError("The path of the issuer URL must be equal to the apiBasePath. The default value is /auth")
    return NormalisedOpenIdConfig(NormalisedURLDomain(issuer), path)
