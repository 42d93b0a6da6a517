# SPDX-License-Identifier: Apache-2.0
"""Writes verification mails. The texts are in `templates/`."""

from twofold import _state
from twofold.ingredients._templates import mail_content, render
from twofold.ingredients.emaildelivery.types import EmailContent
from twofold.languages import ENGLISH, translated
from twofold.recipe.emailverification.types import VerificationEmailTemplateVars

_PACKAGE = "twofold.recipe.emailverification"


def get_email_verify_email_content(email_input: VerificationEmailTemplateVars, language: str = ENGLISH) -> EmailContent:
    """Return the mail, in HTML and plain text."""
    app_name = _state.current_app().app_info.app_name
    values = _values(app_name, email_input.user.email, email_input.email_verify_link, language)
    return mail_content(_PACKAGE, "email_verify", values, language)


def get_email_verify_email_html(app_name: str, email: str, verification_link: str, *, language: str = ENGLISH) -> str:
    """Return the mail's HTML."""
    return render(_PACKAGE, "email_verify.html", _values(app_name, email, verification_link, language), language)


def _values(app_name: str, email: str, verification_link: str, language: str) -> dict[str, str]:
    subject = translated("Email verification instructions", language)
    return {"app_name": app_name, "to_email": email, "verification_link": verification_link, "subject": subject}
