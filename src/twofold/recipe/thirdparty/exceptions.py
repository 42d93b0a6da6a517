# SPDX-License-Identifier: Apache-2.0
"""Errors of sign-in by other providers.

SuperTokensError
├── BadInputError
│   └── ProviderRefusedError            the provider does not accept what the browser came with
├── SuperTokensThirdPartyError
│   └── ProviderUnavailableError        the provider does not answer, or not as it should
└── ClientTypeNotFoundError             the provider has no such client
"""

from twofold.exceptions import BadInputError, SuperTokensError


class SuperTokensThirdPartyError(SuperTokensError):
    """Base of the errors of this recipe."""


class ProviderUnavailableError(SuperTokensThirdPartyError):
    """The provider does not answer, or not as it should: trying again may help."""


class ProviderRefusedError(BadInputError):
    """A code or token is not one of the provider's, not for this application, or too old: sign in anew."""


class ClientTypeNotFoundError(SuperTokensError):
    """The provider has no client of the type that was asked for."""

    def __init__(self, message: str) -> None:
        super().__init__(message)
