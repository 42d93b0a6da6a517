# SPDX-License-Identifier: Apache-2.0
"""What overrides of sign-in by other providers get and return."""

from .apis import APIOptions
from .apis import APIs as APIInterface
from .functions import Functions as RecipeInterface
from .results import (
    AuthorisationUrlGetOkResult,
    EmailChangeNotAllowedError,
    GetProviderOkResult,
    ManuallyCreateOrUpdateUserOkResult,
    SignInUpNotAllowed,
    SignInUpOkResult,
    SignInUpPostNoEmailGivenByProviderResponse,
    SignInUpPostOkResult,
)

__all__ = [
    "APIInterface",
    "APIOptions",
    "AuthorisationUrlGetOkResult",
    "EmailChangeNotAllowedError",
    "GetProviderOkResult",
    "ManuallyCreateOrUpdateUserOkResult",
    "RecipeInterface",
    "SignInUpNotAllowed",
    "SignInUpOkResult",
    "SignInUpPostNoEmailGivenByProviderResponse",
    "SignInUpPostOkResult",
]
