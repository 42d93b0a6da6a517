# SPDX-License-Identifier: Apache-2.0
"""Errors of the e-mail verification recipe, for overrides that raise them.

SuperTokensError
└── SuperTokensEmailVerificationError           the address is verified already
    └── EmailVerificationInvalidTokenError      the token is unknown, expired or used
"""

from twofold.exceptions import SuperTokensError


class SuperTokensEmailVerificationError(SuperTokensError):
    """Base of the errors of this recipe; answered as an address that is verified already."""


class EmailVerificationInvalidTokenError(SuperTokensEmailVerificationError):
    """The token is unknown, expired or used."""
