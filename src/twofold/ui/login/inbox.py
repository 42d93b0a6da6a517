# SPDX-License-Identifier: Apache-2.0
"""The development inbox: messages that nobody sends because no delivery is set up.

They hold codes and links that let their reader in. So the page exists only where the API's domain is this machine, and
answers only who asks for it by a name of this machine.
"""

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Literal
from urllib.parse import urlsplit

from twofold._state import current_app
from twofold.framework.request import BaseRequest
from twofold.framework.response import BaseResponse
from twofold.ingredients._inbox import InboxMessage, is_development, is_loopback
from twofold.ui.visit import Visit

_LINK = re.compile(r"https?://[^\s<>\"]+")
_CODE = re.compile(r"(?<![\w#&=/.-])\d{6,8}(?![\w])")


@dataclass(frozen=True)
class Message:
    """A message as the page shows it."""

    number: int
    channel: Literal["email", "sms"]
    recipient: str
    subject: str
    text: str
    code: str | None
    link: str | None
    sent_at: datetime


async def show_inbox(visit: Visit) -> BaseResponse | None:
    """Show the messages, newest first; in production, leave the address to the application."""
    if not is_shown_to(visit.request):
        return None
    kept = current_app().inbox.messages()
    messages = [_shown(message) for message in kept]
    return visit.page("inbox.html", messages=messages)


def is_shown_to(request: BaseRequest) -> bool:
    """Tell whether this request may see the inbox."""
    try:
        host = urlsplit(f"//{request.get_header('host') or ''}").hostname
    except ValueError:
        return False
    return is_development(current_app().app_info) and is_loopback(host or "")


def inbox_url(visit: Visit) -> str | None:
    """Return the address of the inbox for a hint beside a form, if a message has landed there."""
    return visit.urls.inbox if is_shown_to(visit.request) and current_app().inbox.messages() else None


def _shown(message: InboxMessage) -> Message:
    links = _LINK.findall(message.text)
    codes = _CODE.findall(_LINK.sub("", message.text))
    return Message(
        number=message.sent_at_ms,
        channel=message.channel,
        recipient=message.to,
        subject=message.subject,
        text=message.text,
        code=codes[0] if codes else None,
        link=links[0] if links else None,
        sent_at=datetime.fromtimestamp(message.sent_at_ms // 1000, UTC),
    )
