# SPDX-License-Identifier: Apache-2.0
"""Types that every recipe and every application shares."""

from .account_info import ThirdPartyInfo, WebauthnInfo, WebauthnInfoInput
from .base import AccountInfo, AccountInfoInput, LoginMethod, MaybeAwaitable, RecipeUserId, User, UserContext
from .response import APIResponse, GeneralErrorResponse

__all__ = [
    "APIResponse",
    "AccountInfo",
    "AccountInfoInput",
    "GeneralErrorResponse",
    "LoginMethod",
    "MaybeAwaitable",
    "RecipeUserId",
    "ThirdPartyInfo",
    "User",
    "UserContext",
    "WebauthnInfo",
    "WebauthnInfoInput",
]
