# SPDX-License-Identifier: Apache-2.0
"""Sends recovery mails through a mail server."""

from collections.abc import Callable

from twofold.ingredients.emaildelivery.services.smtp_service import BaseSMTPService
from twofold.ingredients.emaildelivery.types import SMTPServiceInterface, SMTPSettings
from twofold.recipe.webauthn.results import TypeWebauthnEmailDeliveryInput

from .service_implementation.base import ServiceImplementation

_Service = SMTPServiceInterface[TypeWebauthnEmailDeliveryInput]


class SMTPService(BaseSMTPService[TypeWebauthnEmailDeliveryInput]):
    """Writes recovery mails and hands them to a mail server.

    Args:
        smtp_settings: The mail server.
        override: Gets what writes and sends, returns what to use instead.
    """

    def __init__(self, smtp_settings: SMTPSettings, override: Callable[[_Service], _Service] | None = None) -> None:
        super().__init__(smtp_settings, override, ServiceImplementation)
