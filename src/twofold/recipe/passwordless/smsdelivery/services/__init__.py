# SPDX-License-Identifier: Apache-2.0
"""Senders of text messages with codes and links."""

from twofold.ingredients.smsdelivery.services.inbox_service import InboxSMSService
from twofold.ingredients.smsdelivery.types import SMSDeliveryInterface
from twofold.recipe.passwordless.types import SMSTemplateVars

from .supertokens import SuperTokensSMSService
from .twilio import TwilioService
from .twilio.passwordless_login import pless_sms_content

__all__ = ["SuperTokensSMSService", "TwilioService", "default_service"]


def default_service() -> SMSDeliveryInterface[SMSTemplateVars]:
    """Return the sender of applications that configure none: the development inbox."""
    return InboxSMSService(pless_sms_content)
