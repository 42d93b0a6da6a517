# SPDX-License-Identifier: Apache-2.0
"""Hands mails to a mail server over SMTP (RFC 5321), encrypted, with a few attempts."""

import asyncio
import logging
import ssl
from collections.abc import Awaitable, Callable
from email.errors import HeaderParseError
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import formatdate, make_msgid
from typing import TYPE_CHECKING, Any

from twofold.ingredients._inbox import is_loopback
from twofold.ingredients.emaildelivery.types import EmailContent, SMTPSettings
from twofold.ingredients.exceptions import DeliveryError

if TYPE_CHECKING:
    import aiosmtplib

PAUSES_SECONDS = (0.2, 1.0)
"""Before the second and the third attempt. A person waits for the answer meanwhile."""
TIMEOUT_SECONDS = 10.0
TOTAL_SECONDS = 30.0

_logger = logging.getLogger("twofold.smtp")


class Transporter:
    """Sends mails through one mail server.

    Attributes:
        smtp_settings: the server.
        requires_tls: whether a server that does not offer STARTTLS is refused.
        tls_context: trusts what it says; None means the system's authorities. Set it for a private authority.
        timeout_seconds: how long each step with the server may take.
        total_seconds: how long all attempts together may take.
        pause: how to wait between attempts.
    """

    def __init__(self, smtp_settings: SMTPSettings) -> None:
        self.smtp_settings = smtp_settings
        self.requires_tls = not is_loopback(smtp_settings.host)
        self.tls_context: ssl.SSLContext | None = None
        self.timeout_seconds = TIMEOUT_SECONDS
        self.total_seconds = TOTAL_SECONDS
        self.pause: Callable[[float], Awaitable[None]] = asyncio.sleep

    async def send_email(self, input_: EmailContent, _: dict[str, Any]) -> None:
        """Send a mail. A connection refused or lost, or a temporary refusal (4xx), is tried again, at most twice.

        Every attempt has the same Message-ID: a server that had taken the mail already can tell.

        Raises:
            ValueError: an address or the subject would be more than one.
            DeliveryError: the server did not take the mail; the text says what it answered.
        """
        message = as_message(input_, self.smtp_settings)
        try:
            async with asyncio.timeout(self.total_seconds):
                await self._deliver(message, input_.to_email)
        except TimeoutError as error:
            raise _failed(f"{self._server} did not take a mail within {self.total_seconds:g} seconds") from error

    async def _deliver(self, message: EmailMessage, to_email: str) -> None:
        for pause_seconds in (*PAUSES_SECONDS, None):
            error = await self._failure_of(message, to_email)
            if error is None:
                return
            if pause_seconds is None or not _is_transient(error):
                raise _failed(f"{self._server} did not take a mail: {_described(error)}") from error
            _logger.warning("%s did not take a mail, trying again: %s", self._server, _described(error))
            await self.pause(pause_seconds)

    @property
    def _server(self) -> str:
        return f"The mail server {self.smtp_settings.host}:{self.smtp_settings.port}"

    async def _failure_of(self, message: EmailMessage, to_email: str) -> Exception | None:
        # Imported on first use: few processes send mails, and all of them start.
        import aiosmtplib  # noqa: PLC0415  # see above

        try:
            await self._send(aiosmtplib, message, to_email)
        except (aiosmtplib.SMTPException, OSError) as error:
            return error
        return None

    async def _send(self, smtplib: Any, message: EmailMessage, to_email: str) -> None:
        settings = self.smtp_settings
        client: aiosmtplib.SMTP = smtplib.SMTP(
            hostname=settings.host,
            port=settings.port,
            timeout=self.timeout_seconds,
            use_tls=settings.secure is True,
            # True refuses a server without STARTTLS; None takes what it offers, which on this machine may be nothing.
            start_tls=False if settings.secure is True else (True if self.requires_tls else None),
            tls_context=self.tls_context or self._default_tls_context(),
        )
        async with client:
            if settings.password is not None:
                await client.login(settings.username or settings.from_.email, settings.password)
            await client.send_message(message, sender=settings.from_.email, recipients=[to_email])

    def _default_tls_context(self) -> ssl.SSLContext:
        context = ssl.create_default_context()
        if not self.requires_tls and self.smtp_settings.secure is not True:
            # A mail server on this machine, often with a certificate of its own making: nobody is in between.
            context.check_hostname = False
            context.verify_mode = ssl.CERT_NONE
        return context


def _failed(text: str) -> DeliveryError:
    _logger.warning("%s", text)
    return DeliveryError(text)


def as_message(content: EmailContent, settings: SMTPSettings) -> EmailMessage:
    """Return the mail with its headers (RFC 5322, RFC 3834), each on one line.

    Raises:
        ValueError: an address, a name or the subject has line breaks, or an address is several.
    """
    sender = _address(settings.from_.email, settings.from_.name)
    message = EmailMessage()
    message["From"] = sender
    message["To"] = _address(content.to_email)
    message["Subject"] = _one_line(content.subject)
    message["Date"] = formatdate(usegmt=True)
    message["Message-ID"] = make_msgid(domain=sender.domain)
    message["Auto-Submitted"] = "auto-generated"
    if not content.is_html:
        message.set_content(content.body)
    elif content.text is None:
        message.set_content(content.body, subtype="html")
    else:
        message.set_content(content.text)
        message.add_alternative(content.body, subtype="html")
    if content.language is not None:  # after the content, which takes such headers for its own
        message["Content-Language"] = _one_line(content.language)
    return message


def _address(email: str, name: str = "") -> Address:
    name, email = _one_line(name), _one_line(email)
    try:
        return Address(name, addr_spec=email)
    except (HeaderParseError, ValueError, IndexError) as error:
        raise ValueError("A mail needs one address like name@example.com") from error


def _one_line(text: str) -> str:
    if "\r" in text or "\n" in text or "\0" in text:
        raise ValueError("Addresses, names and subjects of mails must be one line")
    return text


def _is_transient(error: Exception) -> bool:
    answers = [getattr(item, "code", None) for item in getattr(error, "recipients", None) or [error]]
    if all(isinstance(code, int) and code > 0 for code in answers):
        return all(400 <= code < 500 for code in answers if code is not None)
    # No answer: not connected, or cut off. Who waited for a timeout does not wait for two more, and what follows from
    # our own settings does not change by trying.
    return not isinstance(error, TimeoutError | ssl.SSLError) and "STARTTLS" not in str(error)


def _described(error: Exception) -> str:
    """The kind of failure and the server's answer. Servers quote addresses, but not what a mail says."""
    return f"{type(error).__name__}: {error}"
