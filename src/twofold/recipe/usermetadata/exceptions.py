# SPDX-License-Identifier: Apache-2.0
"""Errors of user metadata."""

from twofold.exceptions import SuperTokensError


class SuperTokensUserMetadataError(SuperTokensError):
    """Base of the errors of this recipe; it raises none of its own."""
