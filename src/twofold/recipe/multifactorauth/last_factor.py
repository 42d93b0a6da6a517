# SPDX-License-Identifier: Apache-2.0
"""Who must have a second factor does not remove the last one: the next sign-in would let anybody set up another.

Which factors must not all go is known here, and which are left when, only in the core's transaction. So the API says
what to keep, in the context, and the function of the recipe takes it to the core.
"""

from collections.abc import Awaitable
from typing import TYPE_CHECKING, TypeVar

from twofold._user_context import default_part
from twofold._wire import Json
from twofold.exceptions import SuperTokensError
from twofold.types.base import UserContext
from twofold.types.response import GeneralErrorResponse

from . import session_state
from .functions import refresh_claim
from .recipe import MultiFactorAuthRecipe
from .types import FactorIds, MFARequirement

if TYPE_CHECKING:
    from twofold.recipe.session.interfaces import SessionContainer

T = TypeVar("T")

_KEY = "keep_one_of"
_REMOVABLE = frozenset({FactorIds.TOTP, FactorIds.WEBAUTHN})

IS_THE_LAST = "This is your last second factor, and you need one. Please set up another one first."


class LastFactorError(SuperTokensError):
    """A removal would leave the user without a factor that they must have."""

    def __init__(self) -> None:
        super().__init__(IS_THE_LAST)


async def keep_one_of_the_required(session: "SessionContainer", removed: str, user_context: UserContext) -> None:
    """Make removals of `removed` in this request fail where it is the last factor of those that are required then.

    The policy is asked as if the factor were not set up any more: one that is required only of who has it may go.

    Raises:
        UnauthorisedError: the user, the session or the tenant is gone.
    """
    if MultiFactorAuthRecipe.get_or_none() is None:
        return
    state = await refresh_claim(session, user_context)
    recipe_user_id = session.get_recipe_user_id(user_context)
    user = await session_state.user_of(recipe_user_id, user_context)
    set_up = await session_state.functions().get_factors_setup_for_user(user, user_context)
    requirements = await session_state.requirements_of(
        recipe_user_id,
        session.get_tenant_id(user_context),
        session.get_access_token_payload(user_context),
        state.completed_factors,
        user_context,
        without=removed,
    )
    groups = [_of_which_one(requirement, removed) for requirement in requirements]
    # A factor that cannot be removed here, as a code by mail, is left in any case.
    at_stake = [group for group in groups if group and not set(group) & (set(set_up) - _REMOVABLE)]
    if at_stake:
        default_part(user_context)[_KEY] = [name for name in min(at_stake, key=len) if name in _REMOVABLE]


def kept(user_context: UserContext) -> Json:
    """Return what a core call that removes a factor says beside its own fields."""
    factors = default_part(user_context).get(_KEY)
    return {"keepOneOf": factors} if factors else {}


def refuse_last(answer: Json) -> Json:
    """Return the answer of such a call.

    Raises:
        LastFactorError: it was the last factor of those to keep.
    """
    if answer["status"] == "LAST_FACTOR_ERROR":
        raise LastFactorError
    return answer


async def or_general_error(removal: Awaitable[T]) -> T | GeneralErrorResponse:
    """Return the result of a removal, or what front ends show instead of the refusal to remove the last one."""
    try:
        return await removal
    except LastFactorError as error:
        return GeneralErrorResponse(str(error))


def _of_which_one(requirement: MFARequirement, removed: str) -> list[str]:
    if isinstance(requirement, str):
        return [removed] if requirement == removed else []
    if removed in requirement.get("allOfInAnyOrder", []):
        return [removed]
    one_of = requirement.get("oneOf", [])
    return one_of if removed in one_of else []
