# SPDX-License-Identifier: Apache-2.0
"""Tells users when a factor or a way to sign in was added to their account, changed or removed, whoever did it."""

from typing import Any

from twofold._app_info import AppInfo
from twofold.ingredients.emaildelivery.types import EmailDeliveryConfig, EmailDeliveryInterface
from twofold.ingredients.smsdelivery.types import SMSDeliveryConfig, SMSDeliveryInterface
from twofold.recipe._base import RecipeInit, open_to_plugins

from .delivery import SMTPService, TwilioService
from .recipe import NoticesRecipe
from .types import EmailTemplateVars, FactorChange, NoticesOverrideConfig, OverrideConfig, SMSTemplateVars

__all__ = [
    "EmailDeliveryInterface",
    "EmailTemplateVars",
    "FactorChange",
    "NoticesOverrideConfig",
    "NoticesRecipe",
    "OverrideConfig",
    "SMSDeliveryInterface",
    "SMSTemplateVars",
    "SMTPService",
    "TwilioService",
    "init",
]


@open_to_plugins("notices")
def init(
    tells_of_factor_changes: bool | None = None,
    email_delivery: EmailDeliveryConfig[EmailTemplateVars] | None = None,
    sms_delivery: SMSDeliveryConfig[SMSTemplateVars] | None = None,
    override: NoticesOverrideConfig | None = None,
) -> RecipeInit:
    """Add the recipe to `init(recipe_list=[...])` to configure it; it is always on.

    Args:
        tells_of_factor_changes: whether users are told when an authenticator app, a passkey, recovery codes, an address
            or number for codes, an account elsewhere or a password was added, changed or removed, whoever did it. None:
            under a profile of assurance. Addresses and numbers that our pages change are told of in any case.
        email_delivery: how, for example by `SMTPService`; left out, such mails land in the development inbox.
        sms_delivery: the same for users who have a phone number and no address, for example by `TwilioService`.
        override: replaces functions: `tell_of_factor_change` sends.
    """

    def make(app_info: AppInfo, plugins: list[Any]) -> NoticesRecipe:
        return NoticesRecipe(app_info, tells_of_factor_changes, email_delivery, sms_delivery, override)

    return make
