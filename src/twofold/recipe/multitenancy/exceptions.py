# SPDX-License-Identifier: Apache-2.0
"""Errors of multitenancy."""

from twofold.exceptions import SuperTokensError


class MultitenancyError(SuperTokensError):
    """Base of the errors of this recipe; it raises none of its own."""
