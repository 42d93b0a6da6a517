# SPDX-License-Identifier: Apache-2.0
"""Every error that the SDK raises on purpose.

::

    SuperTokensError                 base of all; one `except` catches everything below
    ├── GeneralError                 the application is set up wrongly; never becomes a response
    ├── BadInputError                the request is malformed → 400 {"message"}
    │   └── BodyTooLargeError        its body is longer than we read → 413 {"message"}
    ├── PluginError                  a page or plugin route refuses the request → 400 {"message"}
    ├── CoreError                    the core answered with an error, or no core answered
    │   └── CoreUnreachableError     no host of `connection_uri` could be reached, or the core not its database
    └── (per recipe)                 `recipe/<name>/exceptions.py`; session errors become 401 and 403

An outcome that a caller must expect (a wrong password, an unknown role) is never an exception: it is a result with a
`status`.
"""

from typing import NoReturn


class SuperTokensError(Exception):
    """Base of every error the SDK raises on purpose. The name is the incumbent's: existing handlers match."""


class GeneralError(SuperTokensError):
    """The application is configured or programmed wrongly. Error handlers re-raise it: the developer must see it."""


class BadInputError(SuperTokensError):
    """The request is malformed. Answered with 400 and the text, which says what to send instead."""


class BodyTooLargeError(BadInputError):
    """The request's body is longer than the SDK reads. Answered with 413."""


class PluginError(SuperTokensError):
    """A plugin or page route refuses the request. Answered with 400 and the text."""


class CoreError(SuperTokensError):
    """The core answered a call with an error status.

    Attributes:
        status_code: HTTP status of the answer, also for a core in this process; 0 when there was none.
        body: Text of the answer.
    """

    def __init__(self, message: str, status_code: int = 0, body: str = "") -> None:
        super().__init__(message)
        self.status_code = status_code
        self.body = body


class CoreUnreachableError(CoreError):
    """No host of `connection_uri` could be reached, each was tried once; or the core has no database (503).

    It passes: the same call may succeed a second later. With status 503 a change may have been made all the same.
    """


UNAVAILABLE = 503


def core_call_failed(method: str, path: str, status_code: int, body: str) -> CoreError:
    """Build the error for a refused core call, in the literal text that applications are known to parse."""
    kind = CoreUnreachableError if status_code == UNAVAILABLE else CoreError
    return kind(
        f"SuperTokens core threw an error for a {method} request to path: '{path}' "
        f"with status code: {status_code} and message: {body}",
        status_code,
        body,
    )


def raise_general_exception(msg: str | Exception, previous: Exception | None = None) -> NoReturn:
    """Raise `GeneralError(msg)`; an exception of ours given as `msg` is raised as it is."""
    if isinstance(msg, SuperTokensError):
        raise msg
    raise GeneralError(msg) from previous


def raise_bad_input_exception(msg: str) -> NoReturn:
    """Raise `BadInputError(msg)`: the request gets a 400 with this text."""
    raise BadInputError(msg)
