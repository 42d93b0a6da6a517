# SPDX-License-Identifier: Apache-2.0
"""Writes mails with codes and links. The texts are in `templates/`."""

from twofold import _state
from twofold.ingredients._templates import render
from twofold.ingredients.emaildelivery.types import EmailContent
from twofold.ingredients.humanised_time import humanise_ms
from twofold.recipe.passwordless.types import PasswordlessLoginEmailTemplateVars

SUBJECT = "Login to your account"
_PACKAGE = "twofold.recipe.passwordless"


def pless_email_content(input_: PasswordlessLoginEmailTemplateVars) -> EmailContent:
    """Return the mail, in HTML and plain text."""
    app_name, lifetime = _state.current_app().app_info.app_name, humanise_ms(input_.code_life_time)
    link, code = input_.url_with_link_code, input_.user_input_code
    html = get_pless_email_html(app_name, lifetime, input_.email, link, code)
    content = EmailContent(html, SUBJECT, input_.email, is_html=True)
    content.text = render(_PACKAGE, "sign_in.txt", _values(app_name, lifetime, input_.email, link, code))
    return content


def get_pless_email_html(
    app_name: str,
    code_lifetime: str,
    email: str,
    url_with_link_code: str | None = None,
    user_input_code: str | None = None,
) -> str:
    """Return the mail's HTML, with a code, a link, or both."""
    values = _values(app_name, code_lifetime, email, url_with_link_code, user_input_code)
    return render(_PACKAGE, "sign_in.html", values)


def _values(app_name: str, lifetime: str, email: str, link: str | None, code: str | None) -> dict[str, str | None]:
    return {"app_name": app_name, "time": lifetime, "to_email": email, "link": link, "code": code}
