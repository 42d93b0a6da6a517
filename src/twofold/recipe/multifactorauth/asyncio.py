# SPDX-License-Identifier: Apache-2.0
"""Functions of multi-factor authentication for applications."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from twofold._user_context import filled
from twofold.exceptions import GeneralError
from twofold.recipe._base import every_recipe
from twofold.recipe.accountlinking.recipe import AccountLinkingRecipe
from twofold.recipe.session.constants import DEFAULT_TENANT_ID
from twofold.types.base import User, UserContext

from . import enrolment, freshness, session_state
from .explain import Explanation, explain
from .functions import refresh_claim
from .multi_factor_auth_claim import HasFreshFactorSCV, MultiFactorAuthClaim
from .recipe import MultiFactorAuthRecipe
from .session_state import MFAState
from .types import FactorIds, MFARequirementList, SetUpStep

if TYPE_CHECKING:
    from twofold.recipe.session.interfaces import SessionClaimValidator, SessionContainer


async def assert_allowed_to_setup_factor_else_throw_invalid_claim_error(
    session: "SessionContainer",
    factor_id: str,
    user_context: UserContext | None = None,
    *,
    step: SetUpStep = "begins",
) -> None:
    """Refuse a session that must not add this factor yet. Call it in every route of yours that sets a factor up.

    Where a verified email is required of every session, it is here. A fresh recovery code will do as fresh factor: who
    lost a factor must be able to set another up. Under a profile of assurance it does beside the factor that the
    profile asks for with it.

    Args:
        session: of the user.
        factor_id: the factor to set up.
        user_context: the request's.
        step: what the route does. "begins": all is asked for. "finishes": what a route with this check began; no
            fresh factor is asked for again, unless there is a second factor by now: who had the password alone may have
            begun before. "completes": one that is set up already, nor then. "proves-contact": completing the factor
            proves an address or number that is the user's already; none is asked to be verified before.

    Raises:
        InvalidClaimsError: it must verify its email, complete another factor first, or complete one anew: see `init`.
        UnauthorisedError: the session's user or tenant is gone.
    """
    context = filled(user_context)
    functions = MultiFactorAuthRecipe.get().functions
    # First of all: what the claim says may be older than what is required, or set up, by now.
    state = await refresh_claim(session, context)

    async def requirements() -> MFARequirementList:
        return state.requirements

    async def set_up() -> list[str]:
        user = await session_state.user_of(session.get_recipe_user_id(context), context)
        return await functions.get_factors_setup_for_user(user, context)

    await functions.assert_allowed_to_setup_factor_else_throw_invalid_claim_error(
        session, factor_id, requirements, set_up, context
    )
    if step != "proves-contact":
        await session.assert_claims(_required_beside_factors(), context)
    max_age_seconds = MultiFactorAuthRecipe.get().config.factor_change_max_age_seconds
    if step == "completes" or (max_age_seconds is None and not enrolment.needs_contact()):
        return
    levels = await _levels(session, state, context)
    if step == "finishes" and not levels.second:
        return
    contact = levels.proving_a_contact if step == "begins" else []
    # What a profile of assurance asks for beside the code is not what was lost: it is not set up anew, but given.
    instead = (FactorIds.RECOVERY_CODE,) if session_state.is_assured(state.completed_factors) else ()
    await _assert_proven(session, contact, levels.highest, instead, context)


async def assert_allowed_to_change_factors_else_throw_invalid_claim_error(
    session: "SessionContainer", user_context: UserContext | None = None, *, loses_factor: bool = False
) -> None:
    """Refuse a session that must not change its user's factors, password, recovery codes or trusted devices now.

    It needs all its factors, and a fresh one of the highest level that the user has set up (see `init`); where a
    verified contact must be proven before anything is set up, who has no second factor proves it here, too. Call it in
    every route that changes such things, before the change. Without multi-factor authentication it asks for nothing.

    Args:
        session: of the user.
        user_context: the request's.
        loses_factor: whether the change is the removal of a factor, for which a fresh recovery code will do.

    Raises:
        InvalidClaimsError: it must complete a factor, perhaps one that it completed before, first.
        UnauthorisedError: the session's user or tenant is gone.
    """
    if MultiFactorAuthRecipe.get_or_none() is None:
        return
    context = filled(user_context)
    state = await refresh_claim(session, context)
    await assert_all_factors_else_throw_invalid_claim_error(session, context)
    if MultiFactorAuthRecipe.get().config.factor_change_max_age_seconds is None and not enrolment.needs_contact():
        return
    instead = (FactorIds.RECOVERY_CODE,) if loses_factor else ()
    levels = await _levels(session, state, context)
    # Who could change the contact with the password alone would prove their own, and set a factor up.
    await _assert_proven(session, levels.proving_a_contact, levels.highest, instead, context)


async def assert_all_factors_else_throw_invalid_claim_error(
    session: "SessionContainer", user_context: UserContext | None = None
) -> None:
    """Refuse a session that lacks a factor, as protected routes do. Without multi-factor authentication none does.

    Raises:
        InvalidClaimsError: it must complete a factor first.
    """
    if MultiFactorAuthRecipe.get_or_none() is not None:
        validator = MultiFactorAuthClaim.validators.has_completed_mfa_requirements_for_auth()
        await session.assert_claims([validator], filled(user_context))


def _required_beside_factors() -> "list[SessionClaimValidator]":
    """What every session must satisfy besides factors: whoever cannot open a page yet must not set a factor up."""
    others = (recipe for recipe in every_recipe() if recipe.recipe_id != MultiFactorAuthRecipe.recipe_id)
    return [validator for recipe in others for validator in recipe.global_claim_validators()]


async def _levels(session: "SessionContainer", state: MFAState, user_context: UserContext) -> freshness.Levels:
    recipe_user_id, tenant_id = session.get_recipe_user_id(user_context), session.get_tenant_id(user_context)
    return await freshness.levels_of(recipe_user_id, tenant_id, state, user_context)


async def _assert_proven(
    session: "SessionContainer",
    contact: list[str],
    highest: list[str],
    instead: tuple[str, ...],
    user_context: UserContext,
) -> None:
    """Require one of the factors that prove a contact, if any must, else one of the highest level that is fresh."""
    max_age_seconds = MultiFactorAuthRecipe.get().config.factor_change_max_age_seconds
    claim, validators = MultiFactorAuthClaim, MultiFactorAuthClaim.validators
    if max_age_seconds is not None:
        fresh = HasFreshFactorSCV(claim.key, claim, max_age_seconds, contact or highest or None, instead)
        await session.assert_claims([fresh], user_context)
    elif contact:
        await session.assert_claims([validators.has_completed_requirement_list([{"oneOf": contact}])], user_context)


async def get_mfa_requirements_for_auth(
    session: "SessionContainer", user_context: UserContext | None = None
) -> MFARequirementList:
    """Return what the policy requires of this session now, and bring its claim up to date.

    Raises:
        UnauthorisedError: the session's user or tenant is gone.
    """
    return (await refresh_claim(session, filled(user_context))).requirements


async def explain_requirements(
    user_id: str,
    tenant_id: str = DEFAULT_TENANT_ID,
    access_token_payload: Mapping[str, Any] | None = None,
    user_context: UserContext | None = None,
) -> Explanation:
    """Tell which factors a user must do in a tenant and why, which are set up, and what the next sign-in asks for.

    The policy is asked as for a new session with each first factor that the user has there. Nothing is changed.

    Args:
        user_id: any id of the user.
        tenant_id: where the user signs in.
        access_token_payload: what your override of `create_new_session` would add to the session, if the policy looks
            at it.
        user_context: passed on to overrides.

    Raises:
        GeneralError: there is no such user or tenant.
    """
    return await explain(user_id, tenant_id, access_token_payload, filled(user_context))


async def mark_factor_as_complete_in_session(
    session: "SessionContainer", factor_id: str, user_context: UserContext | None = None
) -> None:
    """Record that the session has completed a factor of yours, now."""
    await MultiFactorAuthRecipe.get().functions.mark_factor_as_complete_in_session(
        session, factor_id, filled(user_context)
    )


async def get_factors_setup_for_user(user_id: str, user_context: UserContext | None = None) -> list[str]:
    """Return the factors that a user can already use.

    Raises:
        GeneralError: there is no such user.
    """
    context = filled(user_context)
    user: User | None = await AccountLinkingRecipe.get().functions.get_user(user_id, context)
    if user is None:
        raise GeneralError("Unknown user id")
    return await MultiFactorAuthRecipe.get().functions.get_factors_setup_for_user(user, context)


async def get_required_secondary_factors_for_user(user_id: str, user_context: UserContext | None = None) -> list[str]:
    """Return the secondary factors that are required of this user, whatever the tenant requires."""
    functions = MultiFactorAuthRecipe.get().functions
    return await functions.get_required_secondary_factors_for_user(user_id, filled(user_context))


async def add_to_required_secondary_factors_for_user(
    user_id: str, factor_id: str, user_context: UserContext | None = None
) -> None:
    """Require a secondary factor of this user from now on; sessions that exist learn it at their next factor step."""
    functions = MultiFactorAuthRecipe.get().functions
    await functions.add_to_required_secondary_factors_for_user(user_id, factor_id, filled(user_context))


async def remove_from_required_secondary_factors_for_user(
    user_id: str, factor_id: str, user_context: UserContext | None = None
) -> None:
    """Require a secondary factor of this user no longer."""
    functions = MultiFactorAuthRecipe.get().functions
    await functions.remove_from_required_secondary_factors_for_user(user_id, factor_id, filled(user_context))
