# SPDX-License-Identifier: Apache-2.0
"""Tells verifiers of our tokens where the keys are (OpenID Connect discovery). Always on."""

from typing import Any

from twofold._app_info import AppInfo
from twofold.recipe._base import RecipeInit, open_to_plugins

from .interfaces import InputOverrideConfig, OpenIdOverrideConfig
from .recipe import OpenIdRecipe

__all__ = ["InputOverrideConfig", "OpenIdOverrideConfig", "OpenIdRecipe", "init"]


@open_to_plugins("openid")
def init(issuer: str | None = None, override: OpenIdOverrideConfig | None = None) -> RecipeInit:
    """Add the recipe to `init(recipe_list=[...])`; only needed to configure it, it is always on.

    Args:
        issuer: The `iss` of tokens made here; its path must be the API base path. Default: API domain and base path.
        override: Replacements of functions and APIs.
    """

    def make(app_info: AppInfo, plugins: list[Any]) -> OpenIdRecipe:
        return OpenIdRecipe(app_info, issuer, override)

    return make
