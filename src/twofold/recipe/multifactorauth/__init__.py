# SPDX-License-Identifier: Apache-2.0
"""Multi-factor authentication: which users must do which factors is a rule that the application writes."""

from collections.abc import Sequence
from typing import Any

from twofold._app_info import AppInfo
from twofold.recipe._base import RecipeInit, open_to_plugins

from .recipe import MultiFactorAuthRecipe
from .types import FactorIds, MultiFactorAuthOverrideConfig, OverrideConfig

__all__ = ["FactorIds", "MultiFactorAuthOverrideConfig", "MultiFactorAuthRecipe", "OverrideConfig", "init"]


@open_to_plugins("multifactorauth")
def init(
    first_factors: Sequence[str] | None = None, override: MultiFactorAuthOverrideConfig | None = None
) -> RecipeInit:
    """Switch multi-factor authentication on.

    Args:
        first_factors: The factors that may begin a session, for tenants that have no list of their own; None means
            every one that the recipes offer.
        override: Replaces functions and APIs. The policy is `get_mfa_requirements_for_auth`.

    Raises:
        GeneralError: an empty list, with which nobody could sign in. Raised by `twofold.init`.
    """

    def make(app_info: AppInfo, plugins: list[Any]) -> MultiFactorAuthRecipe:
        return MultiFactorAuthRecipe(app_info, first_factors, override)

    return make
