# SPDX-License-Identifier: Apache-2.0
"""The passwordless recipe: its parts, and what it answers to multi-factor authentication."""

import logging
from collections.abc import Mapping
from typing import ClassVar

from twofold import _state
from twofold._app_info import AppInfo
from twofold.exceptions import GeneralError
from twofold.framework.request import BaseRequest
from twofold.framework.response import BaseResponse
from twofold.ingredients.emaildelivery import EmailDeliveryIngredient
from twofold.ingredients.emaildelivery.types import EmailDeliveryConfig
from twofold.ingredients.emaildelivery.types import with_service as with_email_service
from twofold.ingredients.smsdelivery import SMSDeliveryIngredient
from twofold.ingredients.smsdelivery.types import SMSDeliveryConfig
from twofold.ingredients.smsdelivery.types import with_service as with_sms_service
from twofold.recipe._base import Recipe
from twofold.types.base import RecipeUserId, User, UserContext

from .apis import APIOptions, APIs
from .config import NormalisedPasswordlessConfig
from .consuming import RECIPE_ID
from .contact import ContactKind
from .emaildelivery.services import default_service as default_email_service
from .factor_contacts import contacts, phone_number, real_email
from .functions import Functions
from .smsdelivery.services import default_service as default_sms_service
from .types import EmailTemplateVars, PasswordlessOverrideConfig, SMSTemplateVars

NO_SMS = (
    "passwordless.init() offers codes by text message, and nothing sends them. Please add sms_delivery=…, or leave "
    "phone numbers out of contact_config."
)

_logger = logging.getLogger("twofold.passwordless")


class PasswordlessRecipe(Recipe[Functions, APIs]):
    """Signs users up and in with codes and links that are sent to them."""

    recipe_id: ClassVar[str] = RECIPE_ID
    display_name: ClassVar[str] = "Passwordless"

    def __init__(
        self,
        app_info: AppInfo,
        config: NormalisedPasswordlessConfig,
        override: PasswordlessOverrideConfig | None = None,
        email_delivery: EmailDeliveryConfig[EmailTemplateVars] | None = None,
        sms_delivery: SMSDeliveryConfig[SMSTemplateVars] | None = None,
    ) -> None:
        super().__init__(app_info, override)
        self.config = config
        self.email_delivery = EmailDeliveryIngredient(with_email_service(email_delivery, default_email_service()))
        self._has_own_way_to_phones = not (sms_delivery is None and override is None)
        self.sms_delivery = SMSDeliveryIngredient(with_sms_service(sms_delivery, default_sms_service()))

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
            self.sms_delivery,
        )

    def after_init(self) -> None:
        """Refuse what nobody could receive: text messages alone, with nothing to send them.

        Raises:
            GeneralError: no delivery is configured, this is not a developer's machine, and nothing is overridden.
        """
        app = _state.current_app()
        if self._has_own_way_to_phones or self._plugins or app.keeps_messages or not self.config.factors_of("phone"):
            return
        if not self.config.factors_of("email"):
            raise GeneralError(NO_SMS)
        _logger.error(NO_SMS)

    def first_factors(self) -> list[str]:
        """Every configured way may begin a session."""
        return self.config.factors

    def secondary_factors(self) -> list[str]:
        """Every configured way may follow another factor."""
        return self.config.factors

    async def factors_set_up_for_user(self, user: User, user_context: UserContext) -> list[str]:
        """Set up when codes were once sent to the user's email, or phone."""
        own = [method for method in user.login_methods if method.recipe_id == RECIPE_ID]
        kinds: list[ContactKind] = []
        if any(real_email(method) is not None for method in own):
            kinds.append("email")
        if any(phone_number(method) is not None for method in own):
            kinds.append("phone")
        return [factor for factor in self.config.factors if factor.endswith(tuple(kinds))]

    def emails_for_factors(self, user: User, session_recipe_user_id: RecipeUserId) -> Mapping[str, list[str]]:
        """Return the emails that codes can be sent to."""
        emails = contacts(user, session_recipe_user_id, real_email)
        return {factor: list(emails) for factor in self.config.factors_of("email")}

    def phone_numbers_for_factors(self, user: User, session_recipe_user_id: RecipeUserId) -> Mapping[str, list[str]]:
        """Return the phone numbers that codes can be sent to."""
        numbers = contacts(user, session_recipe_user_id, phone_number)
        return {factor: list(numbers) for factor in self.config.factors_of("phone")}
