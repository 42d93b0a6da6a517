# SPDX-License-Identifier: Apache-2.0
"""Sends text messages with codes and links through Twilio."""

from collections.abc import Callable

from twofold.ingredients.smsdelivery.services.twilio_service import BaseTwilioService
from twofold.ingredients.smsdelivery.types import TwilioSettings
from twofold.recipe.passwordless.types import SMSTemplateVars, TwilioOverrideInput

from .service_implementation import ServiceImplementation

__all__ = ["TwilioService"]


class TwilioService(BaseTwilioService[SMSTemplateVars]):
    """Writes text messages with codes and links and hands them to Twilio.

    Args:
        twilio_settings: The account.
        override: Gets what writes and sends, returns what to use instead.

    Raises:
        GeneralError: the settings do not name exactly one sender.
    """

    def __init__(
        self,
        twilio_settings: TwilioSettings,
        override: Callable[[TwilioOverrideInput], TwilioOverrideInput] | None = None,
    ) -> None:
        super().__init__(twilio_settings, override, ServiceImplementation)
