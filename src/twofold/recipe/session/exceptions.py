# SPDX-License-Identifier: Apache-2.0
"""Errors of sessions. Each becomes a response through the configured error handlers.

SuperTokensError
└── SuperTokensSessionError
    ├── UnauthorisedError                   401: no session; the client's tokens are cleared, unless told otherwise
    ├── TryRefreshTokenError                401: the client should refresh and try again
    ├── TokenTheftError                     401: an old refresh token was used; the session is ended
    ├── InvalidClaimsError                  403: the session lacks what the route requires
    └── ClearDuplicateSessionCookiesError   200: cookies of an older domain are cleared
"""

from typing import TYPE_CHECKING, Any, NoReturn

from twofold.exceptions import SuperTokensError
from twofold.types import RecipeUserId

if TYPE_CHECKING:
    from twofold.recipe.session.cookies import ResponseMutator


class SuperTokensSessionError(SuperTokensError):
    """Base of the errors of sessions; `response_mutators` are applied to the error's response."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.response_mutators: list[ResponseMutator] = []


class UnauthorisedError(SuperTokensSessionError):
    """There is no session. `clear_tokens` tells whether the client should forget its tokens."""

    def __init__(self, msg: str, clear_tokens: bool = True) -> None:
        super().__init__(msg)
        self.clear_tokens = clear_tokens


class TryRefreshTokenError(SuperTokensSessionError):
    """The access token is not good any more; a refresh may bring another."""


class TokenTheftError(SuperTokensSessionError):
    """A refresh token was used again after its successor: somebody has a copy."""

    def __init__(self, user_id: str, recipe_user_id: RecipeUserId, session_handle: str) -> None:
        super().__init__("token theft detected")
        self.user_id = user_id
        self.recipe_user_id = recipe_user_id
        self.session_handle = session_handle


class InvalidClaimsError(SuperTokensSessionError):
    """The session lacks what the route requires; `payload` lists what, one entry per validator."""

    def __init__(self, msg: str, payload: "list[ClaimValidationError]") -> None:
        super().__init__(msg)
        self.payload = payload


class ClearDuplicateSessionCookiesError(SuperTokensSessionError):
    """The browser has session cookies for two domains; those of the older one are cleared."""


class ClaimValidationError:
    """Which validator refused the session, and why (shown to the front end)."""

    def __init__(self, id_: str, reason: str | dict[str, Any] | None) -> None:
        self.id_ = id_
        self.reason = reason

    def to_json(self) -> dict[str, Any]:
        """Return the JSON form; a reason of None is left out."""
        return {"id": self.id_} if self.reason is None else {"id": self.id_, "reason": self.reason}


def raise_unauthorised_exception(
    msg: str, clear_tokens: bool = True, response_mutators: "list[ResponseMutator] | None" = None
) -> NoReturn:
    """Raise UnauthorisedError."""
    error = UnauthorisedError(msg, clear_tokens)
    error.response_mutators.extend(response_mutators or [])
    raise error


def raise_try_refresh_token_exception(ex: str | Exception) -> NoReturn:
    """Raise TryRefreshTokenError; an error of the SDK is raised as it is."""
    if isinstance(ex, SuperTokensError):
        raise ex
    raise TryRefreshTokenError(str(ex))


def raise_token_theft_exception(user_id: str, recipe_user_id: RecipeUserId, session_handle: str) -> NoReturn:
    """Raise TokenTheftError."""
    raise TokenTheftError(user_id, recipe_user_id, session_handle)


def raise_invalid_claims_exception(msg: str, payload: list[ClaimValidationError]) -> NoReturn:
    """Raise InvalidClaimsError."""
    raise InvalidClaimsError(msg, payload)


def raise_clear_duplicate_session_cookies_exception(msg: str, response_mutators: "list[ResponseMutator]") -> NoReturn:
    """Raise ClearDuplicateSessionCookiesError."""
    error = ClearDuplicateSessionCookiesError(msg)
    error.response_mutators.extend(response_mutators)
    raise error
