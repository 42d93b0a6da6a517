# SPDX-License-Identifier: Apache-2.0
"""Writes notices, and hands them to a mail server, to Twilio or to the development inbox. See `templates/`."""

from datetime import UTC, datetime
from typing import Any

from twofold import _state
from twofold.ingredients._templates import mail_content, render
from twofold.ingredients.emaildelivery.services import smtp_service
from twofold.ingredients.emaildelivery.services.inbox_service import InboxEmailService
from twofold.ingredients.emaildelivery.types import EmailContent, EmailDeliveryInterface
from twofold.ingredients.smsdelivery.services import twilio_service
from twofold.ingredients.smsdelivery.services.inbox_service import InboxSMSService
from twofold.ingredients.smsdelivery.types import SMSContent, SMSDeliveryInterface
from twofold.languages import ENGLISH, language_of

from .sentences import what_happened
from .types import EmailTemplateVars, FactorChange, SMSTemplateVars

_PACKAGE = "twofold.recipe.notices"


def get_factor_change_email_content(email_input: EmailTemplateVars, language: str = ENGLISH) -> EmailContent:
    """Return the mail, in HTML and plain text."""
    values = _values(email_input.change, language)
    values |= {"to_email": email_input.to_email, "subject": values["what"]}
    return mail_content(_PACKAGE, "factor_changed", values, language)


def get_factor_change_sms_content(sms_input: SMSTemplateVars, language: str = ENGLISH) -> SMSContent:
    """Return the text message."""
    body = render(_PACKAGE, "factor_changed_sms.txt", _values(sms_input.change, language), language)
    return SMSContent(body.rstrip("\n"), sms_input.phone_number)


def _values(change: FactorChange, language: str) -> dict[str, str | None]:
    return {
        "app_name": _state.current_app().app_info.app_name,
        "what": what_happened(change, language),
        "is_change": "yes" if change.action == "changed" else None,
        "name": change.name,
        "time": datetime.fromtimestamp(change.changed_at / 1000, UTC).strftime("%Y-%m-%d %H:%M UTC"),
    }


class _MailWriter(smtp_service.BaseServiceImplementation[EmailTemplateVars]):
    """What `override` of `SMTPService` gets."""

    async def get_content(self, template_vars: EmailTemplateVars, user_context: dict[str, Any]) -> EmailContent:
        """Write a mail."""
        return get_factor_change_email_content(template_vars, language_of(user_context))


class SMTPService(smtp_service.BaseSMTPService[EmailTemplateVars]):
    """Writes mails about changes and hands them to a mail server."""

    _writer = _MailWriter


class _SMSWriter(twilio_service.BaseServiceImplementation[SMSTemplateVars]):
    """What `override` of `TwilioService` gets."""

    async def get_content(self, template_vars: SMSTemplateVars, user_context: dict[str, Any]) -> SMSContent:
        """Write a text message."""
        return get_factor_change_sms_content(template_vars, language_of(user_context))


class TwilioService(twilio_service.BaseTwilioService[SMSTemplateVars]):
    """Writes text messages about changes and hands them to Twilio."""

    _writer = _SMSWriter


def default_email_service() -> EmailDeliveryInterface[EmailTemplateVars]:
    """Return the sender of applications that configure none: the development inbox."""
    return InboxEmailService(get_factor_change_email_content)


def default_sms_service() -> SMSDeliveryInterface[SMSTemplateVars]:
    """Return the sender of applications that configure none: the development inbox."""
    return InboxSMSService(get_factor_change_sms_content)
