# SPDX-License-Identifier: Apache-2.0
"""Sign-up and sign-in with passkeys (WebAuthn), and account recovery by mail."""

from typing import Any

from twofold._app_info import AppInfo
from twofold.recipe._base import RecipeInit, open_to_plugins

from .functions import (
    consume_recover_account_token,
    create_recover_account_link,
    generate_recover_account_token,
    get_credential,
    get_generated_options,
    get_user_from_recover_account_token,
    list_credentials,
    recover_account,
    register_credential,
    register_options,
    remove_credential,
    remove_generated_options,
    send_email,
    send_recover_account_email,
    sign_in,
    sign_in_options,
    sign_up,
    verify_credentials,
)
from .interfaces.api import APIInterface
from .interfaces.recipe import RecipeInterface
from .recipe import WebauthnRecipe
from .types.config import WebauthnConfig, WebauthnOverrideConfig

__all__ = [
    "APIInterface",
    "RecipeInterface",
    "WebauthnConfig",
    "WebauthnOverrideConfig",
    "WebauthnRecipe",
    "consume_recover_account_token",
    "create_recover_account_link",
    "generate_recover_account_token",
    "get_credential",
    "get_generated_options",
    "get_user_from_recover_account_token",
    "init",
    "list_credentials",
    "recover_account",
    "register_credential",
    "register_options",
    "remove_credential",
    "remove_generated_options",
    "send_email",
    "send_recover_account_email",
    "sign_in",
    "sign_in_options",
    "sign_up",
    "verify_credentials",
]


@open_to_plugins("webauthn")
def init(config: WebauthnConfig | None = None) -> RecipeInit:
    """Add the recipe to `init(recipe_list=[...])`.

    Args:
        config: For which site passkeys are made, and what replaces the defaults.
    """

    def make(app_info: AppInfo, plugins: list[Any]) -> WebauthnRecipe:
        return WebauthnRecipe(app_info, config)

    return make
