# SPDX-License-Identifier: Apache-2.0
"""Sends text messages with codes and links through Twilio."""

from twofold.ingredients.smsdelivery.services.twilio_service import BaseTwilioService
from twofold.recipe.passwordless.types import SMSTemplateVars

from .service_implementation import ServiceImplementation

__all__ = ["TwilioService"]


class TwilioService(BaseTwilioService[SMSTemplateVars]):
    """Writes text messages with codes and links and hands them to Twilio."""

    _writer = ServiceImplementation
