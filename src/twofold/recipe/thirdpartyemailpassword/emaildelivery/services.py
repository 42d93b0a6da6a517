# SPDX-License-Identifier: Apache-2.0
"""Old import path of the service for SMTP."""

from twofold.recipe.emailpassword.emaildelivery.services import SMTPService

__all__ = ["SMTPService"]
