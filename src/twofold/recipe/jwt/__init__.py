# SPDX-License-Identifier: Apache-2.0
"""Signs JSON Web Tokens with the core's keys, and publishes the keys. Always on."""

from typing import Any

from twofold._app_info import AppInfo
from twofold.recipe._base import RecipeInit, open_to_plugins

from .interfaces import JWTOverrideConfig, OverrideConfig
from .recipe import JWTRecipe

__all__ = ["JWTOverrideConfig", "JWTRecipe", "OverrideConfig", "init"]


@open_to_plugins("jwt")
def init(jwt_validity_seconds: int | None = None, override: JWTOverrideConfig | None = None) -> RecipeInit:
    """Add the recipe to `init(recipe_list=[...])`; only needed to configure it, it is always on.

    Args:
        jwt_validity_seconds: How long a token is valid when its maker does not say; 100 years when it is not said here.
        override: Replacements of functions and APIs.
    """

    def make(app_info: AppInfo, plugins: list[Any]) -> JWTRecipe:
        return JWTRecipe(app_info, jwt_validity_seconds, override)

    return make
