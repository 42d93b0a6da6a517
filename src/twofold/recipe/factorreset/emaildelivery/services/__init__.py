# SPDX-License-Identifier: Apache-2.0
"""Senders of mails about resets of factors."""

from twofold.ingredients.emaildelivery.services.inbox_service import InboxEmailService
from twofold.ingredients.emaildelivery.types import EmailDeliveryInterface
from twofold.recipe.factorreset.types import EmailTemplateVars

from .smtp import SMTPService
from .smtp.content import get_factor_reset_email_content

__all__ = ["SMTPService", "default_service"]


def default_service() -> EmailDeliveryInterface[EmailTemplateVars]:
    """Return the sender of applications that configure none: the development inbox."""
    return InboxEmailService(get_factor_reset_email_content)
