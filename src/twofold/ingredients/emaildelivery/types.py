# SPDX-License-Identifier: Apache-2.0
"""What a sender of mails is, and how applications configure one."""

from abc import ABC, abstractmethod
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Generic, TypeVar

if TYPE_CHECKING:
    from .services.smtp import Transporter

_T = TypeVar("_T")


class EmailDeliveryInterface(ABC, Generic[_T]):
    """Sends one kind of mail. Applications may write their own.

    Attributes:
        is_awaited: the answer to a request for a reset or recovery mail waits until it is sent, and tells by its time
            who has an account. For platforms that freeze the process once it has answered; elsewhere leave it False.
    """

    is_awaited: bool = False

    @abstractmethod
    async def send_email(self, template_vars: _T, user_context: dict[str, Any]) -> None:
        """Write and send the mail. An exception means that it was not sent."""


class EmailDeliveryConfig(ABC, Generic[_T]):
    """How a recipe sends mails.

    Args:
        service: The sender; left out, mails go to the development inbox.
        override: Gets the sender, returns the one to use. Called once, at `init`.
    """

    def __init__(
        self,
        service: EmailDeliveryInterface[_T] | None = None,
        override: Callable[[EmailDeliveryInterface[_T]], EmailDeliveryInterface[_T]] | None = None,
    ) -> None:
        self.service = service
        self.override = override


class EmailDeliveryConfigWithService(ABC, Generic[_T]):
    """The same with the sender filled in."""

    def __init__(
        self,
        service: EmailDeliveryInterface[_T],
        override: Callable[[EmailDeliveryInterface[_T]], EmailDeliveryInterface[_T]] | None = None,
    ) -> None:
        self.service = service
        self.override = override


def with_service(
    config: EmailDeliveryConfig[_T] | None, default: EmailDeliveryInterface[_T]
) -> EmailDeliveryConfigWithService[_T]:
    """Return the configuration with the default sender where the application named none."""
    if config is None:
        return EmailDeliveryConfigWithService(default)
    return EmailDeliveryConfigWithService(config.service or default, config.override)


class SMTPSettingsFrom:
    """Who mails come from: the name that people see, and the address."""

    def __init__(self, name: str, email: str) -> None:
        self.name = name
        self.email = email


class SMTPSettings:
    """The mail server.

    Args:
        host: Its name, which its certificate must have.
        port: 465 with `secure=True`, 587 otherwise.
        from_: Who mails come from.
        password: Log in with it; left out, nobody logs in.
        secure: TLS from the first byte. Otherwise the connection is upgraded with STARTTLS before anything is said; a
            server without it is refused, except on this machine.
        username: Log in as; left out, as the address of `from_`.
    """

    def __init__(
        self,
        host: str,
        port: int,
        from_: SMTPSettingsFrom,
        password: str | None = None,
        secure: bool | None = None,
        username: str | None = None,
    ) -> None:
        self.host = host
        self.from_ = from_
        self.password = password
        self.port = port
        self.secure = secure
        self.username = username

    def __repr__(self) -> str:
        return f"SMTPSettings(host={self.host!r}, port={self.port}, secure={self.secure})"


class EmailContent:
    """A mail as it is sent. Its repr hides the body: whoever reads it may sign in.

    Attributes:
        body: HTML or plain text.
        subject: One line.
        to_email: One address.
        is_html: Which of the two `body` is.
        text: The same in plain text beside an HTML body. Our own mails have it; without it the mail is HTML alone.
        language: Of subject and body, such as `de`, for the header `Content-Language`; None where nobody says.
    """

    def __init__(self, body: str, subject: str, to_email: str, is_html: bool) -> None:
        self.body = body
        self.subject = subject
        self.to_email = to_email
        self.is_html = is_html
        self.text: str | None = None
        self.language: str | None = None

    def __repr__(self) -> str:
        return f"EmailContent(subject={self.subject!r}, to_email={self.to_email!r}, body=…)"


class SMTPServiceInterface(ABC, Generic[_T]):
    """The two steps of a mail: write it, send it. What `override` of an `SMTPService` gets and returns."""

    def __init__(self, transporter: "Transporter") -> None:
        self.transporter = transporter

    @abstractmethod
    async def send_raw_email(self, content: EmailContent, user_context: dict[str, Any]) -> None:
        """Hand a mail to the mail server."""

    @abstractmethod
    async def get_content(self, template_vars: _T, user_context: dict[str, Any]) -> EmailContent:
        """Write the mail."""
