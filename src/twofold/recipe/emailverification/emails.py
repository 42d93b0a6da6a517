# SPDX-License-Identifier: Apache-2.0
"""Finds the address of a login method: the application's own answer first, then the login method's."""

from twofold.exceptions import GeneralError
from twofold.recipe.accountlinking.recipe import AccountLinkingRecipe, find_login_method
from twofold.types.base import RecipeUserId, UserContext

from .types import EmailDoesNotExistError, GetEmailForUserIdOkResult, TypeGetEmailForUserIdFunction


class UnknownLoginMethod(GeneralError):
    """There is no login method with this id."""


class EmailLookup:
    """Looks addresses up, as configured."""

    def __init__(self, of_application: TypeGetEmailForUserIdFunction | None) -> None:
        self._of_application = of_application

    async def email_of(self, recipe_user_id: RecipeUserId, user_context: UserContext) -> str | None:
        """Return the address; None when the login method has none.

        Raises:
            UnknownLoginMethod: there is no such login method.
        """
        if self._of_application is not None:
            answer = await self._of_application(recipe_user_id, user_context)
            if isinstance(answer, GetEmailForUserIdOkResult):
                return answer.email
            if isinstance(answer, EmailDoesNotExistError):
                return None
        user = await AccountLinkingRecipe.get().functions.get_user(recipe_user_id.get_as_string(), user_context)
        method = None if user is None else find_login_method(user, recipe_user_id)
        if method is None:
            raise UnknownLoginMethod("UNKNOWN_USER_ID")
        return method.email
