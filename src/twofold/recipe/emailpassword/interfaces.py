# SPDX-License-Identifier: Apache-2.0
"""What overrides of the e-mail and password recipe get and return."""

from .apis import APIOptions
from .apis import APIs as APIInterface
from .functions import Functions as RecipeInterface
from .types import (
    ConsumePasswordResetTokenOkResult,
    CreateResetPasswordOkResult,
    EmailAlreadyExistsError,
    EmailExistsGetOkResult,
    GeneratePasswordResetTokenPostNotAllowedResponse,
    GeneratePasswordResetTokenPostOkResult,
    PasswordPolicyViolationError,
    PasswordResetPostOkResult,
    PasswordResetTokenInvalidError,
    SignInOkResult,
    SignInPostNotAllowedResponse,
    SignInPostOkResult,
    SignUpOkResult,
    SignUpPostNotAllowedResponse,
    SignUpPostOkResult,
    UnknownUserIdError,
    UpdateEmailOrPasswordEmailChangeNotAllowedError,
    UpdateEmailOrPasswordOkResult,
    WrongCredentialsError,
)

__all__ = [
    "APIInterface",
    "APIOptions",
    "ConsumePasswordResetTokenOkResult",
    "CreateResetPasswordOkResult",
    "EmailAlreadyExistsError",
    "EmailExistsGetOkResult",
    "GeneratePasswordResetTokenPostNotAllowedResponse",
    "GeneratePasswordResetTokenPostOkResult",
    "PasswordPolicyViolationError",
    "PasswordResetPostOkResult",
    "PasswordResetTokenInvalidError",
    "RecipeInterface",
    "SignInOkResult",
    "SignInPostNotAllowedResponse",
    "SignInPostOkResult",
    "SignUpOkResult",
    "SignUpPostNotAllowedResponse",
    "SignUpPostOkResult",
    "UnknownUserIdError",
    "UpdateEmailOrPasswordEmailChangeNotAllowedError",
    "UpdateEmailOrPasswordOkResult",
    "WrongCredentialsError",
]
