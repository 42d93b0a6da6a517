# SPDX-License-Identifier: Apache-2.0
"""The recipe object of JWT."""

from twofold._app_info import AppInfo
from twofold.framework.request import BaseRequest
from twofold.framework.response import BaseResponse
from twofold.recipe._base import Recipe

from .apis import APIOptions, APIs
from .functions import Functions
from .interfaces import JWTOverrideConfig
from .types import HUNDRED_YEARS_IN_SECONDS, NormalisedJWTConfig


class JWTRecipe(Recipe[Functions, APIs]):
    """Signs tokens and publishes keys."""

    recipe_id = "jwt"
    display_name = "JWT"

    def __init__(self, app_info: AppInfo, jwt_validity_seconds: int | None, override: JWTOverrideConfig | None) -> None:
        super().__init__(app_info, override)
        validity = HUNDRED_YEARS_IN_SECONDS if jwt_validity_seconds is None else jwt_validity_seconds
        self.config = NormalisedJWTConfig(validity)

    def make_functions(self) -> Functions:
        """Make the functions on the core."""
        return Functions(self.client, self.config, self.app_info)

    def make_apis(self) -> APIs:
        """Make the APIs."""
        return APIs()

    def api_options(self, request: BaseRequest, response: BaseResponse) -> APIOptions:
        """Return what the APIs get."""
        return APIOptions(request, response, self.recipe_id, self.config, self.functions)
