# SPDX-License-Identifier: Apache-2.0
"""APIs of support cases: the audit trail, and the reset of factors that a user lost."""

from collections.abc import Awaitable
from dataclasses import dataclass, field
from typing import Annotated, Any, ClassVar, Final, Literal, TypeVar

from twofold._user_context import actor_of
from twofold._wire import Json, wire
from twofold.exceptions import BadInputError, CoreError
from twofold.recipe._api import Parse, Texts, api
from twofold.recipe.factorreset import asyncio as resets
from twofold.recipe.factorreset.recipe import FactorResetRecipe
from twofold.recipe.factorreset.types import (
    CancelResetOkResult,
    FindResetOkResult,
    LastLoginMethodError,
    ResetFactorsOkResult,
    UnknownUserIdError,
)
from twofold.types.base import UserContext
from twofold.types.recipe import BaseAPIInterface
from twofold.types.response import APIResponse

from .access import API
from .results import FeatureNotEnabledError
from .types import APIOptions

T = TypeVar("T")

RESET = f"{API}/user/factors/reset"
_BAD_REQUEST: Final = 400
MAX_PAGE = 500
MAX_DELAY_SECONDS = 90 * 24 * 3600


@dataclass
class AuditGetOkResponse(APIResponse):
    """A page of the audit trail, newest first; no token on the last one."""

    status: ClassVar[Literal["OK"]] = "OK"
    entries: list[Json]
    next_pagination_token: str | None = field(default=None, metadata=wire(keep_none=True))


@dataclass
class FactorsResetOkResponse(APIResponse):
    """The factors are gone, or will be at `due_at` (milliseconds since the epoch)."""

    status: ClassVar[Literal["OK"]] = "OK"
    due_at: int | None = None


def read_limit(value: Any) -> int:
    """Read how many entries a page may have."""
    if value is None:
        return 100
    is_number = isinstance(value, str) and value.isascii() and value.isdigit() and len(value) < 10
    if not is_number or not 1 <= int(value) <= MAX_PAGE:
        raise BadInputError(f"limit must be a number from 1 to {MAX_PAGE}")
    return int(value)


def read_factors(value: Any) -> list[str]:
    """Read which factors are lost."""
    if not isinstance(value, list) or not value or not all(isinstance(item, str) for item in value):
        raise BadInputError("factors must be an array of factor ids, such as totp")
    return value


def read_delay(value: Any) -> int:
    """Read how long to wait, in seconds."""
    if value is None:
        return 0
    if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value <= MAX_DELAY_SECONDS:
        raise BadInputError(f"afterSeconds must be a number of seconds from 0 to {MAX_DELAY_SECONDS}")
    return value


class SupportAPIs(BaseAPIInterface):
    """One method per HTTP API; each may be overridden or disabled."""

    disable_audit_get: bool = False
    disable_user_factors_reset_get: bool = False
    disable_user_factors_reset_post: bool = False
    disable_user_factors_reset_cancel_post: bool = False

    @api("GET", f"{API}/audit")
    async def audit_get(
        self,
        api_options: APIOptions,
        user_id: str | None,
        action: str | None,
        actor: str | None,
        limit: Annotated[int, Parse(read_limit)],
        pagination_token: str | None,
        user_context: UserContext,
    ) -> AuditGetOkResponse:
        """Return what was done to accounts. userId and action may be several, separated by commas."""
        query = {
            "userId": user_id,
            "action": action,
            "actor": actor,
            "limit": limit,
            "paginationToken": pagination_token,
        }
        answer = await _or_bad_input(api_options.recipe_implementation.get_audit_entries(query, user_context))
        return AuditGetOkResponse(answer["entries"], answer.get("nextPaginationToken"))

    @api("GET", RESET)
    async def user_factors_reset_get(
        self, user_id: Annotated[str, Texts("Missing required parameter 'userId'")], user_context: UserContext
    ) -> FindResetOkResult | FeatureNotEnabledError:
        """Return the reset that waits for a user."""
        if FactorResetRecipe.get_or_none() is None:
            return FeatureNotEnabledError()
        return FindResetOkResult(await resets.find_reset(user_id, user_context))

    @api("POST", RESET)
    async def user_factors_reset_post(
        self,
        tenant_id: str,
        user_id: str,
        reason: str,
        factors: Annotated[list[str], Parse(read_factors)],
        after_seconds: Annotated[int, Parse(read_delay)],
        user_context: UserContext,
    ) -> FactorsResetOkResponse | UnknownUserIdError | LastLoginMethodError | FeatureNotEnabledError:
        """Take factors from a user who lost them, and tell the user; now, or after a delay."""
        if FactorResetRecipe.get_or_none() is None:
            return FeatureNotEnabledError()
        actor = actor_of(user_context)
        result = await _or_bad_input(
            resets.reset_factors(tenant_id, user_id, reason, factors, after_seconds, actor, user_context)
        )
        # The token to object with is the user's alone.
        return FactorsResetOkResponse(result.due_at) if isinstance(result, ResetFactorsOkResult) else result

    @api("POST", f"{RESET}/cancel")
    async def user_factors_reset_cancel_post(
        self, user_id: str, reason: str, user_context: UserContext
    ) -> CancelResetOkResult | FeatureNotEnabledError:
        """Cancel the reset that waits for a user."""
        if FactorResetRecipe.get_or_none() is None:
            return FeatureNotEnabledError()
        return await _or_bad_input(resets.cancel_reset(user_id, reason, actor_of(user_context), user_context))


async def _or_bad_input(answer: Awaitable[T]) -> T:
    """Return an answer; what the core finds wrong with the values is the caller's mistake, not the server's."""
    try:
        return await answer
    except CoreError as error:
        if error.status_code != _BAD_REQUEST:
            raise
        raise BadInputError(error.body) from error
