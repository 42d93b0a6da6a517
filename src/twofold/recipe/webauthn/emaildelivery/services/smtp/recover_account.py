# SPDX-License-Identifier: Apache-2.0
"""Writes recovery mails. The texts are in `templates/`."""

from twofold import _state
from twofold.ingredients._templates import mail_content, render
from twofold.ingredients.emaildelivery.types import EmailContent
from twofold.languages import ENGLISH, translated
from twofold.recipe.webauthn.results import TypeWebauthnRecoverAccountEmailDeliveryInput

_PACKAGE = "twofold.recipe.webauthn"


def get_recover_account_email_content(
    email_input: TypeWebauthnRecoverAccountEmailDeliveryInput, language: str = ENGLISH
) -> EmailContent:
    """Return the mail, in HTML and plain text."""
    app_name = _state.current_app().app_info.app_name
    values = _values(app_name, email_input.user.email, email_input.recover_account_link, language)
    return mail_content(_PACKAGE, "recover_account", values, language)


def get_recover_account_email_html(app_name: str, email: str, reset_link: str, *, language: str = ENGLISH) -> str:
    """Return the mail's HTML."""
    return render(_PACKAGE, "recover_account.html", _values(app_name, email, reset_link, language), language)


def _values(app_name: str, email: str, reset_link: str, language: str) -> dict[str, str]:
    subject = translated("Account recovery instructions", language)
    return {"app_name": app_name, "to_email": email, "reset_link": reset_link, "subject": subject}
