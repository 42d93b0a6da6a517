# SPDX-License-Identifier: Apache-2.0
"""What notices do; every function may be overridden."""

import logging
from collections.abc import Coroutine
from typing import Any

from twofold.ingredients.emaildelivery import EmailDeliveryIngredient
from twofold.ingredients.smsdelivery import SMSDeliveryIngredient
from twofold.types.base import User, UserContext
from twofold.types.recipe import BaseRecipeInterface

from .types import EmailTemplateVars, FactorChange, Recipients, SMSTemplateVars

_logger = logging.getLogger("twofold.notices")


class Functions(BaseRecipeInterface):
    """How users are told."""

    def __init__(
        self, email: EmailDeliveryIngredient[EmailTemplateVars], sms: SMSDeliveryIngredient[SMSTemplateVars]
    ) -> None:
        self._email = email
        self._sms = sms

    async def tell_of_factor_change(
        self, user: User, recipients: Recipients, change: FactorChange, user_context: UserContext
    ) -> None:
        """Send a mail, or a text message, about a change that has happened to each of the recipients.

        It runs after the answer. What cannot be sent to one is logged, and sent to the others.
        """
        tenant_id = user.tenant_ids[0] if user.tenant_ids else "public"
        for email in recipients.emails:
            mail = EmailTemplateVars(email, user.id, change, tenant_id)
            await _logged(self._email.ingredient_interface_impl.send_email(mail, user_context))
        for number in recipients.phone_numbers:
            message = SMSTemplateVars(number, user.id, change, tenant_id)
            await _logged(self._sms.ingredient_interface_impl.send_sms(message, user_context))


async def _logged(sending: Coroutine[Any, Any, None]) -> None:
    try:
        await sending
    except Exception:
        _logger.exception("a notice about a changed factor could not be sent")
