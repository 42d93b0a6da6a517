# SPDX-License-Identifier: Apache-2.0
"""The API of a dashboard: support staff and scripts look at users, tenants and roles, and change them."""

from typing import Any

from twofold._app_info import AppInfo
from twofold.recipe._base import RecipeInit, open_to_plugins

from .interfaces import DashboardOverrideConfig, InputOverrideConfig
from .recipe import DashboardRecipe
from .types import NormalisedDashboardConfig

__all__ = ["DashboardOverrideConfig", "DashboardRecipe", "InputOverrideConfig", "init"]


@open_to_plugins("dashboard")
def init(
    api_key: str | None = None, admins: list[str] | None = None, override: DashboardOverrideConfig | None = None
) -> RecipeInit:
    """Serve the API below `<api base path>/dashboard/api`, and a page that describes it.

    Args:
        api_key: Whoever sends it may do everything. Without one, people sign in with the accounts of the dashboard that
            the core has.
        admins: Addresses of those accounts that may change things; all others may only look. Left out, all may.
        override: Replacements of functions and APIs.
    """

    def make(app_info: AppInfo, plugins: list[Any]) -> DashboardRecipe:
        return DashboardRecipe(app_info, NormalisedDashboardConfig.of(api_key, admins), override)

    return make
