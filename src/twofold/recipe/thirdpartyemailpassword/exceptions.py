# SPDX-License-Identifier: Apache-2.0
"""Errors of the combined recipe."""

from twofold.exceptions import SuperTokensError


class SupertokensThirdPartyEmailPasswordError(SuperTokensError):
    """Base of the errors of this recipe; it raises none of its own."""
