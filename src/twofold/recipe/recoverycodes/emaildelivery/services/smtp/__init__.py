# SPDX-License-Identifier: Apache-2.0
"""Sends mails about recovery codes through a mail server."""

from twofold.ingredients.emaildelivery.services.smtp_service import BaseSMTPService
from twofold.recipe.recoverycodes.types import EmailTemplateVars

from .service_implementation import ServiceImplementation

__all__ = ["SMTPService"]


class SMTPService(BaseSMTPService[EmailTemplateVars]):
    """Writes mails about recovery codes and hands them to a mail server."""

    _writer = ServiceImplementation
