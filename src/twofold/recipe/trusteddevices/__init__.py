# SPDX-License-Identifier: Apache-2.0
"""Trusted devices: browsers in which users need not give their second factor again for a while."""

from typing import Any

from twofold._app_info import AppInfo
from twofold.recipe._base import RecipeInit, open_to_plugins

from .recipe import TrustedDevicesRecipe
from .types import DEFAULT_DAYS, OverrideConfig, TrustedDevicesOverrideConfig

__all__ = ["OverrideConfig", "TrustedDevicesOverrideConfig", "TrustedDevicesRecipe", "init"]


@open_to_plugins("trusteddevices")
def init(days: int = DEFAULT_DAYS, override: TrustedDevicesOverrideConfig | None = None) -> RecipeInit:
    """Let users trust browsers after they have given all their factors. Needs `multifactorauth.init()` beside it.

    Args:
        days: for how long a browser is trusted, however often it is used; at most 400.
        override: replaces functions and APIs. Who may trust devices is `may_trust_devices`.

    Raises:
        GeneralError: a number of days that cannot be, or multi-factor authentication is missing. Raised by
            `twofold.init`.
    """

    def make(app_info: AppInfo, plugins: list[Any]) -> TrustedDevicesRecipe:
        return TrustedDevicesRecipe(app_info, days, override)

    return make
