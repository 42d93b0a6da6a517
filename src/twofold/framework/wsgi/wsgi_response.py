# SPDX-License-Identifier: Apache-2.0
"""A response for a WSGI server, as the recipes see it."""

from collections.abc import Callable, Iterable
from http import HTTPStatus
from typing import Any

from twofold.framework.response import BaseResponse, refuse_control_characters

Headers = list[tuple[str, str]]
StartResponse = Callable[..., Any]


class WsgiResponse(BaseResponse):
    """Status, headers and body. `response` and `original` are the list of headers, which may be the application's."""

    def __init__(self, headers: Headers | None = None) -> None:
        super().__init__()
        self.headers: Headers = [] if headers is None else headers
        self.response = self.headers
        self.original = self.headers
        self.status_code = 200
        self.content = b""

    def send(self, start_response: StartResponse) -> Iterable[bytes]:
        """Answer with it."""
        self.set_header("Content-Length", str(len(self.content)))
        start_response(f"{self.status_code} {_reason(self.status_code)}", self.headers)
        return [self.content]

    def write_status(self, status_code: int) -> None:
        """Put the status on the response."""
        self.status_code = status_code

    def write_body(self, body: bytes, content_type: str) -> None:
        """Put the body on the response."""
        self.content = body
        self.set_header("Content-Type", content_type)

    def get_header(self, key: str) -> str | None:
        """Return a header that was set on the response."""
        return next((value for name, value in self.headers if name.lower() == key.lower()), None)

    def set_header(self, key: str, value: str) -> None:
        """Set a header, replacing all of its earlier values."""
        self.remove_header(key)
        self.add_header(key, value)

    def add_header(self, key: str, value: str) -> None:
        """Add a header beside earlier ones of the same name."""
        refuse_control_characters(key, value)
        self.headers.append((key, value))

    def remove_header(self, key: str) -> None:
        """Remove a header; none of that name is fine."""
        self.headers[:] = [header for header in self.headers if header[0].lower() != key.lower()]


def _reason(status_code: int) -> str:
    try:
        return HTTPStatus(status_code).phrase
    except ValueError:
        return "Unknown"
