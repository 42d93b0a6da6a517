# SPDX-License-Identifier: Apache-2.0
"""Writes verification mails. The texts are in `templates/`."""

from twofold import _state
from twofold.ingredients._templates import render
from twofold.ingredients.emaildelivery.types import EmailContent
from twofold.recipe.emailverification.types import VerificationEmailTemplateVars

SUBJECT = "Email verification instructions"
_PACKAGE = "twofold.recipe.emailverification"


def get_email_verify_email_content(email_input: VerificationEmailTemplateVars) -> EmailContent:
    """Return the mail, in HTML and plain text."""
    app_name, email = _state.current_app().app_info.app_name, email_input.user.email
    link = email_input.email_verify_link
    content = EmailContent(get_email_verify_email_html(app_name, email, link), SUBJECT, email, is_html=True)
    content.text = render(_PACKAGE, "email_verify.txt", _values(app_name, email, link))
    return content


def get_email_verify_email_html(app_name: str, email: str, verification_link: str) -> str:
    """Return the mail's HTML."""
    return render(_PACKAGE, "email_verify.html", _values(app_name, email, verification_link))


def _values(app_name: str, email: str, verification_link: str) -> dict[str, str]:
    return {"app_name": app_name, "to_email": email, "verification_link": verification_link}
