# SPDX-License-Identifier: Apache-2.0
"""Authentication with a second factor for Python web applications."""

from .supertokens import (
    AppInfo,
    InputAppInfo,
    RecipeInit,
    Supertokens,
    SupertokensConfig,
    SupertokensExperimentalConfig,
    SupertokensPublicConfig,
    convert_to_recipe_user_id,
    get_all_cors_headers,
    get_request_from_user_context,
    init,
    is_recipe_initialized,
)
from .types.base import RecipeUserId

__all__ = [
    "AppInfo",
    "InputAppInfo",
    "RecipeInit",
    "RecipeUserId",
    "Supertokens",
    "SupertokensConfig",
    "SupertokensExperimentalConfig",
    "SupertokensPublicConfig",
    "convert_to_recipe_user_id",
    "get_all_cors_headers",
    "get_request_from_user_context",
    "init",
    "is_recipe_initialized",
]
