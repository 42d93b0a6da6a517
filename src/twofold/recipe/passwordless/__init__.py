# SPDX-License-Identifier: Apache-2.0
"""Sign-up and sign-in with codes and links that are sent by mail or to phones; also as a second factor."""

from typing import Any

from twofold._app_info import AppInfo
from twofold.ingredients.emaildelivery.types import EmailDeliveryConfig, EmailDeliveryInterface
from twofold.ingredients.smsdelivery.types import SMSDeliveryConfig, SMSDeliveryInterface
from twofold.recipe._base import RecipeInit, open_to_plugins

from .config import GetCustomUserInputCode, NormalisedPasswordlessConfig
from .contact import (
    ContactConfig,
    ContactEmailOnlyConfig,
    ContactEmailOrPhoneConfig,
    ContactPhoneOnlyConfig,
    FlowType,
    PhoneOrEmailInput,
)
from .emaildelivery.services import SMTPService
from .recipe import PasswordlessRecipe
from .smsdelivery.services import SuperTokensSMSService, TwilioService
from .types import (
    CreateAndSendCustomEmailParameters,
    CreateAndSendCustomTextMessageParameters,
    EmailTemplateVars,
    InputOverrideConfig,
    PasswordlessOverrideConfig,
    SMSTemplateVars,
)

__all__ = [
    "ContactConfig",
    "ContactEmailOnlyConfig",
    "ContactEmailOrPhoneConfig",
    "ContactPhoneOnlyConfig",
    "CreateAndSendCustomEmailParameters",
    "CreateAndSendCustomTextMessageParameters",
    "EmailDeliveryInterface",
    "InputOverrideConfig",
    "PasswordlessOverrideConfig",
    "PasswordlessRecipe",
    "PhoneOrEmailInput",
    "SMSDeliveryInterface",
    "SMTPService",
    "SuperTokensSMSService",
    "TwilioService",
    "init",
]


@open_to_plugins("passwordless")
def init(
    contact_config: ContactConfig,
    flow_type: FlowType,
    override: PasswordlessOverrideConfig | None = None,
    get_custom_user_input_code: GetCustomUserInputCode | None = None,
    email_delivery: EmailDeliveryConfig[EmailTemplateVars] | None = None,
    sms_delivery: SMSDeliveryConfig[SMSTemplateVars] | None = None,
) -> RecipeInit:
    """Let users sign in with what they are sent.

    Args:
        contact_config: Where it is sent: one of the three `Contact…Config`.
        flow_type: A code to type, a link to open, or both. As a second factor it is always a code.
        override: Replaces functions and APIs.
        get_custom_user_input_code: Makes the codes; without it they are six random digits.
        email_delivery: How mails are sent; without it they land in the development inbox.
        sms_delivery: The same for text messages.

    Raises:
        GeneralError: the contact configuration or the flow type is unknown.
    """
    config = NormalisedPasswordlessConfig(contact_config, flow_type, get_custom_user_input_code)

    def make(app_info: AppInfo, plugins: list[Any]) -> PasswordlessRecipe:
        return PasswordlessRecipe(app_info, config, override, email_delivery, sms_delivery)

    return make
