# SPDX-License-Identifier: Apache-2.0
"""Roles of users, permissions of roles, and the session claims that carry both."""

from typing import Any

from twofold._app_info import AppInfo
from twofold.recipe._base import RecipeInit, open_to_plugins
from twofold.recipe.session.claims import SessionClaim

from .claims import PermissionClaim, UserRoleClaim
from .interfaces import InputOverrideConfig, UserRolesOverrideConfig
from .recipe import UserRolesRecipe

__all__ = [
    "InputOverrideConfig",
    "PermissionClaim",
    "UserRoleClaim",
    "UserRolesOverrideConfig",
    "UserRolesRecipe",
    "init",
]


@open_to_plugins("userroles")
def init(
    skip_adding_roles_to_access_token: bool | None = None,
    skip_adding_permissions_to_access_token: bool | None = None,
    override: UserRolesOverrideConfig | None = None,
) -> RecipeInit:
    """Add the recipe to `init(recipe_list=[...])`.

    Args:
        skip_adding_roles_to_access_token: Do not put `UserRoleClaim` into new sessions.
        skip_adding_permissions_to_access_token: Do not put `PermissionClaim` into new sessions.
        override: Replacements of functions.
    """

    def make(app_info: AppInfo, plugins: list[Any]) -> UserRolesRecipe:
        claims: list[SessionClaim[Any]] = [] if skip_adding_roles_to_access_token else [UserRoleClaim]
        claims += [] if skip_adding_permissions_to_access_token else [PermissionClaim]
        return UserRolesRecipe(app_info, claims, override)

    return make
