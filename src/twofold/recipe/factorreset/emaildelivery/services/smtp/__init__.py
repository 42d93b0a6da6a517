# SPDX-License-Identifier: Apache-2.0
"""Sends mails about resets of factors through a mail server."""

from twofold.ingredients.emaildelivery.services.smtp_service import BaseSMTPService
from twofold.recipe.factorreset.types import EmailTemplateVars

from .service_implementation import ServiceImplementation

__all__ = ["SMTPService"]


class SMTPService(BaseSMTPService[EmailTemplateVars]):
    """Writes mails about resets of factors and hands them to a mail server."""

    _writer = ServiceImplementation
