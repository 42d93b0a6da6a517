# SPDX-License-Identifier: Apache-2.0
"""Factors that are asked for and that nobody can do: the developer is told, once, with what to do about it.

What is knowable at `init` is refused there. A policy is code, and lists of tenants are in the database: what they ask
for is known when they ask. Their user then has no way on; the log says why.
"""

import logging
from collections.abc import Iterable
from difflib import get_close_matches
from typing import Any

from twofold import _state
from twofold.recipe._base import every_recipe

from .types import FactorIds, FactorIdsAndType

_logger = logging.getLogger("twofold.multifactorauth")

MOST_TOLD = 200
"""So many different dead ends are told in a process: ids that a policy makes up do not fill its memory, nor the log."""

_RECIPES = {
    FactorIds.EMAILPASSWORD: "emailpassword.init()",
    FactorIds.OTP_EMAIL: "passwordless.init() with e-mail addresses and codes",
    FactorIds.OTP_PHONE: "passwordless.init() with phone numbers and codes",
    FactorIds.LINK_EMAIL: "passwordless.init() with e-mail addresses and links",
    FactorIds.LINK_PHONE: "passwordless.init() with phone numbers and links",
    FactorIds.THIRDPARTY: "thirdparty.init()",
    FactorIds.TOTP: "totp.init()",
    FactorIds.WEBAUTHN: "webauthn.init()",
}


def meant(factor_id: str) -> str | None:
    """Return the built-in factor of which this id is another spelling: `totp` of `TOTP`, `otp-email` of `otp_emial`."""
    bare = _bare(factor_id)
    if factor_id in _RECIPES or bare in _BARE:
        return None if factor_id in _RECIPES else _BARE[bare]
    swapped = [name for name in _BARE if sorted(name) == sorted(bare)]
    # With a number it is told from another on purpose; and a letter makes a difference to a short word.
    near = swapped or (get_close_matches(bare, _BARE, 1, _NEAR) if bare.isalpha() else [])
    return _BARE[near[0]] if near else None


def why_not(factor_id: str) -> str | None:
    """Return why nobody can do this as a second factor, and what to do about it; None when somebody can.

    A factor of the application's own is one that can be done: its code completes it.
    """
    right = meant(factor_id)
    if right is not None:
        return f"there is no factor {factor_id!r}; did you mean {right!r}?"
    if factor_id not in _RECIPES or any(factor_id in recipe.secondary_factors() for recipe in every_recipe()):
        return None
    if any(factor_id in recipe.first_factors() for recipe in every_recipe()):
        return f"{factor_id!r} begins a session, and can be no second factor"
    return f"no recipe offers {factor_id!r}; add {_RECIPES[factor_id]} to the recipe list"


def is_own(factor_id: str) -> bool:
    """Whether a factor is of the application's own: then only `mark_factor_as_complete_in_session` completes it."""
    return factor_id not in _RECIPES and meant(factor_id) is None


def tell(step: FactorIdsAndType, asked_by: str) -> None:
    """Log that a session cannot take the next step, once for each; nothing when it can.

    Args:
        step: what is asked for.
        asked_by: the policy or the route that asks.
    """
    reasons = {factor: why_not(factor) for factor in step.factor_ids}
    found = [reason for reason in reasons.values() if reason is not None]
    own = [factor for factor in reasons if is_own(factor)]
    if found and (step.type_ == "allOfInAnyOrder" or len(found) == len(reasons)):
        _log_once(logging.ERROR, f"{asked_by} asks for what nobody can do: {'; '.join(found)}.")
    elif own:
        _log_once(logging.INFO, f"{asked_by} asks for {own}: call mark_factor_as_complete_in_session when it was done.")


def _log_once(level: int, text: str) -> None:
    # Asked through the current App: the recipe's module knows this one, so this one cannot know the recipe's.
    recipe: Any = _state.current_app().recipe("multifactorauth")
    told: set[str] = set() if recipe is None else recipe.told_dead_ends
    if text in told or len(told) >= MOST_TOLD:
        return
    told.add(text)
    _logger.log(level, text)
    if len(told) == MOST_TOLD:
        _logger.warning("%s different dead ends: the log tells no more of them.", MOST_TOLD)


def hints(factor_ids: Iterable[str]) -> dict[str, str]:
    """Return, for those of these factors that need the developer's hand, what to do."""
    own = "a factor of your own: it is complete when your code calls mark_factor_as_complete_in_session"
    found = {factor: why_not(factor) or (own if is_own(factor) else "") for factor in factor_ids}
    return {factor: hint for factor, hint in found.items() if hint}


def _bare(factor_id: str) -> str:
    return "".join(filter(str.isalnum, factor_id.casefold()))


_BARE = {_bare(factor): factor for factor in _RECIPES}
_NEAR = 0.9  # of words with eight letters or more: one is missing, or one too many
