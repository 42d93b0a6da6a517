# SPDX-License-Identifier: Apache-2.0
"""Tells users by mail that an operator resets their factors: if they did not ask for it, they must hear of it."""

import logging

from twofold.exceptions import GeneralError
from twofold.ingredients.exceptions import DeliveryError
from twofold.recipe.accountlinking.recipe import AccountLinkingRecipe
from twofold.recipe.notices.recipients import recipients_of
from twofold.types.base import UserContext

from .recipe import FactorResetRecipe
from .types import EmailTemplateVars, FactorResetEmailTemplateVarsUser

logger = logging.getLogger("twofold.recipe.factorreset")


async def addresses_of(user_id: str, user_context: UserContext) -> list[str]:
    """Return every address of a user."""
    user = await AccountLinkingRecipe.get().functions.get_user(user_id, user_context)
    return recipients_of([] if user is None else user.login_methods).emails


async def send(
    user_id: str,
    addresses: list[str],
    factors: list[str],
    reason: str,
    tenant_id: str,
    due_at: int | None,
    objection_token: str | None,
    user_context: UserContext,
) -> int:
    """Tell a user at all addresses; return how many mails were sent.

    What happened is not undone when no mail can be sent; the operator learns of it from the log.
    """
    recipe, sent = FactorResetRecipe.get(), 0
    link = None if objection_token is None else recipe.objection_link(objection_token)
    for email in addresses:
        user = FactorResetEmailTemplateVarsUser(user_id, email)
        message = EmailTemplateVars(user, factors, reason, tenant_id, due_at, link)
        try:
            await recipe.email_delivery.ingredient_interface_impl.send_email(message, user_context)
            sent += 1
        except (DeliveryError, GeneralError):
            logger.exception("a mail about a reset of factors could not be sent")
    return sent
