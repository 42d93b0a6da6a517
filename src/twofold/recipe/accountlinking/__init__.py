# SPDX-License-Identifier: Apache-2.0
"""Account linking: several login methods, one user, where the application's policy says so."""

from typing import Any

from twofold._app_info import AppInfo
from twofold.recipe._base import RecipeInit, open_to_plugins

from .recipe import AccountLinkingRecipe
from .types import (
    AccountInfoWithRecipeIdAndUserId,
    AccountLinkingOverrideConfig,
    InputOverrideConfig,
    OnAccountLinked,
    RecipeLevelUser,
    ShouldAutomaticallyLink,
    ShouldDoAutomaticAccountLinking,
    ShouldNotAutomaticallyLink,
)

__all__ = [
    "AccountInfoWithRecipeIdAndUserId",
    "AccountLinkingOverrideConfig",
    "AccountLinkingRecipe",
    "InputOverrideConfig",
    "RecipeLevelUser",
    "ShouldAutomaticallyLink",
    "ShouldNotAutomaticallyLink",
    "init",
]


@open_to_plugins("accountlinking")
def init(
    on_account_linked: OnAccountLinked | None = None,
    should_do_automatic_account_linking: ShouldDoAutomaticAccountLinking | None = None,
    override: AccountLinkingOverrideConfig | None = None,
) -> RecipeInit:
    """Configure account linking. It is on without being listed, and then links nothing by itself.

    Args:
        on_account_linked: Told of each new link, after it was made.
        should_do_automatic_account_linking: The policy; asked about each sign-in and each second factor.
            A second factor can only be set up where it links a new account to the user of the session.
        override: Replaces functions.
    """

    def make(app_info: AppInfo, plugins: list[Any]) -> AccountLinkingRecipe:
        return AccountLinkingRecipe(app_info, on_account_linked, should_do_automatic_account_linking, override)

    return make
