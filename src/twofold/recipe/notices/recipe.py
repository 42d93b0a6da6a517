# SPDX-License-Identifier: Apache-2.0
"""The recipe of notices. It is always on, and silent unless it is told to speak."""

import logging
from typing import ClassVar

from twofold import _state
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

_logger = logging.getLogger("twofold.notices")


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
        self.config = NoticesConfig(tells)
        self._has_own_way = email_delivery is not None or override is not None
        self.email_delivery = EmailDeliveryIngredient(with_service(email_delivery, default_email_service()))
        self.sms_delivery = SMSDeliveryIngredient(with_sms_service(sms_delivery, default_sms_service()))

    @property
    def can_send(self) -> bool:
        """Whether there is a sender of mails, something in its place, or a development inbox."""
        return self._has_own_way or bool(self._plugins) or _state.current_app().keeps_messages

    def after_init(self) -> None:
        """Say it at the start that users would not be told."""
        if self.config.tells_of_factor_changes and not self.can_send:
            _logger.error(
                "Users are to be told of changes of their factors, and nothing sends the mails. Please add "
                "notices.init(email_delivery=…) to the recipe list."
            )

    def make_functions(self) -> Functions:
        """Make the functions."""
        return Functions(self.email_delivery, self.sms_delivery)
