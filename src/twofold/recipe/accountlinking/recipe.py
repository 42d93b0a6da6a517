# SPDX-License-Identifier: Apache-2.0
"""The account linking recipe: the policy, and what it answers to the sign-in recipes. It is always on."""

from typing import ClassVar

from twofold._app_info import AppInfo
from twofold.recipe._base import Recipe, every_recipe
from twofold.types.base import LoginMethod, RecipeUserId, User, UserContext
from twofold.types.recipe import BaseAPIInterface

from .functions import Functions
from .types import (
    AccountInfoWithRecipeIdAndUserId,
    AccountLinkingConfig,
    AccountLinkingOverrideConfig,
    OnAccountLinked,
    RecipeLevelUser,
    ShouldDoAutomaticAccountLinking,
    ShouldNotAutomaticallyLink,
)


class AccountLinkingRecipe(Recipe[Functions, BaseAPIInterface]):
    """Links login methods to one user where the application's policy says so."""

    recipe_id: ClassVar[str] = "accountlinking"
    display_name: ClassVar[str] = "Accountlinking"

    def __init__(
        self,
        app_info: AppInfo,
        on_account_linked: OnAccountLinked | None = None,
        should_do_automatic_account_linking: ShouldDoAutomaticAccountLinking | None = None,
        override: AccountLinkingOverrideConfig | None = None,
    ) -> None:
        super().__init__(app_info, override)
        self.config = AccountLinkingConfig(
            should_do_automatic_account_linking or _never_link,
            on_account_linked or _ignore,
            has_own_policy=should_do_automatic_account_linking is not None,
        )

    def make_functions(self) -> Functions:
        """Make the functions on the core."""
        return Functions(self.client, self._after_linking)

    async def verify_email_if_another_method_has_it_verified(
        self, user: User, recipe_user_id: RecipeUserId, user_context: UserContext
    ) -> None:
        """Carry a verified email of a primary user over to another of its methods with the same address.

        Nothing happens unless emails are verified at all in this application.
        """
        method = find_login_method(user, recipe_user_id)
        if not user.is_primary_user or method is None or method.verified or method.email is None:
            return
        if any(other.verified and other.has_same_email_as(method.email) for other in user.login_methods):
            for recipe in every_recipe():
                await recipe.verify_email_without_mail(
                    method.tenant_ids[0] if method.tenant_ids else user.tenant_ids[0],
                    recipe_user_id,
                    method.email,
                    user_context,
                )

    async def _after_linking(
        self, primary_user_id: str, recipe_user_id: RecipeUserId, user_context: UserContext
    ) -> None:
        user = await self.functions.get_user(primary_user_id, user_context)
        method = None if user is None else find_login_method(user, recipe_user_id)
        if user is None or method is None:
            return  # deleted or unlinked meanwhile
        await self.verify_email_if_another_method_has_it_verified(user, recipe_user_id, user_context)
        await self.config.on_account_linked(user, RecipeLevelUser.from_login_method(method), user_context)


def find_login_method(user: User, recipe_user_id: RecipeUserId) -> LoginMethod | None:
    """Return the user's login method with this id."""
    return next((method for method in user.login_methods if method.recipe_user_id == recipe_user_id), None)


async def _never_link(_info: AccountInfoWithRecipeIdAndUserId, *_: object) -> ShouldNotAutomaticallyLink:
    return ShouldNotAutomaticallyLink()


async def _ignore(user: User, new_account_info: RecipeLevelUser, user_context: UserContext) -> None:
    """Nobody asked to be told."""
