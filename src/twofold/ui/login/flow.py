# SPDX-License-Identifier: Apache-2.0
"""What the browser keeps between "send me a code" and "here it is": one short-lived cookie, sent to the pages only.

It is neither signed nor secret to the person whose browser it is in. Nothing in it is believed: the ids go to the
core, which knows what belongs together; `to` is checked again when it is used; and a second factor counts only for
the session it was begun in, so that a cookie planted from a neighbouring host leads nowhere.
"""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from typing import Literal

import msgspec

from twofold.framework.request import BaseRequest
from twofold.framework.response import BaseResponse

COOKIE_NAME = "twofold_flow"
LIFETIME_MS = 60 * 60 * 1000
_MAXIMUM_LENGTH = 4000


class CodeFlow(msgspec.Struct, frozen=True):
    """A code or link under way."""

    device_id: str
    pre_auth_session_id: str
    channel: Literal["email", "phone"]
    masked_contact: str
    takes_code: bool
    takes_link: bool
    factor_id: str | None
    """The second factor it is for; `None` while signing in without a password."""
    session_handle: str | None
    to: str | None

    def __repr__(self) -> str:
        """Tell what it is for, without its ids."""
        return f"CodeFlow(channel={self.channel!r}, factor_id={self.factor_id!r})"


_decoder = msgspec.json.Decoder(CodeFlow)
_encode = msgspec.json.Encoder().encode


def read_flow(request: BaseRequest) -> CodeFlow | None:
    """Return the flow of this browser; `None` when there is none or the cookie is not ours."""
    value = request.get_cookie(COOKIE_NAME)
    if not value or len(value) > _MAXIMUM_LENGTH:
        return None
    try:
        return _decoder.decode(urlsafe_b64decode(value.encode("ascii")))
    except (ValueError, msgspec.DecodeError):
        return None


class FlowCookie:
    """Writes the cookie.

    Args:
        path: The base path of the pages.
        secure: Whether the site is served over HTTPS.
    """

    def __init__(self, path: str, secure: bool) -> None:
        self._path = path or "/"
        self._secure = secure

    def keep(self, response: BaseResponse, flow: CodeFlow, now_ms: int) -> None:
        """Keep the flow in the browser, instead of an earlier one."""
        self._set(response, urlsafe_b64encode(_encode(flow)).decode("ascii"), now_ms + LIFETIME_MS)

    def forget(self, response: BaseResponse) -> None:
        """Remove the flow from the browser."""
        self._set(response, "", 0)

    def _set(self, response: BaseResponse, value: str, expires_ms: int) -> None:
        # Lax: the browser must send it when a link in a mail is opened, to see that it is the one that asked for it.
        response.set_cookie(COOKIE_NAME, value, expires_ms, self._path, None, self._secure, True, "lax")
