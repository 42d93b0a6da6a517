# SPDX-License-Identifier: Apache-2.0
"""Errors of the passwordless recipe."""

from twofold.exceptions import SuperTokensError


class SuperTokensPasswordlessError(SuperTokensError):
    """Base of the errors of this recipe; it raises none of its own."""
