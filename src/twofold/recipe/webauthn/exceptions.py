# SPDX-License-Identifier: Apache-2.0
"""Errors of the passkey recipe."""

from twofold.exceptions import SuperTokensError


class WebauthnError(SuperTokensError):
    """Base of the errors of this recipe."""
