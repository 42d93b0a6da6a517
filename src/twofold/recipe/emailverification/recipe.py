# SPDX-License-Identifier: Apache-2.0
"""The e-mail verification recipe: its parts, and what it answers to account linking."""

from typing import TYPE_CHECKING, Any, ClassVar

from twofold._app_info import AppInfo
from twofold.framework.request import BaseRequest
from twofold.framework.response import BaseResponse
from twofold.ingredients.emaildelivery import EmailDeliveryIngredient
from twofold.ingredients.emaildelivery.types import EmailDeliveryConfig, EmailDeliveryConfigWithService
from twofold.recipe._base import Recipe
from twofold.recipe.session.claim_base_classes.session_claim import SessionClaim, SessionClaimValidator
from twofold.types.base import RecipeUserId, UserContext

from .apis import APIOptions, APIs
from .email_verification_claim import EmailVerificationClaim
from .emaildelivery.services import default_service
from .emails import EmailLookup
from .exceptions import EmailVerificationInvalidTokenError, SuperTokensEmailVerificationError
from .functions import Functions
from .types import (
    MODE_TYPE,
    CreateEmailVerificationTokenOkResult,
    EmailTemplateVars,
    EmailVerificationConfig,
    EmailVerificationOverrideConfig,
    TypeGetEmailForUserIdFunction,
)

if TYPE_CHECKING:
    from twofold.recipe.session.interfaces import SessionContainer


class EmailVerificationRecipe(Recipe[Functions, APIs]):
    """Verifies addresses by mail, and guards protected routes with it when the mode is REQUIRED."""

    recipe_id: ClassVar[str] = "emailverification"
    display_name: ClassVar[str] = "Emailverification"

    def __init__(
        self,
        app_info: AppInfo,
        mode: MODE_TYPE,
        email_delivery: EmailDeliveryConfig[EmailTemplateVars] | None = None,
        get_email_for_recipe_user_id: TypeGetEmailForUserIdFunction | None = None,
        override: EmailVerificationOverrideConfig | None = None,
    ) -> None:
        super().__init__(app_info, override)
        if mode not in ("REQUIRED", "OPTIONAL"):
            raise ValueError("Email Verification recipe mode must be one of 'REQUIRED' or 'OPTIONAL'")
        self.config = EmailVerificationConfig(mode, get_email_for_recipe_user_id)
        self.emails = EmailLookup(get_email_for_recipe_user_id)
        delivery = email_delivery or EmailDeliveryConfig()
        service = delivery.service or default_service()
        self.email_delivery = EmailDeliveryIngredient(EmailDeliveryConfigWithService(service, delivery.override))

    def make_functions(self) -> Functions:
        """Make the functions on the core."""
        return Functions(self.client)

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
            self.emails,
        )

    def claims(self) -> list[SessionClaim[Any]]:
        """Every new session says whether its address is verified."""
        return [EmailVerificationClaim]

    def global_claim_validators(self) -> list[SessionClaimValidator]:
        """Guard every protected route when verification is required."""
        return [EmailVerificationClaim.validators.is_verified()] if self.config.mode == "REQUIRED" else []

    async def verify_email_without_mail(
        self, tenant_id: str, recipe_user_id: RecipeUserId, email: str, user_context: UserContext
    ) -> None:
        """Mark an address as verified; nothing is linked."""
        made = await self.functions.create_email_verification_token(recipe_user_id, email, tenant_id, user_context)
        if isinstance(made, CreateEmailVerificationTokenOkResult):
            await self.functions.verify_email_using_token(made.token, tenant_id, False, user_context)

    async def require_verified_email(self, session: "SessionContainer", user_context: UserContext) -> None:
        """Refuse the session until its address is verified; see `Recipe`."""
        if await session.get_claim_value(EmailVerificationClaim, user_context) is not False:
            await session.set_claim_value(EmailVerificationClaim, False, user_context)
        await session.assert_claims([EmailVerificationClaim.validators.is_verified()], user_context)

    async def handle_error(
        self, request: BaseRequest, error: Exception, response: BaseResponse, user_context: UserContext
    ) -> BaseResponse | None:
        """Answer the errors that overrides may raise."""
        if not isinstance(error, SuperTokensEmailVerificationError):
            return None
        is_invalid = isinstance(error, EmailVerificationInvalidTokenError)
        status = "EMAIL_VERIFICATION_INVALID_TOKEN_ERROR" if is_invalid else "EMAIL_ALREADY_VERIFIED_ERROR"
        response.set_status_code(200)
        response.set_json_content({"status": status})
        return response
