# SPDX-License-Identifier: Apache-2.0
"""How long ago a session completed its factors, and which of them show that its user is there."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from twofold import _state
from twofold.exceptions import GeneralError
from twofold.recipe import _first_factors
from twofold.recipe.accountlinking.recipe import find_login_method
from twofold.recipe.session.constants import DEFAULT_TENANT_ID
from twofold.types.base import RecipeUserId, User, UserContext

from . import enrolment, session_state
from .types import FactorIds, MFARequirementList

NEVER_FRESH = frozenset({FactorIds.RECOVERY_CODE, FactorIds.TRUSTED_DEVICE})
"""They stand in for a factor, and prove nothing about who is there now."""

# A claim that was made up for an older session has milliseconds; as seconds this is the year 5138.
_SECONDS_END = 100_000_000_000
# Nodes whose clocks differ by more must not make a factor fresh for ever.
_MAX_CLOCK_SKEW_SECONDS = 60


def age_seconds(completed_factors: Mapping[str, Any], factor_ids: Iterable[str]) -> int | None:
    """Return how long ago the last of these factors was completed; None when none was, or not at a time that can be."""
    now = _state.current_app().clock_ms() // 1000
    times = [_seconds(completed_factors[factor]) for factor in factor_ids if factor in completed_factors]
    ages = [max(0, now - time) for time in times if time is not None and time <= now + _MAX_CLOCK_SKEW_SECONDS]
    return min(ages, default=None)


async def factors_of_highest_level(payload: dict[str, Any], user_context: UserContext) -> list[str]:
    """Return the factors of which one, completed a moment ago, shows that the session's user is there.

    These are the second factors that the user has set up: those that the policy names, and those that cannot begin a
    session, always without what this session began with. Who has none has the factors that can begin one.

    Args:
        payload: of the session's access token, with what the core writes into it.
        user_context: the request's.

    Raises:
        UnauthorisedError: the user, the session or the tenant is gone.
        GeneralError: the payload does not say whose it is.
    """
    if "sub" not in payload:
        raise GeneralError("This payload does not tell its user: name the factors that must be fresh")
    recipe_user_id = RecipeUserId(payload.get("rsub", payload["sub"]))
    tenant_id = payload.get("tId", DEFAULT_TENANT_ID)
    state = await session_state.of_payload(recipe_user_id, tenant_id, payload, user_context)
    return (await levels_of(recipe_user_id, tenant_id, state, user_context)).highest


@dataclass(frozen=True)
class Levels:
    """A user, the factors that they have set up or completed, and those of them that are second factors."""

    user: User
    known: list[str]
    second: list[str]

    @property
    def highest(self) -> list[str]:
        """Second factors, for who has any."""
        return self.second or self.known

    @property
    def proving_a_contact(self) -> list[str]:
        """The factors of which one must be fresh before a first second factor is set up; see `enrolment`."""
        return [] if self.second else enrolment.proving_a_contact_of(self.user)


async def levels_of(
    recipe_user_id: RecipeUserId, tenant_id: str, state: session_state.MFAState, user_context: UserContext
) -> Levels:
    """Return the levels of a session's user, from the state of the session.

    Raises:
        UnauthorisedError: the user is gone.
    """
    user = await session_state.user_of(recipe_user_id, user_context)
    method = find_login_method(user, recipe_user_id)
    began_with = [] if method is None else session_state.factors_of(method)
    set_up = await session_state.functions().get_factors_setup_for_user(user, user_context)
    known = [factor for factor in dict.fromkeys([*set_up, *state.completed_factors]) if factor not in NEVER_FRESH]
    can_begin = await _first_factors.valid_first_factors(tenant_id, known, user_context) or []
    alternatives = set(can_begin) - _named(state.requirements)
    second = [factor for factor in known if factor not in began_with and factor not in alternatives]
    return Levels(user, known, second or _provider_beside(user, began_with, known, state))


def _provider_beside(user: User, began_with: list[str], known: list[str], state: session_state.MFAState) -> list[str]:
    """A provider, where a user has what a profile of assurance asks for with their account there and not without.

    In the protocol it is no second factor, so nothing asks for it. But whoever has their phone alone must not bring
    another factor in the place of that account.
    """
    has_account = any(method.third_party is not None for method in user.login_methods)
    given = {factor: time for factor, time in state.completed_factors.items() if factor not in NEVER_FRESH}
    if not has_account or FactorIds.THIRDPARTY in (*began_with, *known) or session_state.is_assured(given):
        return []
    would_do = session_state.is_assured({**dict.fromkeys(known, 0), FactorIds.THIRDPARTY: 1})
    return [FactorIds.THIRDPARTY] if would_do else []


def _seconds(value: object) -> int | None:
    if not isinstance(value, int) or isinstance(value, bool):
        return None
    return value if value < _SECONDS_END else value // 1000


def _named(requirements: MFARequirementList) -> set[str]:
    groups = (
        [item] if isinstance(item, str) else [factor for ids in item.values() for factor in ids]
        for item in requirements
    )
    return {factor for group in groups for factor in group}
