# SPDX-License-Identifier: Apache-2.0
"""What overrides of e-mail verification get and return."""

from .apis import APIOptions
from .apis import APIs as APIInterface
from .functions import Functions as RecipeInterface
from .types import (
    CreateEmailVerificationLinkEmailAlreadyVerifiedError,
    CreateEmailVerificationLinkOkResult,
    CreateEmailVerificationTokenEmailAlreadyVerifiedError,
    CreateEmailVerificationTokenOkResult,
    EmailDoesNotExistError,
    EmailVerifyPostInvalidTokenError,
    EmailVerifyPostOkResult,
    GenerateEmailVerifyTokenPostEmailAlreadyVerifiedError,
    GenerateEmailVerifyTokenPostOkResult,
    GetEmailForUserIdOkResult,
    IsEmailVerifiedGetOkResult,
    RevokeEmailVerificationTokensOkResult,
    SendEmailVerificationEmailAlreadyVerifiedError,
    SendEmailVerificationEmailOkResult,
    TypeGetEmailForUserIdFunction,
    UnknownUserIdError,
    UnverifyEmailOkResult,
    VerifyEmailUsingTokenInvalidTokenError,
    VerifyEmailUsingTokenOkResult,
)

__all__ = [
    "APIInterface",
    "APIOptions",
    "CreateEmailVerificationLinkEmailAlreadyVerifiedError",
    "CreateEmailVerificationLinkOkResult",
    "CreateEmailVerificationTokenEmailAlreadyVerifiedError",
    "CreateEmailVerificationTokenOkResult",
    "EmailDoesNotExistError",
    "EmailVerifyPostInvalidTokenError",
    "EmailVerifyPostOkResult",
    "GenerateEmailVerifyTokenPostEmailAlreadyVerifiedError",
    "GenerateEmailVerifyTokenPostOkResult",
    "GetEmailForUserIdOkResult",
    "IsEmailVerifiedGetOkResult",
    "RecipeInterface",
    "RevokeEmailVerificationTokensOkResult",
    "SendEmailVerificationEmailAlreadyVerifiedError",
    "SendEmailVerificationEmailOkResult",
    "TypeGetEmailForUserIdFunction",
    "UnknownUserIdError",
    "UnverifyEmailOkResult",
    "VerifyEmailUsingTokenInvalidTokenError",
    "VerifyEmailUsingTokenOkResult",
]
