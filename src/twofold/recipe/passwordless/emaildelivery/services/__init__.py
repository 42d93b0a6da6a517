# SPDX-License-Identifier: Apache-2.0
"""Senders of mails with codes and links."""

from twofold.ingredients.emaildelivery.services.inbox_service import InboxEmailService
from twofold.ingredients.emaildelivery.types import EmailDeliveryInterface
from twofold.recipe.passwordless.types import EmailTemplateVars

from .smtp import SMTPService
from .smtp.pless_login import pless_email_content

__all__ = ["SMTPService", "default_service"]


def default_service() -> EmailDeliveryInterface[EmailTemplateVars]:
    """Return the sender of applications that configure none: the development inbox."""
    return InboxEmailService(pless_email_content)
