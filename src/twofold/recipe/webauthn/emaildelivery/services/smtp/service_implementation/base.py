# SPDX-License-Identifier: Apache-2.0
"""How recovery mails are written and sent."""

from typing import Any

from twofold.ingredients.emaildelivery.services.smtp_service import BaseServiceImplementation
from twofold.ingredients.emaildelivery.types import EmailContent
from twofold.languages import language_of
from twofold.recipe.webauthn.emaildelivery.services.smtp.recover_account import get_recover_account_email_content
from twofold.recipe.webauthn.results import TypeWebauthnEmailDeliveryInput


class ServiceImplementation(BaseServiceImplementation[TypeWebauthnEmailDeliveryInput]):
    """What `override` of `SMTPService` gets."""

    async def get_content(
        self, template_vars: TypeWebauthnEmailDeliveryInput, user_context: dict[str, Any]
    ) -> EmailContent:
        """Write a recovery mail."""
        return get_recover_account_email_content(template_vars, language_of(user_context))
