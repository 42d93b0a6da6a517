# SPDX-License-Identifier: Apache-2.0
"""What overrides of the APIs get and return."""

from twofold.recipe.webauthn.apis import APIOptions
from twofold.recipe.webauthn.apis import APIs as APIInterface
from twofold.recipe.webauthn.results import (
    EmailExistsGetResponse,
    RecoverAccountNotAllowedErrorResponse,
    RecoverAccountPOSTResponse,
    RegisterCredentialNotAllowedErrorResponse,
    SignInNotAllowedErrorResponse,
    SignInPOSTResponse,
    SignUpNotAllowedErrorResponse,
    SignUpPOSTResponse,
    TypeWebauthnEmailDeliveryInput,
    TypeWebauthnRecoverAccountEmailDeliveryInput,
    WebauthnRecoverAccountEmailDeliveryUser,
)

__all__ = [
    "APIInterface",
    "APIOptions",
    "EmailExistsGetResponse",
    "RecoverAccountNotAllowedErrorResponse",
    "RecoverAccountPOSTResponse",
    "RegisterCredentialNotAllowedErrorResponse",
    "SignInNotAllowedErrorResponse",
    "SignInPOSTResponse",
    "SignUpNotAllowedErrorResponse",
    "SignUpPOSTResponse",
    "TypeWebauthnEmailDeliveryInput",
    "TypeWebauthnRecoverAccountEmailDeliveryInput",
    "WebauthnRecoverAccountEmailDeliveryUser",
]
