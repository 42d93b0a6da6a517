# SPDX-License-Identifier: Apache-2.0
"""The e-mail and password recipe: its parts, and what it answers to multi-factor authentication."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from twofold._app_info import AppInfo
from twofold.framework.request import BaseRequest
from twofold.framework.response import BaseResponse
from twofold.ingredients.emaildelivery import EmailDeliveryIngredient
from twofold.ingredients.emaildelivery.types import EmailDeliveryConfig, EmailDeliveryConfigWithService
from twofold.recipe._base import Recipe
from twofold.types.base import RecipeUserId, User, UserContext

from .apis import APIOptions, APIs
from .emaildelivery.services import default_service
from .exceptions import FieldError
from .factor_emails import emails_for_password
from .form_fields import Forms, forms_of
from .functions import Functions
from .types import EmailPasswordOverrideConfig, EmailTemplateVars, InputSignUpFeature

FACTOR_ID = "emailpassword"


@dataclass(frozen=True)
class NormalisedEmailPasswordConfig:
    """The configuration with its defaults filled in."""

    forms: Forms


class EmailPasswordRecipe(Recipe[Functions, APIs]):
    """Signs users up and in with an address and a password."""

    recipe_id: ClassVar[str] = FACTOR_ID
    display_name: ClassVar[str] = "Emailpassword"

    def __init__(
        self,
        app_info: AppInfo,
        sign_up_feature: InputSignUpFeature | None = None,
        override: EmailPasswordOverrideConfig | None = None,
        email_delivery: EmailDeliveryConfig[EmailTemplateVars] | None = None,
    ) -> None:
        super().__init__(app_info, override)
        fields = (sign_up_feature and sign_up_feature.form_fields) or []
        forms = forms_of(fields, adds_to_password_rules=app_info.assurance is not None)
        self.config = NormalisedEmailPasswordConfig(forms)
        delivery = email_delivery or EmailDeliveryConfig()
        service = delivery.service or default_service(app_info)
        self.email_delivery = EmailDeliveryIngredient(EmailDeliveryConfigWithService(service, delivery.override))

    def make_functions(self) -> Functions:
        """Make the functions on the core."""
        return Functions(self.client, self.config.forms.reset[0])

    def make_apis(self) -> APIs:
        """Make the APIs."""
        return APIs()

    def api_options(self, request: BaseRequest, response: BaseResponse) -> APIOptions:
        """Return what the APIs get beside their arguments."""
        return APIOptions(
            request, response, self.recipe_id, self.config, self.functions, self.app_info, self.email_delivery
        )

    def first_factors(self) -> list[str]:
        """A password may begin a session."""
        return [FACTOR_ID]

    def secondary_factors(self) -> list[str]:
        """A password may follow another factor."""
        return [FACTOR_ID]

    async def factors_set_up_for_user(self, user: User, user_context: UserContext) -> list[str]:
        """Set up when the user has a password in any tenant."""
        return [FACTOR_ID] if any(method.recipe_id == FACTOR_ID for method in user.login_methods) else []

    def emails_for_factors(self, user: User, session_recipe_user_id: RecipeUserId) -> Mapping[str, list[str]]:
        """Return the addresses that the user's password has, or may have."""
        return {FACTOR_ID: emails_for_password(user, session_recipe_user_id)}

    async def handle_error(
        self, request: BaseRequest, error: Exception, response: BaseResponse, user_context: UserContext
    ) -> BaseResponse | None:
        """Answer wrong form fields."""
        if not isinstance(error, FieldError):
            return None
        response.set_status_code(200)
        response.set_json_content({"status": "FIELD_ERROR", "formFields": error.get_json_form_fields()})
        return response
