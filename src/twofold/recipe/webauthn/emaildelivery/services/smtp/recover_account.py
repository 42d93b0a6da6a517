# SPDX-License-Identifier: Apache-2.0
"""Writes recovery mails. The texts are in `templates/`."""

from twofold import _state
from twofold.ingredients._templates import render
from twofold.ingredients.emaildelivery.types import EmailContent
from twofold.recipe.webauthn.results import TypeWebauthnRecoverAccountEmailDeliveryInput

SUBJECT = "Account recovery instructions"
_PACKAGE = "twofold.recipe.webauthn"


def get_recover_account_email_content(email_input: TypeWebauthnRecoverAccountEmailDeliveryInput) -> EmailContent:
    """Return the mail, in HTML and plain text."""
    app_name, email = _state.current_app().app_info.app_name, email_input.user.email
    link = email_input.recover_account_link
    content = EmailContent(get_recover_account_email_html(app_name, email, link), SUBJECT, email, is_html=True)
    content.text = render(_PACKAGE, "recover_account.txt", _values(app_name, email, link))
    return content


def get_recover_account_email_html(app_name: str, email: str, reset_link: str) -> str:
    """Return the mail's HTML."""
    return render(_PACKAGE, "recover_account.html", _values(app_name, email, reset_link))


def _values(app_name: str, email: str, reset_link: str) -> dict[str, str]:
    return {"app_name": app_name, "to_email": email, "reset_link": reset_link}
