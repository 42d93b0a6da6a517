# SPDX-License-Identifier: Apache-2.0
"""What overrides of the recovery code recipe get and return."""

from .apis import APIOptions
from .apis import APIs as APIInterface
from .functions import Functions as RecipeInterface
from .types import (
    ConsumeCodeOkResult,
    CountCodesOkResult,
    CreateCodesOkResult,
    InvalidRecoveryCodeError,
    LimitReachedError,
    NoRecoveryCodesError,
    NoSecondFactorError,
    RecoveryCodesInfoOkResult,
    RemoveCodesOkResult,
)

__all__ = [
    "APIInterface",
    "APIOptions",
    "ConsumeCodeOkResult",
    "CountCodesOkResult",
    "CreateCodesOkResult",
    "InvalidRecoveryCodeError",
    "LimitReachedError",
    "NoRecoveryCodesError",
    "NoSecondFactorError",
    "RecipeInterface",
    "RecoveryCodesInfoOkResult",
    "RemoveCodesOkResult",
]
