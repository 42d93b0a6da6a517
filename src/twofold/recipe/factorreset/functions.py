# SPDX-License-Identifier: Apache-2.0
"""Functions of the recipe of factor resets on the core; every one may be overridden."""

from collections.abc import Awaitable

from twofold._core_client import CoreClient
from twofold._wire import Json, outcome
from twofold.recipe._own_endpoints import of_our_core
from twofold.types.base import UserContext
from twofold.types.recipe import BaseRecipeInterface

from .types import (
    CancelResetOkResult,
    FindResetOkResult,
    InvalidTokenError,
    LastLoginMethodError,
    ObjectOkResult,
    ResetFactorsOkResult,
    UnknownUserIdError,
)

_PATH = "/recipe/factorreset"


class Functions(BaseRecipeInterface):
    """What an operator can do for a user who lost a factor. None sends a mail."""

    def __init__(self, client: CoreClient) -> None:
        self._client = client

    async def reset_factors(
        self,
        tenant_id: str,
        user_id: str,
        factors: list[str],
        reason: str,
        after_ms: int,
        user_context: UserContext,
    ) -> ResetFactorsOkResult | UnknownUserIdError | LastLoginMethodError:
        """Take factors from a user and end all sessions, now or after a delay."""
        body = {"userId": user_id, "factors": factors, "reason": reason, "afterMs": after_ms}
        answer = await self._of_our_core(self._client.post(_PATH, tenant_id, body, user_context))
        return outcome(answer, ResetFactorsOkResult, UnknownUserIdError, LastLoginMethodError)

    async def find_reset(self, user_id: str, user_context: UserContext) -> FindResetOkResult:
        """Return the reset that waits for a user."""
        answer = await self._of_our_core(self._client.get(_PATH, None, {"userId": user_id}, user_context))
        return outcome(answer, FindResetOkResult)

    async def cancel_reset(self, user_id: str, reason: str, user_context: UserContext) -> CancelResetOkResult:
        """Cancel the reset that waits for a user."""
        body = {"userId": user_id, "reason": reason}
        answer = await self._of_our_core(self._client.post(f"{_PATH}/cancel", None, body, user_context))
        return outcome(answer, CancelResetOkResult)

    async def object_to_reset(self, token: str, user_context: UserContext) -> ObjectOkResult | InvalidTokenError:
        """Cancel the reset that a mail told its user of."""
        answer = self._client.post(f"{_PATH}/object", None, {"token": token}, user_context)
        return outcome(await self._of_our_core(answer), ObjectOkResult, InvalidTokenError)

    async def _of_our_core(self, answer: Awaitable[Json]) -> Json:
        return await of_our_core("resets of factors", answer)
