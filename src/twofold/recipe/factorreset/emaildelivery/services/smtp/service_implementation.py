# SPDX-License-Identifier: Apache-2.0
"""How mails about resets of factors are written and sent."""

from typing import Any

from twofold.ingredients.emaildelivery.services.smtp_service import BaseServiceImplementation
from twofold.ingredients.emaildelivery.types import EmailContent
from twofold.languages import language_of
from twofold.recipe.factorreset.types import EmailTemplateVars

from .content import get_factor_reset_email_content


class ServiceImplementation(BaseServiceImplementation[EmailTemplateVars]):
    """What `override` of `SMTPService` gets."""

    async def get_content(self, template_vars: EmailTemplateVars, user_context: dict[str, Any]) -> EmailContent:
        """Write a mail about resets of factors."""
        return get_factor_reset_email_content(template_vars, language_of(user_context))
