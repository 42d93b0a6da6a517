# SPDX-License-Identifier: Apache-2.0
"""Senders of mails about recovery codes."""

from twofold.ingredients.emaildelivery.services.inbox_service import InboxEmailService
from twofold.ingredients.emaildelivery.types import EmailDeliveryInterface
from twofold.recipe.recoverycodes.types import EmailTemplateVars

from .smtp import SMTPService
from .smtp.content import get_recovery_codes_email_content

__all__ = ["SMTPService", "default_service"]


def default_service() -> EmailDeliveryInterface[EmailTemplateVars]:
    """Return the sender of applications that configure none: the development inbox."""
    return InboxEmailService(get_recovery_codes_email_content)
