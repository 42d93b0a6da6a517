# SPDX-License-Identifier: Apache-2.0
"""Users take away one of their own login methods: never the last way in, nor the last factor that they must have."""

from typing import TYPE_CHECKING

from twofold.recipe import _first_factors, _keeping
from twofold.recipe.accountlinking.recipe import AccountLinkingRecipe, find_login_method
from twofold.types.base import LoginMethod, RecipeUserId, UserContext

from . import session_state
from .asyncio import assert_allowed_to_change_factors_else_throw_invalid_claim_error
from .last_factor import keep_one_of_the_required
from .types import FactorIds

if TYPE_CHECKING:
    from twofold.recipe.session.interfaces import SessionContainer


async def remove_login_method(
    session: "SessionContainer", recipe_user_id: RecipeUserId, user_context: UserContext
) -> LoginMethod | None:
    """Unlink a login method from the session's user and delete it: its sessions end. Return it; None if it is gone.

    Left alone it would open an account of its own, which a linking policy could link to this user again.

    Raises:
        InvalidClaimsError: the session lacks a factor, or needs a fresh one.
        UnauthorisedError: the session's user or tenant is gone.
        RemovalRefusedError: it is the session's own, the last way to sign in, or the last factor that is required.
    """
    await assert_allowed_to_change_factors_else_throw_invalid_claim_error(session, user_context, loses_factor=True)
    user = await session_state.user_of(session.get_recipe_user_id(user_context), user_context)
    method = find_login_method(user, recipe_user_id)
    if method is None:
        return None
    left = [other for other in user.login_methods if other is not method]
    await _keep_way_in(session, left, user_context)
    if recipe_user_id == session.get_recipe_user_id(user_context):
        raise _keeping.RemovalRefusedError(_keeping.IS_IN_USE)
    lost = set(session_state.factors_of(method)) - _factors_of(left)
    await keep_one_of_the_required(session, lost, user_context)
    functions = AccountLinkingRecipe.get().functions
    _keeping.delete_unlinked(user_context)
    unlinked = await functions.unlink_account(recipe_user_id, user_context)
    if unlinked.was_linked and not unlinked.was_recipe_user_deleted:  # by a core that is not ours
        await functions.delete_user(recipe_user_id.get_as_string(), False, user_context)
    return method


async def _keep_way_in(session: "SessionContainer", left: list[LoginMethod], user_context: UserContext) -> None:
    tenant_id = session.get_tenant_id(user_context)
    every = FactorIds.get_all_factors()
    can_begin = await _first_factors.valid_first_factors(tenant_id, every, user_context) or []
    here = [method for method in left if tenant_id in method.tenant_ids]
    if not _factors_of(here) & set(can_begin):
        raise _keeping.LastWayInError
    _keeping.keep_way_in(can_begin, user_context)


def _factors_of(methods: list[LoginMethod]) -> set[str]:
    # A login method that has lost its last passkey is none.
    alive = [method for method in methods if method.webauthn is None or method.webauthn.credential_ids]
    return {factor for method in alive for factor in session_state.factors_of(method)}
