# SPDX-License-Identifier: Apache-2.0
"""Who must have a second factor does not remove the last one: the next sign-in would let anybody set up another.

Which factors must not all go is known here; the core, in its transaction, sees to it. See `_keeping`.
"""

from collections.abc import Awaitable, Collection
from typing import TYPE_CHECKING, TypeVar

from twofold.recipe import _keeping
from twofold.recipe._keeping import LastFactorError
from twofold.types.base import UserContext
from twofold.types.response import GeneralErrorResponse

from . import session_state
from .recipe import MultiFactorAuthRecipe
from .types import FactorIds, MFARequirement, MFARequirementList

if TYPE_CHECKING:
    from twofold.recipe.session.interfaces import SessionContainer

T = TypeVar("T")


async def keep_one_of_the_required(
    session: "SessionContainer", removed: Collection[str], user_context: UserContext
) -> None:
    """Make removals of these factors in this request fail where they are the last of those that are required then.

    The session was found fit for the change, so that its claim is up to date. The policy is asked for each tenant of
    the user, as if the factors were not set up any more: one that is required only of who has it may go.

    Raises:
        UnauthorisedError: the user, the session or the tenant is gone.
    """
    if MultiFactorAuthRecipe.get_or_none() is None:
        return
    payload = session.get_access_token_payload(user_context)
    claim = session_state.read_claim(payload.get("st-mfa"))
    recipe_user_id = session.get_recipe_user_id(user_context)
    user = await session_state.user_of(recipe_user_id, user_context)
    set_up = await session_state.functions().get_factors_setup_for_user(user, user_context)
    requirements: MFARequirementList = []
    for tenant_id in dict.fromkeys([session.get_tenant_id(user_context), *user.tenant_ids]):
        requirements += await session_state.requirements_of(
            recipe_user_id,
            tenant_id,
            {**payload, "tId": tenant_id},
            {} if claim is None else claim.c,
            user_context,
            without=removed,
        )
    known_to_core = set(FactorIds.get_all_factors())
    groups = [group for requirement in requirements for group in _at_stake(requirement, removed)]
    # A factor of the application's own is not removed here, so it is left in any case.
    kept = [group for group in groups if not set(group) & (set(set_up) - known_to_core)]
    _keeping.keep_one_of_each([[name for name in group if name in known_to_core] for group in kept], user_context)


async def or_general_error(removal: Awaitable[T]) -> T | GeneralErrorResponse:
    """Return the result of a removal, or what front ends show instead of the refusal to remove the last one."""
    try:
        return await removal
    except LastFactorError as error:
        return GeneralErrorResponse(str(error))


def _at_stake(requirement: MFARequirement, removed: Collection[str]) -> list[list[str]]:
    """The groups of factors of which one must be left."""
    if isinstance(requirement, str):
        return [[requirement]] if requirement in removed else []
    gone = [[factor] for factor in requirement.get("allOfInAnyOrder", []) if factor in removed]
    one_of = requirement.get("oneOf", [])
    return [*gone, one_of] if set(removed) & set(one_of) else gone
