# SPDX-License-Identifier: Apache-2.0
"""A Starlette response as the recipes see it."""

from starlette.responses import Response

from twofold.framework.response import BaseResponse, refuse_control_characters


class FastApiResponse(BaseResponse):
    """Wraps a Starlette response; `response` and `original` are that response."""

    def __init__(self, response: Response) -> None:
        super().__init__()
        self.response = response
        self.original = response

    def write_status(self, status_code: int) -> None:
        """Put the status on the response."""
        self.response.status_code = status_code

    def write_body(self, body: bytes, content_type: str) -> None:
        """Put the body on the response."""
        self.response.body = body
        self.set_header("content-type", content_type)
        self.set_header("content-length", str(len(body)))

    def get_header(self, key: str) -> str | None:
        """Return a header that was set on the response."""
        return self.response.headers.get(key)

    def set_header(self, key: str, value: str) -> None:
        """Set a header, replacing all of its earlier values."""
        self.remove_header(key)
        self.add_header(key, value)

    def add_header(self, key: str, value: str) -> None:
        """Add a header beside earlier ones of the same name."""
        refuse_control_characters(key, value)
        self.response.raw_headers.append((key.lower().encode("latin-1"), value.encode("latin-1")))

    def remove_header(self, key: str) -> None:
        """Remove a header; none of that name is fine."""
        name = key.lower().encode("latin-1")
        self.response.raw_headers[:] = [header for header in self.response.raw_headers if header[0].lower() != name]
