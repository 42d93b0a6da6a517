# SPDX-License-Identifier: Apache-2.0
"""Writes reset mails. The texts are in `templates/`."""

from twofold import _state
from twofold.ingredients._templates import render
from twofold.ingredients.emaildelivery.types import EmailContent
from twofold.recipe.emailpassword.types import PasswordResetEmailTemplateVars

SUBJECT = "Password reset instructions"
_PACKAGE = "twofold.recipe.emailpassword"


def get_password_reset_email_content(email_input: PasswordResetEmailTemplateVars) -> EmailContent:
    """Return the mail, in HTML and plain text."""
    app_name, email, link = (
        _state.current_app().app_info.app_name,
        email_input.user.email,
        email_input.password_reset_link,
    )
    content = EmailContent(get_password_reset_email_html(app_name, email, link), SUBJECT, email, is_html=True)
    content.text = render(_PACKAGE, "password_reset.txt", _values(app_name, email, link))
    return content


def get_password_reset_email_html(app_name: str, email: str, reset_link: str) -> str:
    """Return the mail's HTML."""
    return render(_PACKAGE, "password_reset.html", _values(app_name, email, reset_link))


def _values(app_name: str, email: str, reset_link: str) -> dict[str, str]:
    return {"app_name": app_name, "to_email": email, "reset_link": reset_link}
