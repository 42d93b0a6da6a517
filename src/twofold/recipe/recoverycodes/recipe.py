# SPDX-License-Identifier: Apache-2.0
"""The recovery code recipe: its parts, and what it tells front ends."""

from typing import TYPE_CHECKING, ClassVar

from twofold._app_info import AppInfo
from twofold._wire import Json
from twofold.exceptions import GeneralError
from twofold.framework.request import BaseRequest
from twofold.framework.response import BaseResponse
from twofold.ingredients.emaildelivery import EmailDeliveryIngredient
from twofold.ingredients.emaildelivery.types import EmailDeliveryConfig, with_service
from twofold.recipe._base import Recipe
from twofold.recipe.multifactorauth.recipe import MultiFactorAuthRecipe
from twofold.types.base import User, UserContext

from .apis import APIOptions, APIs
from .emaildelivery.services import default_service
from .functions import Functions
from .types import MAX_COUNT, EmailTemplateVars, RecoveryCodesConfig, RecoveryCodesOverrideConfig

if TYPE_CHECKING:
    from twofold.recipe.session.interfaces import SessionContainer


class RecoveryCodesRecipe(Recipe[Functions, APIs]):
    """Lets users who lost a second factor in with a code that they kept for that day."""

    recipe_id: ClassVar[str] = "recoverycodes"
    display_name: ClassVar[str] = "Recoverycodes"

    def __init__(
        self,
        app_info: AppInfo,
        count: int,
        email_delivery: EmailDeliveryConfig[EmailTemplateVars] | None = None,
        override: RecoveryCodesOverrideConfig | None = None,
    ) -> None:
        super().__init__(app_info, override)
        if not 1 <= count <= MAX_COUNT:
            raise GeneralError(f"recoverycodes.init: 'count' must be between 1 and {MAX_COUNT}")
        self.config = RecoveryCodesConfig(count)
        self.email_delivery = EmailDeliveryIngredient(with_service(email_delivery, default_service()))

    def make_functions(self) -> Functions:
        """Make the functions on the core."""
        return Functions(self.client, self.config)

    def make_apis(self) -> APIs:
        """Make the APIs."""
        return APIs()

    def api_options(self, request: BaseRequest, response: BaseResponse) -> APIOptions:
        """Return what the APIs get beside their arguments."""
        return APIOptions(
            request,
            response,
            self.recipe_id,
            self.config,
            self.functions,
            self.app_info,
            self.email_delivery,
            self,
        )

    def after_init(self) -> None:
        """Refuse to run without multi-factor authentication, or second factors: there is nothing to stand in for."""
        factors = MultiFactorAuthRecipe.get_or_none()
        if factors is None:
            raise GeneralError("recoverycodes.init() needs multifactorauth.init() in the recipe list")
        factors.require_second_factor("recoverycodes.init()")

    async def mfa_info(self, session: "SessionContainer", user: User, user_context: UserContext) -> Json:
        """Tell whether a code could be used now, and whether codes should be offered."""
        remaining = (await self.functions.count_codes(user.id, user_context)).remaining
        should_offer = remaining == 0 and await self.functions.has_second_factor(user, user_context)
        return {"recoveryCodes": {"remaining": remaining, "shouldOffer": should_offer}}
