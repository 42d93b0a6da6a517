# SPDX-License-Identifier: Apache-2.0
"""A Flask response as the recipes see it."""

from flask import Response

from twofold.framework.response import BaseResponse, refuse_control_characters


class FlaskResponse(BaseResponse):
    """Wraps a Flask response; `response` and `original` are that response."""

    def __init__(self, response: Response) -> None:
        super().__init__()
        self.response = response
        self.original = response

    def write_status(self, status_code: int) -> None:
        """Put the status on the response."""
        self.response.status_code = status_code

    def write_body(self, body: bytes, content_type: str) -> None:
        """Put the body on the response."""
        self.response.set_data(body)
        self.set_header("content-type", content_type)

    def get_header(self, key: str) -> str | None:
        """Return a header that was set on the response."""
        return self.response.headers.get(key)

    def set_header(self, key: str, value: str) -> None:
        """Set a header, replacing all of its earlier values."""
        refuse_control_characters(key, value)
        self.response.headers.set(key, value)

    def add_header(self, key: str, value: str) -> None:
        """Add a header beside earlier ones of the same name."""
        refuse_control_characters(key, value)
        self.response.headers.add(key, value)

    def remove_header(self, key: str) -> None:
        """Remove a header; none of that name is fine."""
        self.response.headers.remove(key)
