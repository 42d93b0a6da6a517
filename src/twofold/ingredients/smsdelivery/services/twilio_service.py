# SPDX-License-Identifier: Apache-2.0
"""What the `TwilioService` of every recipe has in common; a recipe adds how its messages are written."""

from collections.abc import Callable
from typing import Any, ClassVar, TypeVar

from twofold.ingredients.smsdelivery.services.twilio import TwilioClient, normalize_twilio_settings
from twofold.ingredients.smsdelivery.types import (
    SMSContent,
    SMSDeliveryInterface,
    TwilioServiceInterface,
    TwilioSettings,
)

_T = TypeVar("_T")


class BaseTwilioService(SMSDeliveryInterface[_T]):
    """Writes a text message and hands it to Twilio. A recipe's subclass says who writes.

    Args:
        twilio_settings: The account.
        override: Gets what writes and sends, returns what to use instead.

    Attributes:
        config: the settings.
        twilio_client: speaks to Twilio.
        service_implementation: writes and sends; the overridden one.

    Raises:
        GeneralError: the settings do not name exactly one sender.
    """

    _writer: ClassVar[type[TwilioServiceInterface[Any]]]

    def __init__(
        self,
        twilio_settings: TwilioSettings,
        override: Callable[[TwilioServiceInterface[_T]], TwilioServiceInterface[_T]] | None = None,
    ) -> None:
        self.config = normalize_twilio_settings(twilio_settings)
        self.twilio_client = TwilioClient(self.config)
        original: TwilioServiceInterface[_T] = self._writer(self.twilio_client)
        self.service_implementation: TwilioServiceInterface[_T] = original if override is None else override(original)

    async def send_sms(self, template_vars: _T, user_context: dict[str, Any]) -> None:
        """Write and send a message.

        Raises:
            DeliveryError: Twilio did not take it.
        """
        content = await self.service_implementation.get_content(template_vars, user_context)
        await self.service_implementation.send_raw_sms(
            content, user_context, self.config.from_, self.config.messaging_service_sid
        )


class BaseServiceImplementation(TwilioServiceInterface[_T]):
    """Sends through the client. A recipe adds `get_content`."""

    async def send_raw_sms(
        self,
        content: SMSContent,
        user_context: dict[str, Any],
        from_: str | None = None,
        messaging_service_sid: str | None = None,
    ) -> None:
        """Hand a message to Twilio."""
        await self.twilio_client.send(content, from_, messaging_service_sid)
