# SPDX-License-Identifier: Apache-2.0
"""Authentication with a second factor for Python web applications.

Names are imported when they are first used: a core that serves without the SDK does not load it.
"""

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
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

if not TYPE_CHECKING:  # for a type checker, a name that is not listed must remain an error

    def __getattr__(name: str) -> Any:
        """Import a public name (PEP 562)."""
        if name not in __all__:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        value = globals()[name] = getattr(importlib.import_module(".supertokens", __name__), name)
        return value

    def __dir__() -> list[str]:
        """List the public names, whether or not they were imported."""
        return sorted({*globals(), *__all__})
