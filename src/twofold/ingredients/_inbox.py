# SPDX-License-Identifier: Apache-2.0
"""The development inbox: where messages go as long as no delivery is configured, on a developer's own machine.

Messages hold codes and links that let their reader in, so the inbox exists only where the API's domain is this machine.
Anywhere else an unconfigured delivery is an error: a message that nobody sends and nobody sees would lock people out.
"""

import logging
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from ipaddress import ip_address
from typing import Literal
from urllib.parse import urlsplit

from twofold import _state
from twofold._app_info import AppInfo
from twofold.exceptions import GeneralError

CAPACITY = 50
PAGE = "/inbox"

_logger = logging.getLogger("twofold.inbox")


@dataclass(frozen=True)
class InboxMessage:
    """A message that was not sent but kept. Its repr hides what it says: that may be a code or a link.

    Attributes:
        channel: how it would have gone.
        to: email address or phone number.
        subject: empty for a text message.
        text: what it says, in plain text.
        html: the same in HTML; None for a text message.
        sent_at_ms: when, in milliseconds since the epoch.
    """

    channel: Literal["email", "sms"]
    to: str
    subject: str
    text: str = field(repr=False)
    html: str | None = field(repr=False)
    sent_at_ms: int


class Inbox:
    """The latest messages of one App, in memory.

    Args:
        clock_ms: Current time in milliseconds.
        capacity: How many messages are kept; None for all.
    """

    def __init__(self, clock_ms: Callable[[], int], capacity: int | None = CAPACITY) -> None:
        self._clock_ms = clock_ms
        self._messages: deque[InboxMessage] = deque(maxlen=capacity)

    def add(self, channel: Literal["email", "sms"], to: str, subject: str, text: str, html: str | None) -> None:
        """Keep a message; the oldest one goes when there are too many."""
        self._messages.append(InboxMessage(channel, to, subject, text, html, self._clock_ms()))

    def messages(self) -> list[InboxMessage]:
        """Return the messages, newest first."""
        return list(reversed(self._messages))

    def clear(self) -> None:
        """Forget all messages."""
        self._messages.clear()


def is_development(app_info: AppInfo) -> bool:
    """Tell whether the API's domain is this machine: `localhost`, a name below it, or a loopback address."""
    return is_loopback(urlsplit(app_info.api_domain.get_as_string_dangerous()).hostname or "")


def is_loopback(host: str) -> bool:
    """Tell whether a host name or address means this machine."""
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


def development_inbox(setting: str) -> Inbox:
    """Return the inbox of the current App, after a hint in the log where to look.

    Args:
        setting: what the developer has to configure, for the messages: `email_delivery` or `sms_delivery`.

    Raises:
        GeneralError: this is not development, and the message must not vanish.
    """
    app = _state.current_app()
    info = app.app_info
    if not app.keeps_messages:
        raise GeneralError(
            f"A message cannot be sent because the recipe's `init` got no {setting}. Please pass {setting}= with a "
            "service (SMTPService, TwilioService or your own). Only where the API's domain is localhost do messages go "
            "to the development inbox instead."
        )
    page = info.website_base_path.get_as_string_dangerous() + PAGE
    _logger.warning(
        "No %s is configured: the message is in the development inbox, %s%s",
        setting,
        info.api_domain.get_as_string_dangerous(),
        page,
    )
    inbox: Inbox = app.inbox
    return inbox
