# SPDX-License-Identifier: Apache-2.0
"""Errors of user roles."""

from twofold.exceptions import SuperTokensError


class SuperTokensUserRolesError(SuperTokensError):
    """Base of the errors of this recipe; it raises none of its own."""
