# SPDX-License-Identifier: Apache-2.0
"""Sends reset mails through a mail server."""

from twofold.ingredients.emaildelivery.services.smtp_service import BaseSMTPService
from twofold.recipe.emailpassword.types import EmailTemplateVars

from .service_implementation import ServiceImplementation

__all__ = ["SMTPService"]


class SMTPService(BaseSMTPService[EmailTemplateVars]):
    """Writes reset mails and hands them to a mail server."""

    _writer = ServiceImplementation
