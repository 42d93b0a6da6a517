# SPDX-License-Identifier: Apache-2.0
"""What an error of the session recipe answers, by default and when the application says otherwise."""

import inspect
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any

from twofold.framework.request import BaseRequest
from twofold.framework.response import BaseResponse
from twofold.recipe.session.exceptions import ClaimValidationError
from twofold.types import RecipeUserId

if TYPE_CHECKING:
    from twofold.recipe.session.recipe import SessionRecipe

Reply = BaseResponse | Awaitable[BaseResponse]
OnTokenTheftDetected = Callable[[BaseRequest, str, str, RecipeUserId, BaseResponse], Reply]
OnMessage = Callable[[BaseRequest, str, BaseResponse], Reply]
OnInvalidClaim = Callable[[BaseRequest, list[ClaimValidationError], BaseResponse], Reply]


class ErrorHandlers:
    """One handler per error; each fills the response and returns it, and may be a plain or a coroutine function."""

    def __init__(
        self,
        on_token_theft_detected: OnTokenTheftDetected,
        on_try_refresh_token: OnMessage,
        on_unauthorised: OnMessage,
        on_invalid_claim: OnInvalidClaim,
        on_clear_duplicate_session_cookies: OnMessage,
    ) -> None:
        self._on_token_theft_detected = on_token_theft_detected
        self._on_try_refresh_token = on_try_refresh_token
        self._on_unauthorised = on_unauthorised
        self._on_invalid_claim = on_invalid_claim
        self._on_clear_duplicate_session_cookies = on_clear_duplicate_session_cookies

    async def on_token_theft_detected(
        self,
        request: BaseRequest,
        session_handle: str,
        user_id: str,
        recipe_user_id: RecipeUserId,
        response: BaseResponse,
    ) -> BaseResponse:
        """Answer to the use of an old refresh token."""
        handler = self._on_token_theft_detected
        return await _settled(handler(request, session_handle, user_id, recipe_user_id, response))

    async def on_try_refresh_token(self, request: BaseRequest, message: str, response: BaseResponse) -> BaseResponse:
        """Answer that the client should refresh."""
        return await _settled(self._on_try_refresh_token(request, message, response))

    async def on_unauthorised(self, request: BaseRequest, message: str, response: BaseResponse) -> BaseResponse:
        """Answer that there is no session."""
        return await _settled(self._on_unauthorised(request, message, response))

    async def on_invalid_claim(
        self,
        recipe: "SessionRecipe",
        request: BaseRequest,
        claim_validation_errors: list[ClaimValidationError],
        response: BaseResponse,
    ) -> BaseResponse:
        """Answer which requirements the session does not satisfy."""
        return await _settled(self._on_invalid_claim(request, claim_validation_errors, response))

    async def on_clear_duplicate_session_cookies(
        self, request: BaseRequest, message: str, response: BaseResponse
    ) -> BaseResponse:
        """Answer that cookies of an older domain were cleared."""
        return await _settled(self._on_clear_duplicate_session_cookies(request, message, response))

    def completed(self, defaults: "DefaultHandlers") -> "ErrorHandlers":
        """Return these handlers."""
        return self


class InputErrorHandlers(ErrorHandlers):
    """The handlers that an application wants to replace; the SDK answers where one is None.

    They are called `on_token_theft_detected(request, session_handle, user_id, recipe_user_id, response)`,
    `on_try_refresh_token(request, message, response)`, `on_unauthorised(request, message, response)`,
    `on_invalid_claim(request, claim_validation_errors, response)` and
    `on_clear_duplicate_session_cookies(request, message, response)`. A handler of token theft must end the session
    itself; without one the SDK does.
    """

    def __init__(
        self,
        on_token_theft_detected: OnTokenTheftDetected | None = None,
        on_try_refresh_token: OnMessage | None = None,
        on_unauthorised: OnMessage | None = None,
        on_invalid_claim: OnInvalidClaim | None = None,
        on_clear_duplicate_session_cookies: OnMessage | None = None,
    ) -> None:
        self._given = (
            on_token_theft_detected,
            on_try_refresh_token,
            on_unauthorised,
            on_invalid_claim,
            on_clear_duplicate_session_cookies,
        )

    def completed(self, defaults: "DefaultHandlers") -> ErrorHandlers:
        """Return the handlers, with the SDK's in the place of None."""
        theft, try_refresh, unauthorised, invalid_claim, duplicates = self._given
        return ErrorHandlers(
            theft or defaults.on_token_theft_detected,
            try_refresh or defaults.on_try_refresh_token,
            unauthorised or defaults.on_unauthorised,
            invalid_claim or defaults.on_invalid_claim,
            duplicates or defaults.on_clear_duplicate_session_cookies,
        )


class DefaultHandlers:
    """What the SDK answers.

    Args:
        session_expired_status_code: Status of every answer that says "no session".
        invalid_claim_status_code: Status of the answer that says "not enough".
        revoke_session: Ends a session by its handle.
    """

    def __init__(
        self,
        session_expired_status_code: int,
        invalid_claim_status_code: int,
        revoke_session: Callable[[str], Awaitable[bool]],
    ) -> None:
        self._session_expired_status_code = session_expired_status_code
        self._invalid_claim_status_code = invalid_claim_status_code
        self._revoke_session = revoke_session

    async def on_token_theft_detected(
        self,
        request: BaseRequest,
        session_handle: str,
        user_id: str,
        recipe_user_id: RecipeUserId,
        response: BaseResponse,
    ) -> BaseResponse:
        """End the session, for the thief and for the owner, who will sign in again."""
        await self._revoke_session(session_handle)
        return _json(response, self._session_expired_status_code, {"message": "token theft detected"})

    def on_try_refresh_token(self, request: BaseRequest, message: str, response: BaseResponse) -> BaseResponse:
        """Answer `try refresh token`."""
        return _json(response, self._session_expired_status_code, {"message": "try refresh token"})

    def on_unauthorised(self, request: BaseRequest, message: str, response: BaseResponse) -> BaseResponse:
        """Answer `unauthorised`."""
        return _json(response, self._session_expired_status_code, {"message": "unauthorised"})

    def on_invalid_claim(
        self, request: BaseRequest, claim_validation_errors: list[ClaimValidationError], response: BaseResponse
    ) -> BaseResponse:
        """Answer `invalid claim` with the id and the reason of each."""
        errors = [error.to_json() for error in claim_validation_errors]
        content = {"message": "invalid claim", "claimValidationErrors": errors}
        return _json(response, self._invalid_claim_status_code, content)

    def on_clear_duplicate_session_cookies(
        self, request: BaseRequest, message: str, response: BaseResponse
    ) -> BaseResponse:
        """Answer 200: the browser's next refresh will work."""
        return _json(response, 200, {"message": message})


async def _settled(reply: Reply) -> BaseResponse:
    return await reply if inspect.isawaitable(reply) else reply


def _json(response: BaseResponse, status_code: int, content: dict[str, Any]) -> BaseResponse:
    response.set_status_code(status_code)
    response.set_json_content(content)
    return response
