# SPDX-License-Identifier: Apache-2.0
"""Tenants: who may sign in where, and with which factors. Always on, with one tenant called `public`."""

from typing import Any

from twofold._app_info import AppInfo
from twofold.recipe._base import RecipeInit, open_to_plugins

from .claims import AllowedDomainsClaim
from .interfaces import InputOverrideConfig, MultitenancyOverrideConfig
from .recipe import MultitenancyRecipe
from .types import TypeGetAllowedDomainsForTenantId

__all__ = [
    "AllowedDomainsClaim",
    "InputOverrideConfig",
    "MultitenancyOverrideConfig",
    "MultitenancyRecipe",
    "TypeGetAllowedDomainsForTenantId",
    "init",
]


@open_to_plugins("multitenancy")
def init(
    get_allowed_domains_for_tenant_id: TypeGetAllowedDomainsForTenantId | None = None,
    override: MultitenancyOverrideConfig | None = None,
) -> RecipeInit:
    """Add the recipe to `init(recipe_list=[...])`; only needed to configure it, it is always on.

    Args:
        get_allowed_domains_for_tenant_id: Returns the domains of a tenant, for `AllowedDomainsClaim`.
        override: Replacements of functions and APIs.
    """

    def make(app_info: AppInfo, plugins: list[Any]) -> MultitenancyRecipe:
        return MultitenancyRecipe(app_info, get_allowed_domains_for_tenant_id, [AllowedDomainsClaim], override)

    return make
