# SPDX-License-Identifier: Apache-2.0
"""The recipe of factor resets: its parts, and the page on which a user objects."""

from typing import ClassVar

from twofold._app_info import AppInfo
from twofold.framework.request import BaseRequest
from twofold.framework.response import BaseResponse
from twofold.ingredients.emaildelivery import EmailDeliveryIngredient
from twofold.ingredients.emaildelivery.types import EmailDeliveryConfig, with_service
from twofold.recipe._base import PageRoute, Recipe
from twofold.types.base import UserContext
from twofold.types.recipe import BaseAPIInterface

from . import objection
from .emaildelivery.services import default_service
from .functions import Functions
from .types import EmailTemplateVars, FactorResetOverrideConfig


class FactorResetRecipe(Recipe[Functions, BaseAPIInterface]):
    """Lets operators help users who lost a factor."""

    recipe_id: ClassVar[str] = "factorreset"
    display_name: ClassVar[str] = "FactorReset"

    def __init__(
        self,
        app_info: AppInfo,
        email_delivery: EmailDeliveryConfig[EmailTemplateVars] | None = None,
        override: FactorResetOverrideConfig | None = None,
    ) -> None:
        super().__init__(app_info, override)
        self.email_delivery = EmailDeliveryIngredient(with_service(email_delivery, default_service()))

    def make_functions(self) -> Functions:
        """Make the functions on the core."""
        return Functions(self.client)

    def objection_link(self, token: str) -> str:
        """Return where the user who was sent this token objects."""
        return self.app_info.api_domain.get_as_string_dangerous() + self._path() + f"?token={token}"

    def page_routes(self) -> list[PageRoute]:
        """Return the page on which a user objects; following its link alone changes nothing."""
        return [PageRoute("GET", self._path(), self._ask), PageRoute("POST", self._path(), self._object)]

    def _path(self) -> str:
        return self.app_info.api_base_path.get_as_string_dangerous() + objection.PATH

    async def _ask(self, request: BaseRequest, response: BaseResponse, user_context: UserContext) -> BaseResponse:
        token = request.get_query_param("token") or ""
        return objection.page(response, self.app_info.app_name, "", token, user_context)

    async def _object(self, request: BaseRequest, response: BaseResponse, user_context: UserContext) -> BaseResponse:
        token = (await request.form_data()).get("token")
        if not isinstance(token, str) or not objection.is_token(token):
            return objection.page(response, self.app_info.app_name, "INVALID_TOKEN_ERROR", "", user_context)
        result = await self.functions.object_to_reset(token, user_context)
        return objection.page(response, self.app_info.app_name, result.status, "", user_context)
