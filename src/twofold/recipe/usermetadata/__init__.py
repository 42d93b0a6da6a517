# SPDX-License-Identifier: Apache-2.0
"""Free-form data about users: a JSON object per user. Always on; other recipes keep small things in it."""

from typing import Any

from twofold._app_info import AppInfo
from twofold.recipe._base import RecipeInit, open_to_plugins

from .interfaces import InputOverrideConfig, UserMetadataOverrideConfig
from .recipe import UserMetadataRecipe

__all__ = ["InputOverrideConfig", "UserMetadataOverrideConfig", "UserMetadataRecipe", "init"]


@open_to_plugins("usermetadata")
def init(override: UserMetadataOverrideConfig | None = None) -> RecipeInit:
    """Add the recipe to `init(recipe_list=[...])`; only needed to override it, it is always on."""

    def make(app_info: AppInfo, plugins: list[Any]) -> UserMetadataRecipe:
        return UserMetadataRecipe(app_info, override)

    return make
