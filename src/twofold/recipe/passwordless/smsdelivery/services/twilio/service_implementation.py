# SPDX-License-Identifier: Apache-2.0
"""How text messages with codes and links are written and sent."""

from typing import Any

from twofold.ingredients.smsdelivery.services.twilio_service import BaseServiceImplementation
from twofold.ingredients.smsdelivery.types import SMSContent
from twofold.languages import language_of
from twofold.recipe.passwordless.types import SMSTemplateVars

from .passwordless_login import pless_sms_content


class ServiceImplementation(BaseServiceImplementation[SMSTemplateVars]):
    """What `override` of `TwilioService` gets."""

    async def get_content(self, template_vars: SMSTemplateVars, user_context: dict[str, Any]) -> SMSContent:
        """Write a message."""
        return pless_sms_content(template_vars, language_of(user_context))
