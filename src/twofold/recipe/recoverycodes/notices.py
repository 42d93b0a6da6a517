# SPDX-License-Identifier: Apache-2.0
"""Tells users by mail what happened to their recovery codes: if it was not them, they must hear of it."""

import logging
from typing import Literal

from twofold.exceptions import GeneralError
from twofold.ingredients.emaildelivery import EmailDeliveryIngredient
from twofold.ingredients.exceptions import DeliveryError
from twofold.recipe._sign_in import is_fake_email
from twofold.recipe.accountlinking.recipe import AccountLinkingRecipe
from twofold.types.base import User, UserContext

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
    """Send a mail to the user's address, where there is one.

    What happened is not undone when no mail can be sent; the operator learns of it from the log.
    """
    user = await AccountLinkingRecipe.get().functions.get_user(user_id, user_context)
    email = None if user is None else _address(user)
    if email is None:
        return
    message = EmailTemplateVars(event, RecoveryCodesEmailTemplateVarsUser(user_id, email), remaining, tenant_id)
    try:
        await delivery.ingredient_interface_impl.send_email(message, user_context)
    except (DeliveryError, GeneralError):
        logger.exception("a mail about recovery codes could not be sent")


def _address(user: User) -> str | None:
    """The oldest verified address, else the oldest of all."""
    methods = sorted(user.login_methods, key=lambda method: (not method.verified, method.time_joined))
    emails = [method.email for method in methods if method.email is not None and not is_fake_email(method.email)]
    return emails[0] if emails else None
