# SPDX-License-Identifier: Apache-2.0
"""What overrides of the recipe of factor resets get and return."""

from .functions import Functions as RecipeInterface
from .types import (
    CancelResetOkResult,
    FindResetOkResult,
    InvalidTokenError,
    LastLoginMethodError,
    ObjectOkResult,
    ResetFactorsOkResult,
    UnknownUserIdError,
)

__all__ = [
    "CancelResetOkResult",
    "FindResetOkResult",
    "InvalidTokenError",
    "LastLoginMethodError",
    "ObjectOkResult",
    "RecipeInterface",
    "ResetFactorsOkResult",
    "UnknownUserIdError",
]
