# SPDX-License-Identifier: Apache-2.0
"""Senders of recovery mails."""

from twofold.ingredients.emaildelivery.services.inbox_service import InboxEmailService
from twofold.ingredients.emaildelivery.types import EmailDeliveryInterface
from twofold.recipe.webauthn.results import TypeWebauthnEmailDeliveryInput

from .smtp.base import SMTPService
from .smtp.recover_account import get_recover_account_email_content

__all__ = ["SMTPService", "default_service"]


def default_service() -> EmailDeliveryInterface[TypeWebauthnEmailDeliveryInput]:
    """Return the sender of applications that configure none: the development inbox."""
    return InboxEmailService(get_recover_account_email_content)
