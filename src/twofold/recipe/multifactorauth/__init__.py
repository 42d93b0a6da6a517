# SPDX-License-Identifier: Apache-2.0
"""Multi-factor authentication: which users must do which factors is a rule that the application writes."""

from collections.abc import Sequence
from typing import Any

from twofold._app_info import AppInfo
from twofold.recipe._base import RecipeInit, open_to_plugins

from .recipe import MultiFactorAuthRecipe
from .types import FACTOR_CHANGE_MAX_AGE_SECONDS, Enrolment, FactorIds, MultiFactorAuthOverrideConfig, OverrideConfig

__all__ = ["FactorIds", "MultiFactorAuthOverrideConfig", "MultiFactorAuthRecipe", "OverrideConfig", "init"]


@open_to_plugins("multifactorauth")
def init(
    first_factors: Sequence[str] | None = None,
    override: MultiFactorAuthOverrideConfig | None = None,
    *,
    factor_change_max_age_seconds: int | None = FACTOR_CHANGE_MAX_AGE_SECONDS,
    enrolment: Enrolment = "first-factor",
) -> RecipeInit:
    """Switch multi-factor authentication on.

    Args:
        first_factors: The factors that may begin a session, for tenants that have no list of their own; None means
            every one that the recipes offer.
        override: Replaces functions and APIs. The policy is `get_mfa_requirements_for_auth`.
        factor_change_max_age_seconds: Whoever adds, removes or renames a factor must have completed, in the same
            session and no longer ago than this, one of the highest level that they have set up: a second factor if
            they have any, else the first. None asks for what the protocol does: a session with all its factors.
        enrolment: What lets a user without any second factor set up their first one: the first factor alone, as in the
            protocol, or ("verified-contact") also a code to the address or number that they once verified, if any.

    Raises:
        GeneralError: an empty list, with which nobody could sign in; an age of 0. Raised by `twofold.init`.
    """

    def make(app_info: AppInfo, plugins: list[Any]) -> MultiFactorAuthRecipe:
        return MultiFactorAuthRecipe(app_info, first_factors, override, factor_change_max_age_seconds, enrolment)

    return make
