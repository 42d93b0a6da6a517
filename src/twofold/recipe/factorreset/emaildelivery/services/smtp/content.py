# SPDX-License-Identifier: Apache-2.0
"""Writes mails about resets of factors. The texts are in `templates/`."""

from datetime import UTC, datetime

from twofold import _state
from twofold.ingredients._templates import mail_content
from twofold.ingredients.emaildelivery.types import EmailContent
from twofold.languages import ENGLISH, translated
from twofold.recipe.factorreset.types import FactorResetEmailTemplateVars

_PACKAGE = "twofold.recipe.factorreset"


def get_factor_reset_email_content(email_input: FactorResetEmailTemplateVars, language: str = ENGLISH) -> EmailContent:
    """Return the mail, in HTML and plain text."""
    values = {
        "app_name": _state.current_app().app_info.app_name,
        "to_email": email_input.user.email,
        "reason": email_input.reason,
        "subject": translated("Your second factors are being reset", language),
    }
    if email_input.due_at is None:
        values["subject"] = translated("Your second factors were reset", language)
        return mail_content(_PACKAGE, "factors_reset", values, language)
    due = datetime.fromtimestamp(email_input.due_at / 1000, UTC).strftime("%Y-%m-%d %H:%M UTC")
    values |= {"due": due, "link": email_input.objection_link or ""}
    return mail_content(_PACKAGE, "reset_waits", values, language)
