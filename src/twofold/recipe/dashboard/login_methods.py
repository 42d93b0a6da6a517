# SPDX-License-Identifier: Apache-2.0
"""Finds the login method that a request names."""

from dataclasses import dataclass

from twofold.exceptions import BadInputError
from twofold.recipe.accountlinking.recipe import AccountLinkingRecipe, find_login_method
from twofold.types.base import LoginMethod, RecipeUserId, User, UserContext


@dataclass(frozen=True)
class Found:
    """A login method and its user."""

    user: User
    method: LoginMethod


async def require_login_method(recipe_user_id: str, user_context: UserContext) -> Found:
    """Return the login method with this id.

    Raises:
        BadInputError: there is none.
    """
    user = await AccountLinkingRecipe.get().functions.get_user(recipe_user_id, user_context)
    method = None if user is None else find_login_method(user, RecipeUserId(recipe_user_id))
    if user is None or method is None:
        raise BadInputError("There is no login method with this recipeUserId: it may have been deleted")
    return Found(user, method)
