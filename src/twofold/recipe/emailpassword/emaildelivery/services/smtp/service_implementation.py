# SPDX-License-Identifier: Apache-2.0
"""How reset mails are written and sent."""

from typing import Any

from twofold.ingredients.emaildelivery.services.smtp_service import BaseServiceImplementation
from twofold.ingredients.emaildelivery.types import EmailContent
from twofold.languages import language_of
from twofold.recipe.emailpassword.types import EmailTemplateVars

from .password_reset import get_password_reset_email_content


class ServiceImplementation(BaseServiceImplementation[EmailTemplateVars]):
    """What `override` of `SMTPService` gets."""

    async def get_content(self, template_vars: EmailTemplateVars, user_context: dict[str, Any]) -> EmailContent:
        """Write a reset mail."""
        return get_password_reset_email_content(template_vars, language_of(user_context))
