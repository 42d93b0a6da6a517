# SPDX-License-Identifier: Apache-2.0
"""What the `SMTPService` of every recipe has in common; a recipe adds how its mails are written."""

from collections.abc import Callable
from typing import Any, ClassVar, TypeVar

from twofold.ingredients.emaildelivery.services.smtp import Transporter
from twofold.ingredients.emaildelivery.types import (
    EmailContent,
    EmailDeliveryInterface,
    SMTPServiceInterface,
    SMTPSettings,
)

_T = TypeVar("_T")


class BaseSMTPService(EmailDeliveryInterface[_T]):
    """Writes a mail and hands it to a mail server. A recipe's subclass says who writes.

    Args:
        smtp_settings: The mail server.
        override: Gets what writes and sends, returns what to use instead.

    Attributes:
        transporter: the connection to the mail server.
        service_implementation: writes and sends; the overridden one.
    """

    _writer: ClassVar[type[SMTPServiceInterface[Any]]]

    def __init__(
        self,
        smtp_settings: SMTPSettings,
        override: Callable[[SMTPServiceInterface[_T]], SMTPServiceInterface[_T]] | None = None,
    ) -> None:
        self.transporter = Transporter(smtp_settings)
        original: SMTPServiceInterface[_T] = self._writer(self.transporter)
        self.service_implementation: SMTPServiceInterface[_T] = original if override is None else override(original)

    async def send_email(self, template_vars: _T, user_context: dict[str, Any]) -> None:
        """Write and send a mail.

        Raises:
            DeliveryError: the mail server did not take it.
        """
        content = await self.service_implementation.get_content(template_vars, user_context)
        await self.service_implementation.send_raw_email(content, user_context)


class BaseServiceImplementation(SMTPServiceInterface[_T]):
    """Sends through the transporter. A recipe adds `get_content`."""

    async def send_raw_email(self, content: EmailContent, user_context: dict[str, Any]) -> None:
        """Hand a mail to the mail server."""
        await self.transporter.send_email(content, user_context)
