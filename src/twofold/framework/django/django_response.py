# SPDX-License-Identifier: Apache-2.0
"""A Django response as the recipes see it."""

from collections.abc import Container
from http.cookies import Morsel
from typing import Any

from django.http import HttpResponseBase

from twofold.framework.response import BaseResponse, refuse_control_characters


class DjangoResponse(BaseResponse):
    """Wraps a Django response; `response` and `original` are that response."""

    def __init__(self, response: HttpResponseBase) -> None:
        super().__init__()
        self.response = response
        self.original = response

    def write_status(self, status_code: int) -> None:
        """Put the status on the response."""
        self.response.status_code = status_code

    def write_body(self, body: bytes, content_type: str) -> None:
        """Put the body on the response."""
        response: Any = self.response  # those that stream have no content, and are never given to recipes to fill
        response.content = body
        self.set_header("content-type", content_type)

    def get_header(self, key: str) -> str | None:
        """Return a header that was set on the response."""
        value: str | None = self.response.headers.get(key)
        return value

    def set_header(self, key: str, value: str) -> None:
        """Set a header, replacing all of its earlier values."""
        refuse_control_characters(key, value)
        self.response.headers[key] = value

    def add_header(self, key: str, value: str) -> None:
        """Add a header beside earlier ones of the same name, or a cookie beside those of other domains and paths."""
        refuse_control_characters(key, value)
        if key.lower() == "set-cookie":
            self._add_cookie(_ReadyCookie(value))
            return
        before = self.get_header(key)
        # Django keeps one value per name. A list in one header means the same (RFC 9110, section 5.3).
        self.set_header(key, value if before is None else f"{before}, {value}")

    def remove_header(self, key: str) -> None:
        """Remove a header; none of that name is fine."""
        self.response.headers.pop(key, None)

    def _add_cookie(self, cookie: "_ReadyCookie") -> None:
        """Django's jar has one cookie per name; here those of one name may be for several domains and paths."""
        cookies = self.response.cookies
        before = cookies.get(cookie.key)
        is_another = isinstance(before, _ReadyCookie) and before.scope != cookie.scope
        cookies[f"{cookie.key} {cookie.scope}" if is_another else cookie.key] = cookie


class _ReadyCookie(Morsel[str]):
    """A `Set-Cookie` header that is written already.

    Django's own quotes values where browsers and other SDKs expect percent-encoding. `scope` is where it is valid.
    """

    def __init__(self, header: str) -> None:
        super().__init__()
        pair, *attributes = header.split("; ")
        name, _, value = pair.partition("=")
        self.set(name, value, value)
        self.scope = sorted(item for item in attributes if item.startswith(("Domain=", "Path=")))
        self._header = header

    def OutputString(self, attrs: Container[str] | None = None) -> str:  # noqa: N802  # a name of the standard library
        """Return the header's value."""
        return self._header

    def output(self, attrs: Container[str] | None = None, header: str = "Set-Cookie:") -> str:
        """Return the header."""
        return f"{header} {self._header}"
