# SPDX-License-Identifier: Apache-2.0
"""The recipe of notices. It is always on, and silent unless it is told to speak."""

from typing import ClassVar

from twofold._app_info import AppInfo
from twofold.ingredients.emaildelivery import EmailDeliveryIngredient
from twofold.ingredients.emaildelivery.types import EmailDeliveryConfig, with_service
from twofold.ingredients.smsdelivery import SMSDeliveryIngredient
from twofold.ingredients.smsdelivery.types import SMSDeliveryConfig
from twofold.ingredients.smsdelivery.types import with_service as with_sms_service
from twofold.recipe._base import Recipe
from twofold.types.recipe import BaseAPIInterface

from .delivery import default_email_service, default_sms_service
from .functions import Functions
from .types import EmailTemplateVars, NoticesConfig, NoticesOverrideConfig, SMSTemplateVars


class NoticesRecipe(Recipe[Functions, BaseAPIInterface]):
    """Tells users what happened to their accounts."""

    recipe_id: ClassVar[str] = "notices"
    display_name: ClassVar[str] = "Notices"

    def __init__(
        self,
        app_info: AppInfo,
        tells_of_factor_changes: bool | None = None,
        email_delivery: EmailDeliveryConfig[EmailTemplateVars] | None = None,
        sms_delivery: SMSDeliveryConfig[SMSTemplateVars] | None = None,
        override: NoticesOverrideConfig | None = None,
    ) -> None:
        super().__init__(app_info, override)
        is_assured = app_info.assurance is not None
        tells = is_assured if tells_of_factor_changes is None else tells_of_factor_changes
        self.config = NoticesConfig(tells, has_email_delivery=email_delivery is not None)
        self.email_delivery = EmailDeliveryIngredient(with_service(email_delivery, default_email_service()))
        self.sms_delivery = SMSDeliveryIngredient(with_sms_service(sms_delivery, default_sms_service()))

    def make_functions(self) -> Functions:
        """Make the functions."""
        return Functions(self.email_delivery, self.sms_delivery)
