# SPDX-License-Identifier: Apache-2.0
"""What a core call raises instead of answering.

    CoreError                 an HTTP status other than 200, with its text
    ├── BadRequest            400: the input is malformed
    ├── Forbidden             403: the endpoint may not be called from here
    ├── NotFound              404: no such path (or not in this version)
    └── MethodNotAllowed      405: the path exists, the method does not

Business outcomes are never errors: they are answers with a `status`.
"""


class CoreError(Exception):
    """An answer that is not 200: `status` is the HTTP status, `message` the plain-text body that clients see."""

    status = 500

    def __init__(self, message: str, status: int | None = None) -> None:
        super().__init__(message)
        self.message = message
        if status is not None:
            self.status = status


class BadRequest(CoreError):
    """The input is malformed, or names an app or tenant that does not exist."""

    status = 400


class Forbidden(CoreError):
    """The endpoint exists but may not be called from this app or tenant."""

    status = 403


class NotFound(CoreError):
    """No endpoint has this path in this version of the interface."""

    status = 404

    def __init__(self, message: str = "Not found") -> None:
        super().__init__(message)


class MethodNotAllowed(CoreError):
    """The path exists, but not with this method."""

    status = 405

    def __init__(self) -> None:
        super().__init__("Method not supported")


def invalid_field(name: str) -> BadRequest:
    """A body field is missing or has the wrong type."""
    return BadRequest(f"Field name '{name}' is invalid in JSON input")


def empty_field(name: str) -> BadRequest:
    """A field that must say something is blank."""
    return BadRequest(f"Field name '{name}' cannot be an empty String")
