# SPDX-License-Identifier: Apache-2.0
"""Errors of sending."""

from twofold.exceptions import SuperTokensError


class DeliveryError(SuperTokensError):
    """A message could not be handed over. The text names the service and its answer, never the message."""
