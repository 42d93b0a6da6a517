# SPDX-License-Identifier: Apache-2.0
"""Sends recovery mails through a mail server."""

from twofold.ingredients.emaildelivery.services.smtp_service import BaseSMTPService
from twofold.recipe.webauthn.results import TypeWebauthnEmailDeliveryInput

from .service_implementation.base import ServiceImplementation


class SMTPService(BaseSMTPService[TypeWebauthnEmailDeliveryInput]):
    """Writes recovery mails and hands them to a mail server."""

    _writer = ServiceImplementation
