# SPDX-License-Identifier: Apache-2.0
"""Tells users by mail what happened to their recovery codes: if it was not them, they must hear of it."""

import logging
from typing import Literal

from twofold.exceptions import GeneralError
from twofold.ingredients.emaildelivery import EmailDeliveryIngredient
from twofold.ingredients.exceptions import DeliveryError
from twofold.recipe.accountlinking.recipe import AccountLinkingRecipe
from twofold.recipe.notices.recipients import recipients_of
from twofold.types.base import UserContext

from .types import EmailTemplateVars, RecoveryCodesEmailTemplateVarsUser

logger = logging.getLogger("twofold.recipe.recoverycodes")


async def send(
    delivery: EmailDeliveryIngredient[EmailTemplateVars],
    event: Literal["CODE_USED", "CODES_RENEWED"],
    user_id: str,
    remaining: int,
    tenant_id: str,
    user_context: UserContext,
) -> None:
    """Send a mail to every address of the user.

    What happened is not undone when no mail can be sent; the operator learns of it from the log.
    """
    user = await AccountLinkingRecipe.get().functions.get_user(user_id, user_context)
    for email in recipients_of([] if user is None else user.login_methods).emails:
        message = EmailTemplateVars(event, RecoveryCodesEmailTemplateVarsUser(user_id, email), remaining, tenant_id)
        try:
            await delivery.ingredient_interface_impl.send_email(message, user_context)
        except (DeliveryError, GeneralError):
            logger.exception("a mail about recovery codes could not be sent")
