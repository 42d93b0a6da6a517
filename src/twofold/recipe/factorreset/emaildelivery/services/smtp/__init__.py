# SPDX-License-Identifier: Apache-2.0
"""Sends mails about resets of factors through a mail server."""

from collections.abc import Callable

from twofold.ingredients.emaildelivery.services.smtp_service import BaseSMTPService
from twofold.ingredients.emaildelivery.types import SMTPSettings
from twofold.recipe.factorreset.types import EmailTemplateVars, SMTPOverrideInput

from .service_implementation import ServiceImplementation

__all__ = ["SMTPService"]


class SMTPService(BaseSMTPService[EmailTemplateVars]):
    """Writes mails about resets of factors and hands them to a mail server.

    Args:
        smtp_settings: The mail server.
        override: Gets what writes and sends, returns what to use instead.
    """

    def __init__(
        self, smtp_settings: SMTPSettings, override: Callable[[SMTPOverrideInput], SMTPOverrideInput] | None = None
    ) -> None:
        super().__init__(smtp_settings, override, ServiceImplementation)
