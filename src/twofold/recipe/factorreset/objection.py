# SPDX-License-Identifier: Apache-2.0
"""The page on which a user objects to a reset: a button, so that programs that follow links in mails do nothing."""

from typing import Any

from twofold.framework.response import BaseResponse
from twofold.languages import language_of, translations
from twofold.types.base import UserContext

PATH = "/factor-reset/object"

_HEADERS = {
    "Content-Security-Policy": "default-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cache-Control": "no-store",
}


def page(response: BaseResponse, app_name: str, outcome: str, token: str, user_context: UserContext) -> BaseResponse:
    """Write the page: the question (`outcome` empty), or what became of the objection."""
    # Imported on first use: it takes long, every process starts, and few look at this page.
    from jinja2 import Environment, PackageLoader, StrictUndefined  # noqa: PLC0415  # see above

    language = language_of(user_context)
    environment: Any = Environment(  # the extension adds methods that its class does not name
        loader=PackageLoader("twofold.recipe.factorreset"),
        autoescape=True,
        undefined=StrictUndefined,
        extensions=["jinja2.ext.i18n"],
    )
    environment.install_gettext_translations(translations(language), newstyle=True)
    values = {"app_name": app_name, "outcome": outcome, "token": token, "language": language}
    for name, value in _HEADERS.items():
        response.set_header(name, value)
    response.set_status_code(400 if outcome == "INVALID_TOKEN_ERROR" else 200)
    response.set_html_content(environment.get_template("objection.html").render(values))
    return response


def is_token(text: str) -> bool:
    """Whether a text has the form of a token to object with: letters and digits."""
    return text.isascii() and text.isalnum()
