# SPDX-License-Identifier: Apache-2.0
"""What is known about codes that were sent, and what the messages with them are made of."""

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from twofold._wire import wire
from twofold.ingredients.emaildelivery import EmailDeliveryIngredient
from twofold.ingredients.emaildelivery.types import EmailDeliveryInterface, SMTPServiceInterface
from twofold.ingredients.smsdelivery import SMSDeliveryIngredient
from twofold.ingredients.smsdelivery.types import SMSDeliveryInterface, TwilioServiceInterface
from twofold.types.config import BaseOverrideConfig

if TYPE_CHECKING:
    from .interfaces import APIInterface, RecipeInterface

    PasswordlessOverrideConfig = BaseOverrideConfig[RecipeInterface, APIInterface]
else:
    PasswordlessOverrideConfig = BaseOverrideConfig

InputOverrideConfig = PasswordlessOverrideConfig


@dataclass
class DeviceCode:
    """What may be told of a code: not the code.

    Attributes:
        code_id: with which it can be revoked.
        time_created: in milliseconds since the epoch.
        code_life_time: in milliseconds.
    """

    code_id: str
    time_created: int
    code_life_time: int = field(metadata=wire("codeLifetime"))


@dataclass
class DeviceType:
    """A sign-in that was begun: to whom codes were sent, and how often a wrong one was tried."""

    pre_auth_session_id: str
    failed_code_input_attempt_count: int
    codes: list[DeviceCode]
    email: str | None = None
    phone_number: str | None = None


class CreateAndSendCustomEmailParameters:
    """What a mail with a code or link is made of. Its repr hides both: whoever has one can sign in.

    Attributes:
        tenant_id: where the person signs in.
        code_life_time: in milliseconds.
        pre_auth_session_id: which sign-in it is for.
        email: to whom.
        is_first_factor: whether the person begins to sign in, or goes on with another factor.
        user_input_code: the code; None where the flow has only links.
        url_with_link_code: the link; None where the flow has only codes.
    """

    def __init__(
        self,
        tenant_id: str,
        code_life_time: int,
        pre_auth_session_id: str,
        email: str,
        is_first_factor: bool,
        user_input_code: str | None = None,
        url_with_link_code: str | None = None,
    ) -> None:
        self.email = email
        self.tenant_id = tenant_id
        self.code_life_time = code_life_time
        self.pre_auth_session_id = pre_auth_session_id
        self.is_first_factor = is_first_factor
        self.user_input_code = user_input_code
        self.url_with_link_code = url_with_link_code


class CreateAndSendCustomTextMessageParameters:
    """What a text message with a code or link is made of; as the mail's, with a phone number."""

    def __init__(
        self,
        tenant_id: str,
        code_life_time: int,
        pre_auth_session_id: str,
        phone_number: str,
        is_first_factor: bool,
        user_input_code: str | None = None,
        url_with_link_code: str | None = None,
    ) -> None:
        self.phone_number = phone_number
        self.tenant_id = tenant_id
        self.code_life_time = code_life_time
        self.pre_auth_session_id = pre_auth_session_id
        self.is_first_factor = is_first_factor
        self.user_input_code = user_input_code
        self.url_with_link_code = url_with_link_code


PasswordlessLoginEmailTemplateVars = CreateAndSendCustomEmailParameters
PasswordlessLoginSMSTemplateVars = CreateAndSendCustomTextMessageParameters
EmailTemplateVars = PasswordlessLoginEmailTemplateVars
SMSTemplateVars = PasswordlessLoginSMSTemplateVars
SMTPOverrideInput = SMTPServiceInterface[EmailTemplateVars]
TwilioOverrideInput = TwilioServiceInterface[SMSTemplateVars]
EmailDeliveryOverrideInput = EmailDeliveryInterface[EmailTemplateVars]
SMSDeliveryOverrideInput = SMSDeliveryInterface[SMSTemplateVars]


class PasswordlessIngredients:
    """The senders of this recipe."""

    def __init__(
        self,
        email_delivery: EmailDeliveryIngredient[EmailTemplateVars] | None = None,
        sms_delivery: SMSDeliveryIngredient[SMSTemplateVars] | None = None,
    ) -> None:
        self.email_delivery = email_delivery
        self.sms_delivery = sms_delivery
