# SPDX-License-Identifier: Apache-2.0
"""A response that keeps what is written on it."""

from twofold.framework.response import BaseResponse


class FakeResponse(BaseResponse):
    """Status, headers and body, as a framework would send them."""

    def __init__(self) -> None:
        self.status = 200
        self.headers: dict[str, str] = {}
        self.cookies: list[str] = []
        self.body = b""
        super().__init__()

    def write_status(self, status_code: int) -> None:
        """Keep the status."""
        self.status = status_code

    def write_body(self, body: bytes, content_type: str) -> None:
        """Keep the body."""
        self.body = body
        self.headers["content-type"] = content_type

    def get_header(self, key: str) -> str | None:
        """Return a header."""
        return self.headers.get(key.lower())

    def set_header(self, key: str, value: str) -> None:
        """Keep a header."""
        self.headers[key.lower()] = value

    def add_header(self, key: str, value: str) -> None:
        """Keep a cookie: nothing else is sent more than once."""
        assert key == "Set-Cookie"
        self.cookies.append(value)

    def remove_header(self, key: str) -> None:
        """Forget a header."""
        self.headers.pop(key.lower(), None)
