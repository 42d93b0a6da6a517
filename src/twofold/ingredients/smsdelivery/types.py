# SPDX-License-Identifier: Apache-2.0
"""What a sender of text messages is, and how applications configure one."""

from abc import ABC, abstractmethod
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Generic, TypeVar

if TYPE_CHECKING:
    from .services.twilio import TwilioClient

_T = TypeVar("_T")


class SMSDeliveryInterface(ABC, Generic[_T]):
    """Sends one kind of text message. Applications may write their own."""

    @abstractmethod
    async def send_sms(self, template_vars: _T, user_context: dict[str, Any]) -> None:
        """Write and send the message. An exception means that it was not sent."""


class SMSDeliveryConfig(ABC, Generic[_T]):
    """How a recipe sends text messages.

    Args:
        service: The sender; left out, messages go to the development inbox.
        override: Gets the sender, returns the one to use. Called once, at `init`.
    """

    def __init__(
        self,
        service: SMSDeliveryInterface[_T] | None = None,
        override: Callable[[SMSDeliveryInterface[_T]], SMSDeliveryInterface[_T]] | None = None,
    ) -> None:
        self.service = service
        self.override = override


class SMSDeliveryConfigWithService(ABC, Generic[_T]):
    """The same with the sender filled in."""

    def __init__(
        self,
        service: SMSDeliveryInterface[_T],
        override: Callable[[SMSDeliveryInterface[_T]], SMSDeliveryInterface[_T]] | None = None,
    ) -> None:
        self.service = service
        self.override = override


def with_service(
    config: SMSDeliveryConfig[_T] | None, default: SMSDeliveryInterface[_T]
) -> SMSDeliveryConfigWithService[_T]:
    """Return the configuration with the default sender where the application named none."""
    if config is None:
        return SMSDeliveryConfigWithService(default)
    return SMSDeliveryConfigWithService(config.service or default, config.override)


class TwilioSettings:
    """An account with Twilio, and who messages come from: exactly one of the last two.

    Args:
        account_sid: The account.
        auth_token: Its secret.
        from_: A phone number or name of the account.
        messaging_service_sid: A messaging service of the account.
        opts: `base_url` (instead of Twilio's), `username` and `password` (an API key instead of the account's secret),
            `region`, `edge`, `status_callback` (a URL that Twilio reports to), `timeout_seconds`.
    """

    def __init__(
        self,
        account_sid: str,
        auth_token: str,
        from_: str | None = None,
        messaging_service_sid: str | None = None,
        opts: dict[str, Any] | None = None,
    ) -> None:
        self.account_sid = account_sid
        self.auth_token = auth_token
        self.from_ = from_
        self.messaging_service_sid = messaging_service_sid
        self.opts = opts

    def __repr__(self) -> str:
        return f"TwilioSettings(account_sid={self.account_sid!r}, auth_token=…)"


class SMSContent:
    """A text message as it is sent. Its repr hides the body: whoever reads it may sign in."""

    def __init__(self, body: str, to_phone: str) -> None:
        self.body = body
        self.to_phone = to_phone

    def __repr__(self) -> str:
        return f"SMSContent(to_phone={self.to_phone!r}, body=…)"


class TwilioServiceInterface(ABC, Generic[_T]):
    """The two steps of a message: write it, send it. What `override` of a `TwilioService` gets and returns."""

    def __init__(self, twilio_client: "TwilioClient") -> None:
        self.twilio_client = twilio_client

    @abstractmethod
    async def send_raw_sms(
        self,
        content: SMSContent,
        user_context: dict[str, Any],
        from_: str | None = None,
        messaging_service_sid: str | None = None,
    ) -> None:
        """Hand a message to Twilio."""

    @abstractmethod
    async def get_content(self, template_vars: _T, user_context: dict[str, Any]) -> SMSContent:
        """Write the message."""
