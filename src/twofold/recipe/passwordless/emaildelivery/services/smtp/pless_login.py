# SPDX-License-Identifier: Apache-2.0
"""Writes mails with codes and links. The texts are in `templates/`."""

from twofold import _state
from twofold.ingredients._templates import mail_content, render
from twofold.ingredients.emaildelivery.types import EmailContent
from twofold.ingredients.humanised_time import humanise_ms
from twofold.languages import ENGLISH, translated
from twofold.recipe.passwordless.types import PasswordlessLoginEmailTemplateVars

_PACKAGE = "twofold.recipe.passwordless"


def pless_email_content(input_: PasswordlessLoginEmailTemplateVars, language: str = ENGLISH) -> EmailContent:
    """Return the mail, in HTML and plain text."""
    values = {
        "app_name": _state.current_app().app_info.app_name,
        "time": humanise_ms(input_.code_life_time, language),
        "to_email": input_.email,
        "link": input_.url_with_link_code,
        "code": input_.user_input_code,
        "subject": _subject(language),
    }
    return mail_content(_PACKAGE, "sign_in", values, language)


def get_pless_email_html(
    app_name: str,
    code_lifetime: str,
    email: str,
    url_with_link_code: str | None = None,
    user_input_code: str | None = None,
    *,
    language: str = ENGLISH,
) -> str:
    """Return the mail's HTML, with a code, a link, or both."""
    values = {
        "app_name": app_name,
        "time": code_lifetime,
        "to_email": email,
        "link": url_with_link_code,
        "code": user_input_code,
        "subject": _subject(language),
    }
    return render(_PACKAGE, "sign_in.html", values, language)


def _subject(language: str) -> str:
    return translated("Login to your account", language)
