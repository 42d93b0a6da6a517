# SPDX-License-Identifier: Apache-2.0
"""Codes of authenticator apps (RFC 6238) as a second factor."""

from typing import Any

from twofold._app_info import AppInfo
from twofold.recipe._base import RecipeInit, open_to_plugins

from .recipe import TOTPRecipe
from .types import OverrideConfig, TOTPConfig, TOTPOverrideConfig

__all__ = ["OverrideConfig", "TOTPConfig", "TOTPOverrideConfig", "TOTPRecipe", "init"]


@open_to_plugins("totp")
def init(config: TOTPConfig | None = None) -> RecipeInit:
    """Let users set authenticator apps up. Its HTTP APIs need `multifactorauth.init()` beside it.

    Args:
        config: What authenticator apps show, and how long a code lives.
    """

    def make(app_info: AppInfo, plugins: list[Any]) -> TOTPRecipe:
        return TOTPRecipe(app_info, config or TOTPConfig())

    return make
