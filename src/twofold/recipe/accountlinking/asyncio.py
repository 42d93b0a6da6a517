# SPDX-License-Identifier: Apache-2.0
"""Functions of account linking for applications."""

from typing import TYPE_CHECKING

from twofold._user_context import filled
from twofold.exceptions import GeneralError
from twofold.types.base import AccountInfoInput, RecipeUserId, User, UserContext

from . import automatic, permissions
from .recipe import AccountLinkingRecipe, find_login_method
from .types import (
    AccountInfoWithRecipeId,
    CanCreatePrimaryUserAccountInfoAlreadyAssociatedError,
    CanCreatePrimaryUserOkResult,
    CanCreatePrimaryUserRecipeUserIdAlreadyLinkedError,
    CanLinkAccountsAccountInfoAlreadyAssociatedError,
    CanLinkAccountsInputUserNotPrimaryError,
    CanLinkAccountsOkResult,
    CanLinkAccountsRecipeUserIdAlreadyLinkedError,
    CreatePrimaryUserAccountInfoAlreadyAssociatedError,
    CreatePrimaryUserOkResult,
    CreatePrimaryUserRecipeUserIdAlreadyLinkedError,
    LinkAccountsAccountInfoAlreadyAssociatedError,
    LinkAccountsInputUserNotPrimaryError,
    LinkAccountsOkResult,
    LinkAccountsRecipeUserIdAlreadyLinkedError,
    UnlinkAccountOkResult,
)

if TYPE_CHECKING:
    from twofold.recipe.session.interfaces import SessionContainer


async def create_primary_user_id_or_link_accounts(
    tenant_id: str,
    recipe_user_id: RecipeUserId,
    session: "SessionContainer | None" = None,
    user_context: UserContext | None = None,
) -> User:
    """Do what the policy says of this login method, as a sign-in would; return its user, changed or not.

    Raises:
        GeneralError: there is no such login method.
    """
    context = filled(user_context)
    user = await _user_of(recipe_user_id, context)
    linked = await automatic.try_linking_by_account_info_or_create_primary_user(
        user, recipe_user_id, tenant_id, session, context
    )
    return user if isinstance(linked, automatic.NotLinked) else linked.user


async def get_primary_user_that_can_be_linked_to_recipe_user_id(
    tenant_id: str, recipe_user_id: RecipeUserId, user_context: UserContext | None = None
) -> User | None:
    """Return the primary user that shares account info with the login method, if any.

    Raises:
        GeneralError: there is no such login method.
    """
    context = filled(user_context)
    user = await _user_of(recipe_user_id, context)
    return await automatic.find_primary_user(user, recipe_user_id, tenant_id, context)


async def can_create_primary_user(
    recipe_user_id: RecipeUserId, user_context: UserContext | None = None
) -> (
    CanCreatePrimaryUserOkResult
    | CanCreatePrimaryUserRecipeUserIdAlreadyLinkedError
    | CanCreatePrimaryUserAccountInfoAlreadyAssociatedError
):
    """Tell whether `create_primary_user` would succeed now."""
    return await AccountLinkingRecipe.get().functions.can_create_primary_user(recipe_user_id, filled(user_context))


async def create_primary_user(
    recipe_user_id: RecipeUserId, user_context: UserContext | None = None
) -> (
    CreatePrimaryUserOkResult
    | CreatePrimaryUserRecipeUserIdAlreadyLinkedError
    | CreatePrimaryUserAccountInfoAlreadyAssociatedError
):
    """Make a login method a primary user, to which others can be linked."""
    return await AccountLinkingRecipe.get().functions.create_primary_user(recipe_user_id, filled(user_context))


async def can_link_accounts(
    recipe_user_id: RecipeUserId, primary_user_id: str, user_context: UserContext | None = None
) -> (
    CanLinkAccountsOkResult
    | CanLinkAccountsRecipeUserIdAlreadyLinkedError
    | CanLinkAccountsAccountInfoAlreadyAssociatedError
    | CanLinkAccountsInputUserNotPrimaryError
):
    """Tell whether `link_accounts` would succeed now."""
    functions = AccountLinkingRecipe.get().functions
    return await functions.can_link_accounts(recipe_user_id, primary_user_id, filled(user_context))


async def link_accounts(
    recipe_user_id: RecipeUserId, primary_user_id: str, user_context: UserContext | None = None
) -> (
    LinkAccountsOkResult
    | LinkAccountsRecipeUserIdAlreadyLinkedError
    | LinkAccountsAccountInfoAlreadyAssociatedError
    | LinkAccountsInputUserNotPrimaryError
):
    """Link a login method to a primary user. The sessions of the login method end."""
    functions = AccountLinkingRecipe.get().functions
    return await functions.link_accounts(recipe_user_id, primary_user_id, filled(user_context))


async def unlink_account(
    recipe_user_id: RecipeUserId, user_context: UserContext | None = None
) -> UnlinkAccountOkResult:
    """Separate a login method from its primary user. Its sessions end."""
    return await AccountLinkingRecipe.get().functions.unlink_account(recipe_user_id, filled(user_context))


async def is_sign_up_allowed(
    tenant_id: str,
    new_user: AccountInfoWithRecipeId,
    is_verified: bool,
    session: "SessionContainer | None" = None,
    user_context: UserContext | None = None,
) -> bool:
    """Tell whether a new login method with this account info would be safe.

    Raises:
        ValueError: both an email and a phone number are given.
    """
    return await permissions.is_sign_up_allowed(new_user, is_verified, session, tenant_id, filled(user_context))


async def is_sign_in_allowed(
    tenant_id: str,
    recipe_user_id: RecipeUserId,
    session: "SessionContainer | None" = None,
    user_context: UserContext | None = None,
) -> bool:
    """Tell whether a sign-in with this login method would be safe.

    Raises:
        GeneralError: there is no such login method.
    """
    context = filled(user_context)
    user = await _user_of(recipe_user_id, context)
    method = find_login_method(user, recipe_user_id) or user.login_methods[0]
    return await permissions.is_sign_in_allowed(user, method, False, session, tenant_id, context)


async def is_email_change_allowed(
    recipe_user_id: RecipeUserId,
    new_email: str,
    is_verified: bool,
    session: "SessionContainer | None" = None,
    user_context: UserContext | None = None,
) -> bool:
    """Tell whether a login method may take a new email.

    Raises:
        GeneralError: there is no such login method.
    """
    context = filled(user_context)
    user = await _user_of(recipe_user_id, context)
    wanted = AccountInfoInput(email=new_email)
    return await permissions.refusal_of_contact_change(user, wanted, is_verified, session, context) is None


async def _user_of(recipe_user_id: RecipeUserId, user_context: UserContext) -> User:
    user = await AccountLinkingRecipe.get().functions.get_user(recipe_user_id.get_as_string(), user_context)
    if user is None:
        raise GeneralError("Unknown recipeUserId")
    return user
