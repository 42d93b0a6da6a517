# SPDX-License-Identifier: Apache-2.0
"""Explains the policy for one user in one tenant: what must be done, which rule says so, and whether it can be done.

Sign-ins are played through without a session, with the application's own policy, as far as the last factor. What an
override adds to a session when it is created (`create_new_session`) is not known here: give it as a payload.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from twofold import _state
from twofold.exceptions import GeneralError
from twofold.recipe import _first_factors
from twofold.recipe.accountlinking.recipe import AccountLinkingRecipe
from twofold.recipe.multitenancy.recipe import MultitenancyRecipe
from twofold.recipe.session.recipe import SessionRecipe
from twofold.types.base import LoginMethod, User, UserContext

from . import session_state
from .dead_ends import why_not
from .functions import Functions
from .multi_factor_auth_claim import MultiFactorAuthClaim
from .recipe import MultiFactorAuthRecipe
from .requirements import next_unsatisfied
from .types import AssuranceGroup, MFARequirementList

Outcome = Literal["SIGNED_IN", "COMPLETE_FACTOR", "SET_UP_FACTOR", "LOCKED_OUT", "NO_FIRST_FACTOR"]
Rule = Literal["user", "tenant", "override", "assurance"]
# A policy that always asks for one more factor would never end.
MAX_STEPS = 20


@dataclass(frozen=True)
class Step:
    """One step of a sign-in after the first factor.

    Attributes:
        factor_ids: one of these is asked for.
        required_by: for each, the rules that name it: the user's list, the tenant's list, the application's override,
            its profile of assurance.
        set_up: those of them that the user can use already.
        can_be_set_up: the user has none of them, and may set these up now.
    """

    factor_ids: list[str]
    required_by: dict[str, list[Rule]]
    set_up: list[str]
    can_be_set_up: list[str]


@dataclass(frozen=True)
class WayIn:
    """A sign-in with one first factor, played to its end.

    Attributes:
        recipe_user_id: of the login method.
        first_factor: that it begins with.
        requirements: what the policy answers then.
        steps: what follows, in order; with a choice, the first that the user can do is taken.
        outcome: what the user meets next: nothing, a factor to complete or to set up, or no way on, at once or later.
    """

    recipe_user_id: str
    first_factor: str
    requirements: MFARequirementList
    steps: list[Step]
    outcome: Outcome


@dataclass(frozen=True)
class Explanation:
    """What the policy means for a user in a tenant.

    Attributes:
        user_id, tenant_id: whom and where.
        first_factors: that may begin a session in the tenant.
        first_factors_from: which rule says so: the tenant's list, `init`, or the recipes that there are.
        decided_by: who answers what is required: the default policy (one of the factors required of the user or by the
            tenant), or the application's override.
        required_for_user, required_for_tenant: the two lists.
        set_up: the factors that the user can use.
        ways_in: of the login methods that the user has in the tenant.
        outcome: the best of theirs; NO_FIRST_FACTOR: none of them may begin a session here.
    """

    user_id: str
    tenant_id: str
    first_factors: list[str]
    first_factors_from: Literal["tenant", "init", "recipes"]
    decided_by: Literal["default", "override"]
    required_for_user: list[str]
    required_for_tenant: list[str]
    set_up: list[str]
    ways_in: list[WayIn] = field(default_factory=list)

    @property
    def outcome(self) -> Outcome:
        """The best of all ways in."""
        order: tuple[Outcome, ...] = ("SIGNED_IN", "COMPLETE_FACTOR", "SET_UP_FACTOR", "LOCKED_OUT")
        outcomes = {way.outcome for way in self.ways_in}
        for outcome in order:
            if outcome in outcomes:
                return outcome
        return "NO_FIRST_FACTOR"

    @property
    def is_locked_out(self) -> bool:
        """Whether no sign-in of the user can be completed here."""
        return self.outcome in ("LOCKED_OUT", "NO_FIRST_FACTOR")


async def explain(
    user_id: str, tenant_id: str, payload: Mapping[str, Any] | None, user_context: UserContext
) -> Explanation:
    """Explain; see `asyncio.explain_requirements`."""
    user = await AccountLinkingRecipe.get().functions.get_user(user_id, user_context)
    if user is None:
        raise GeneralError(f"There is no user {user_id}")
    tenant = await MultitenancyRecipe.get().functions.get_tenant(tenant_id, user_context)
    if tenant is None:
        raise GeneralError(f"There is no tenant {tenant_id}")
    recipe = MultiFactorAuthRecipe.get()
    explanation = Explanation(
        user_id=user.id,
        tenant_id=tenant_id,
        first_factors=_first_factors.first_factors_of(tenant.first_factors),
        first_factors_from="tenant" if tenant.first_factors is not None else _global_rule(recipe),
        decided_by="override" if has_own_policy(recipe) else "default",
        required_for_user=await recipe.functions.get_required_secondary_factors_for_user(user.id, user_context),
        required_for_tenant=list(tenant.required_secondary_factors or []),
        set_up=await recipe.functions.get_factors_setup_for_user(user, user_context),
    )
    for method in user.login_methods:
        for factor in session_state.factors_of(method):
            if tenant_id in method.tenant_ids and factor in explanation.first_factors:
                explanation.ways_in.append(
                    await _way_in(explanation, user, method, factor, payload or {}, user_context)
                )
    return explanation


def has_own_policy(recipe: MultiFactorAuthRecipe) -> bool:
    """Tell whether the application decides itself what a session needs, so that lists of tenants may not count."""
    decides = recipe.functions.get_mfa_requirements_for_auth
    return getattr(decides, "__func__", None) is not Functions.get_mfa_requirements_for_auth


def _global_rule(recipe: MultiFactorAuthRecipe) -> Literal["init", "recipes"]:
    return "recipes" if recipe.config.first_factors is None else "init"


async def _way_in(
    about: Explanation,
    user: User,
    method: LoginMethod,
    first_factor: str,
    more: Mapping[str, Any],
    user_context: UserContext,
) -> WayIn:
    now = _state.current_app().clock_ms() // 1000
    completed = {first_factor: now}
    payload = {**await _payload(user, method, about.tenant_id, user_context), **more}
    set_up, steps, first_requirements = set(about.set_up), list[Step](), None
    for _ in range(MAX_STEPS):
        claim = {MultiFactorAuthClaim.key: {"c": dict(completed), "v": False}}
        requirements = await session_state.requirements_of(
            method.recipe_user_id, about.tenant_id, payload | claim, dict(completed), user_context
        )
        first_requirements = requirements if first_requirements is None else first_requirements
        wanted = next_unsatisfied(completed, requirements).factor_ids
        if not wanted:
            break
        of_profile = [group for group in requirements if isinstance(group, AssuranceGroup)]
        is_of_assurance = wanted == next_unsatisfied(completed, of_profile).factor_ids
        step = _step(about, wanted, set_up, is_of_assurance=is_of_assurance)
        steps.append(step)
        doable = step.set_up or step.can_be_set_up
        if not doable:
            break
        completed[doable[0]] = now
        set_up.add(doable[0])
    return WayIn(method.recipe_user_id.get_as_string(), first_factor, first_requirements or [], steps, _outcome(steps))


async def _payload(user: User, method: LoginMethod, tenant_id: str, user_context: UserContext) -> dict[str, Any]:
    """What the session's access token would have in it: the claims that every new session gets."""
    own = {"sub": user.id, "rsub": method.recipe_user_id.get_as_string(), "tId": tenant_id}
    payload: dict[str, Any] = dict(own)
    for claim in SessionRecipe.get().get_claims_added_by_other_recipes():
        if claim.key != MultiFactorAuthClaim.key:
            payload |= await claim.build(user.id, method.recipe_user_id, tenant_id, dict(payload), user_context)
    return payload


def _step(about: Explanation, wanted: list[str], set_up: set[str], *, is_of_assurance: bool) -> Step:
    # A factor of the application's own is its own to offer: it counts as one that can be done.
    to_set_up = [factor for factor in wanted if why_not(factor) is None]
    usable = [factor for factor in to_set_up if factor in set_up]
    return Step(
        factor_ids=wanted,
        required_by={factor: _rules(about, factor, is_of_assurance) for factor in wanted},
        set_up=usable,
        can_be_set_up=[] if set(wanted) & set_up else to_set_up,
    )


def _rules(about: Explanation, factor: str, is_of_assurance: bool) -> list[Rule]:
    rules: list[Rule] = []
    if factor in about.required_for_user:
        rules.append("user")
    if factor in about.required_for_tenant:
        rules.append("tenant")
    if is_of_assurance:
        return [*rules, "assurance"]
    return rules if about.decided_by == "default" else [*rules, "override"]


def _outcome(steps: list[Step]) -> Outcome:
    if any(not step.set_up and not step.can_be_set_up for step in steps) or len(steps) == MAX_STEPS:
        return "LOCKED_OUT"
    if not steps:
        return "SIGNED_IN"
    return "COMPLETE_FACTOR" if steps[0].set_up else "SET_UP_FACTOR"
