# SPDX-License-Identifier: Apache-2.0
"""Writes text messages with codes and links. The text is in `templates/`."""

from twofold import _state
from twofold.ingredients._templates import render
from twofold.ingredients.humanised_time import humanise_ms
from twofold.ingredients.smsdelivery.types import SMSContent
from twofold.languages import ENGLISH
from twofold.recipe.passwordless.types import PasswordlessLoginSMSTemplateVars

_PACKAGE = "twofold.recipe.passwordless"


def pless_sms_content(input_: PasswordlessLoginSMSTemplateVars, language: str = ENGLISH) -> SMSContent:
    """Return the message."""
    app_name, lifetime = _state.current_app().app_info.app_name, humanise_ms(input_.code_life_time, language)
    body = get_pless_sms_body(app_name, lifetime, input_.url_with_link_code, input_.user_input_code, language=language)
    return SMSContent(body, input_.phone_number)


def get_pless_sms_body(
    app_name: str,
    code_lifetime: str,
    url_with_link_code: str | None = None,
    user_input_code: str | None = None,
    *,
    language: str = ENGLISH,
) -> str:
    """Return the message's text, with a code, a link, or both."""
    values = {"app_name": app_name, "time": code_lifetime, "link": url_with_link_code, "code": user_input_code}
    return render(_PACKAGE, "sign_in_sms.txt", values, language).rstrip("\n")
