# SPDX-License-Identifier: Apache-2.0
"""Errors of the JWT recipe."""

from twofold.exceptions import SuperTokensError


class SuperTokensJWTError(SuperTokensError):
    """Base of the errors of this recipe; it raises none of its own."""
