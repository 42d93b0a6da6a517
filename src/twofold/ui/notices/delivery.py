# SPDX-License-Identifier: Apache-2.0
"""Writes the mails, and hands them to a mail server or to the development inbox. The texts are in `templates/`."""

from typing import Any

from twofold import _state
from twofold.ingredients._templates import mail_content
from twofold.ingredients.emaildelivery.services.inbox_service import InboxEmailService
from twofold.ingredients.emaildelivery.services.smtp_service import BaseServiceImplementation, BaseSMTPService
from twofold.ingredients.emaildelivery.types import EmailContent, EmailDeliveryInterface
from twofold.languages import ENGLISH, language_of, translated
from twofold.ui.notices.types import EmailTemplateVars

_PACKAGE = "twofold.ui.notices"


def get_contact_changed_email_content(email_input: EmailTemplateVars, language: str = ENGLISH) -> EmailContent:
    """Return the mail, in HTML and plain text."""
    values = {
        "app_name": _state.current_app().app_info.app_name,
        "to_email": email_input.to_email,
        "contact": email_input.contact,
        "new_contact": email_input.new_contact,
        "subject": translated("Your email address was changed", language)
        if email_input.contact == "email"
        else translated("Your phone number was changed", language),
    }
    return mail_content(_PACKAGE, "contact_changed", values, language)


class _ServiceImplementation(BaseServiceImplementation[EmailTemplateVars]):
    """What `override` of `SMTPService` gets."""

    async def get_content(self, template_vars: EmailTemplateVars, user_context: dict[str, Any]) -> EmailContent:
        """Write a mail about a change."""
        return get_contact_changed_email_content(template_vars, language_of(user_context))


class SMTPService(BaseSMTPService[EmailTemplateVars]):
    """Writes mails about changes and hands them to a mail server."""

    _writer = _ServiceImplementation


def default_service() -> EmailDeliveryInterface[EmailTemplateVars]:
    """Return the sender of applications that configure none: the development inbox."""
    return InboxEmailService(get_contact_changed_email_content)
