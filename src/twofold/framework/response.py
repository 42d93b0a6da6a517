# SPDX-License-Identifier: Apache-2.0
"""The response that recipes fill. Its rules are here once; a framework only says where status, headers and body go."""

from abc import ABC, abstractmethod
from email.utils import formatdate
from typing import Any, Literal
from urllib.parse import quote

import msgspec

SameSite = Literal["lax", "strict", "none"]
# What may stand in a URL as it is; everything else is percent-encoded.
_URL_CHARACTERS = ":/%#?=@[]!$&'()*+,;"
_COOKIE_CHARACTERS = "!#$&'()*+-./:<=>?@[]^_`{|}~"

_encoder = msgspec.json.Encoder()


class BaseResponse(ABC):
    """A response under construction. The first status wins and the first body wins: later calls are ignored.

    Overrides and error handlers use `set_status_code` and `set_json_content` and return the response.
    """

    wrapper_used: bool = True

    def __init__(self, content: dict[str, Any] | None = None, status_code: int = 200) -> None:
        self.status_set = False
        self.response_sent = False
        if status_code != 200:
            self.set_status_code(status_code)
        if content:
            self.set_json_content(content)

    @abstractmethod
    def write_status(self, status_code: int) -> None:
        """Put the status on the framework's response."""

    @abstractmethod
    def write_body(self, body: bytes, content_type: str) -> None:
        """Put the body on the framework's response."""

    @abstractmethod
    def get_header(self, key: str) -> str | None:
        """Return a header that was set on the response."""

    @abstractmethod
    def set_header(self, key: str, value: str) -> None:
        """Set a header, replacing earlier values. Control characters are refused with `ValueError`."""

    @abstractmethod
    def add_header(self, key: str, value: str) -> None:
        """Add a header beside earlier ones of the same name."""

    @abstractmethod
    def remove_header(self, key: str) -> None:
        """Remove a header; none of that name is fine."""

    def set_status_code(self, status_code: int) -> None:
        """Set the status; only the first call counts."""
        if not self.status_set:
            self.status_set = True
            self.write_status(status_code)

    def set_json_content(self, content: dict[str, Any]) -> None:
        """Set a JSON body (compact, UTF-8); only the first body counts."""
        self._set_body(_encoder.encode(content), "application/json; charset=utf-8")

    def set_html_content(self, content: str) -> None:
        """Set an HTML body; only the first body counts."""
        self._set_body(content.encode("utf-8", "replace"), "text/html; charset=utf-8")

    def redirect(self, url: str) -> "BaseResponse":
        """Answer 302 with `Location: url`."""
        self.set_header("Location", quote(url, safe=_URL_CHARACTERS))
        self.set_status_code(302)
        return self

    def set_cookie(  # the public signature dictates the parameters
        self,
        key: str,
        value: str,
        expires: int,
        path: str = "/",
        domain: str | None = None,
        secure: bool = False,
        httponly: bool = False,
        samesite: SameSite = "lax",
    ) -> None:
        """Add a `Set-Cookie`; `expires` is in milliseconds since the epoch, the value is percent-encoded.

        A cookie of the same name may be set again: browsers keep the last.
        """
        attributes = [f"{key}={quote(value, safe=_COOKIE_CHARACTERS)}", f"Path={path}"]
        attributes.append(f"Expires={formatdate(expires / 1000, usegmt=True)}")
        attributes += [f"Domain={domain}"] if domain is not None else []
        attributes += ["HttpOnly"] if httponly else []
        attributes += ["Secure"] if secure else []
        attributes.append(f"SameSite={samesite}")
        self.add_header("Set-Cookie", "; ".join(attributes))

    def _set_body(self, body: bytes, content_type: str) -> None:
        if not self.response_sent:
            self.response_sent = True
            self.write_body(body, content_type)


def refuse_control_characters(key: str, value: str) -> None:
    """Refuse what would split a header in two (response splitting).

    Raises:
        ValueError: the name or the value has a control character.
    """
    if any(ord(character) < 0x20 or ord(character) == 0x7F for character in key + value):
        raise ValueError(f"The response header {key!r} contains a control character")
