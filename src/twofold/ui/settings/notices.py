# SPDX-License-Identifier: Apache-2.0
"""Tells whoever reads the old address that it is no longer the account's: if it was not them, they must hear of it."""

import logging

from twofold.exceptions import GeneralError
from twofold.ingredients.exceptions import DeliveryError
from twofold.recipe._sign_in import is_fake_email
from twofold.recipe.session.interfaces import SessionContainer
from twofold.types.base import User
from twofold.ui.login.masking import masked_contact
from twofold.ui.login.methods import Channel
from twofold.ui.notices import EmailTemplateVars
from twofold.ui.visit import Visit

_logger = logging.getLogger("twofold.ui")


async def tell_of_change(
    visit: Visit, session: SessionContainer, before: User, channel: Channel, old: str, new: str
) -> None:
    """Send mails about a changed address or number: to the old address; for a number, to all that the user has.

    What happened is not undone when no mail can be sent; the operator learns of it from the log.
    """
    addresses = [old] if channel == "email" else before.emails
    for email in addresses:
        if is_fake_email(email):
            continue
        message = EmailTemplateVars(email, before.id, channel, masked_contact(new), session.get_tenant_id())
        try:
            await visit.ui.email_delivery.ingredient_interface_impl.send_email(message, visit.user_context)
        except (DeliveryError, GeneralError):
            _logger.exception("a mail about a changed contact could not be sent")
