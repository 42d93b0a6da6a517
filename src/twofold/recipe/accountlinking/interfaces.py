# SPDX-License-Identifier: Apache-2.0
"""What an override of account linking gets and returns."""

from .functions import Functions as RecipeInterface
from .types import (
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
    GetUsersResult,
    LinkAccountsAccountInfoAlreadyAssociatedError,
    LinkAccountsInputUserNotPrimaryError,
    LinkAccountsOkResult,
    LinkAccountsRecipeUserIdAlreadyLinkedError,
    UnlinkAccountOkResult,
)

__all__ = [
    "CanCreatePrimaryUserAccountInfoAlreadyAssociatedError",
    "CanCreatePrimaryUserOkResult",
    "CanCreatePrimaryUserRecipeUserIdAlreadyLinkedError",
    "CanLinkAccountsAccountInfoAlreadyAssociatedError",
    "CanLinkAccountsInputUserNotPrimaryError",
    "CanLinkAccountsOkResult",
    "CanLinkAccountsRecipeUserIdAlreadyLinkedError",
    "CreatePrimaryUserAccountInfoAlreadyAssociatedError",
    "CreatePrimaryUserOkResult",
    "CreatePrimaryUserRecipeUserIdAlreadyLinkedError",
    "GetUsersResult",
    "LinkAccountsAccountInfoAlreadyAssociatedError",
    "LinkAccountsInputUserNotPrimaryError",
    "LinkAccountsOkResult",
    "LinkAccountsRecipeUserIdAlreadyLinkedError",
    "RecipeInterface",
    "UnlinkAccountOkResult",
]
