# SPDX-License-Identifier: Apache-2.0
"""The page on which a user objects to a reset: a button, so that programs that follow links in mails do nothing."""

from twofold.framework.response import BaseResponse
from twofold.ingredients._templates import render
from twofold.languages import language_of
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
    values = {"app_name": app_name, "outcome": outcome, "token": token}
    for name, value in _HEADERS.items():
        response.set_header(name, value)
    response.set_status_code(400 if outcome == "INVALID_TOKEN_ERROR" else 200)
    response.set_html_content(render("twofold.recipe.factorreset", "objection.html", values, language_of(user_context)))
    return response


def is_token(text: str) -> bool:
    """Whether a text has the form of a token to object with: letters and digits."""
    return text.isascii() and text.isalnum()
