# SPDX-License-Identifier: Apache-2.0
"""Errors of the OpenID recipe."""

from twofold.exceptions import SuperTokensError


class SuperTokensOpenIdError(SuperTokensError):
    """Base of the errors of this recipe; it raises none of its own."""
