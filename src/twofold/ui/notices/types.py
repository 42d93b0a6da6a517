# SPDX-License-Identifier: Apache-2.0
"""What the mails are made of."""

from dataclasses import dataclass
from typing import Literal

from twofold.ingredients.emaildelivery.types import SMTPServiceInterface


@dataclass
class ContactChangedEmailTemplateVars:
    """An email address or a phone number of an account was changed.

    Attributes:
        to_email: whom to tell: the address that was changed, or one that is still the account's.
        user_id: whose account it is.
        contact: which of the two was changed.
        new_contact: what it is now, without its middle: the old mailbox may be somebody else's by now.
        tenant_id: of the session in which it was changed.
    """

    to_email: str
    user_id: str
    contact: Literal["email", "phone"]
    new_contact: str
    tenant_id: str


EmailTemplateVars = ContactChangedEmailTemplateVars
SMTPOverrideInput = SMTPServiceInterface[EmailTemplateVars]
