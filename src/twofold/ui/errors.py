# SPDX-License-Identifier: Apache-2.0
"""What a person sees instead of a JSON error: another page.

Only where a browser shows the answer to a person. Scripts, SDKs and `curl` keep the JSON and its status.

| the session…            | a page opens             | a form is sent                                   |
| ----------------------- | ------------------------ | ------------------------------------------------ |
| does not exist          | sign in, then back       | sign in, then home                               |
| needs a refresh         | refresh, then back       | refresh, then the form again, with what it holds |
| lacks a second factor   | that factor, then back   | that factor, then home                           |
| needs a fresh factor    | the same                 | the same; a form of the settings: then its page  |
| lacks a verified address | confirm it, then back   | confirm it, then home                            |
| lacks something else    | access denied (403)      | access denied (403)                              |
"""

import re
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from twofold.exceptions import BadInputError, BodyTooLargeError
from twofold.framework.request import BaseRequest
from twofold.framework.response import BaseResponse
from twofold.recipe.session.exceptions import (
    ClearDuplicateSessionCookiesError,
    InvalidClaimsError,
    TokenTheftError,
    TryRefreshTokenError,
    UnauthorisedError,
)
from twofold.ui.in_process_client import offers_api
from twofold.ui.local_path import local_path
from twofold.ui.replies import FOUND, SAME_METHOD, SEE_OTHER, send_page, send_redirect
from twofold.ui.templates import with_to
from twofold.ui.urls import Urls

if TYPE_CHECKING:
    from twofold.ui.recipe import UIRecipe

_SENT_BY_SCRIPTS = ("rid", "st-auth-mode", "fdi-version", "x-requested-with", "authorization")
_MFA_CLAIM = "st-mfa"
_EMAIL_CLAIM = "st-ev"
_SUBJECTS = ("channel", "of")  # which contact a page of the settings adds or changes
_SUBJECT = re.compile(r"[\w-]{1,128}", re.ASCII)
_SEND_VERIFICATION = "/user/email/verify/token"


def is_navigation(request: BaseRequest) -> bool:
    """Tell whether a browser will show the answer to a person: a link was followed or a form was sent."""
    if request.method().upper() not in ("GET", "HEAD", "POST") or "text/html" not in (
        request.get_header("accept") or ""
    ):
        return False
    if request.get_header("sec-fetch-mode") not in (None, "navigate"):
        return False
    return not any(request.get_header(name) is not None for name in _SENT_BY_SCRIPTS)


def show_error(ui: "UIRecipe", request: BaseRequest, error: Exception, response: BaseResponse, language: str) -> None:
    """Fill the response to an error with a redirect or a page, if it is one that people should see."""
    here = _path_with_query(request)
    is_form = request.method().upper() == "POST"
    seen = SEE_OTHER if is_form else FOUND
    back = _wanted_page(ui, request, here, is_form)
    if back == ui.home_path:
        back = None  # one goes there anyhow
    urls = ui.urls_for(request)
    match error:
        case TryRefreshTokenError():
            send_redirect(response, with_to(ui.urls.refresh, here), SAME_METHOD if is_form else FOUND)
        case TokenTheftError():
            send_redirect(response, _sign_in(urls, back, "stolen"), seen)
        case UnauthorisedError():
            send_redirect(response, _sign_in(urls, back, _notice(ui, request, error, back)), seen)
        case InvalidClaimsError() if any(item.id_ == _MFA_CLAIM for item in error.payload):
            send_redirect(response, with_to(with_to(urls.factor, _asked_factors(error), "factors"), back), seen)
        case InvalidClaimsError() if _needs_verified_email(error) and offers_api("POST", _SEND_VERIFICATION):
            send_redirect(response, with_to(urls.verify_email, back), seen)
        case InvalidClaimsError():
            send_page(response, 403, ui.templates.render("denied.html", {"urls": urls}, language), language)
        case ClearDuplicateSessionCookiesError() if here is not None:
            send_redirect(response, here, SAME_METHOD if is_form else FOUND)
        case BadInputError() if ui.owns(request):
            show_status(ui, response, 413 if isinstance(error, BodyTooLargeError) else 400, language)
        case _:
            pass


def show_status(ui: "UIRecipe", response: BaseResponse, status: int, language: str) -> BaseResponse:
    """Answer with the page of an error status."""
    values = {
        "heading": ui.messages.text(f"error.{status}.title", language),
        "text": ui.messages.text(f"error.{status}.text", language),
        "action": {"href": ui.home_path, "label": ui.messages.text("error.home", language)},
    }
    return send_page(response, status, ui.templates.render("message.html", values, language), language)


def _path_with_query(request: BaseRequest) -> str | None:
    try:
        url = urlsplit(request.get_original_url())
    except ValueError:  # a `Host` that is no host
        return None
    return local_path(f"{url.path}?{url.query}" if url.query else url.path)


def _wanted_page(ui: "UIRecipe", request: BaseRequest, here: str | None, is_form: bool) -> str | None:
    """Return the page that the person wants to see: this one, or the one that our own page was to lead to."""
    if not ui.owns(request):
        # A form's address need not be a page: one goes there afterwards only if it was opened.
        return None if is_form else here
    path = ui.path_of(request)
    if ui.is_destination(path):
        page = ui.urls_for(request).settings_page(path) if is_form else None
        return page or (here and _with_what_it_knows(request, here.partition("?")[0]))
    to = local_path(request.get_query_param("to"))
    return to if to is not None and ui.is_destination(to.partition("?")[0]) else None


def _with_what_it_knows(request: BaseRequest, page: str) -> str:
    """Return the address of our own page with what it is about and leads to: the rest of a query may be anybody's."""
    for name in _SUBJECTS:
        if _SUBJECT.fullmatch(request.get_query_param(name) or ""):
            page = with_to(page, request.get_query_param(name), name)
    return with_to(page, local_path(request.get_query_param("to")))


def _asked_factors(error: InvalidClaimsError) -> str | None:
    """Return which factors would do for this page alone, as validators of the claim say it; None: for all pages."""
    reasons = (item.reason for item in error.payload if item.id_ == _MFA_CLAIM)
    reason = next((reason for reason in reasons if isinstance(reason, dict)), {})
    one = reason.get("factor_id")
    asked = reason.get("factors") or reason.get("one_of") or reason.get("all_of_in_any_order") or [one]
    return ",".join(factor for factor in asked if isinstance(factor, str)) or None


def _needs_verified_email(error: InvalidClaimsError) -> bool:
    return any(item.id_ == _EMAIL_CLAIM for item in error.payload)


def _sign_in(urls: Urls, to: str | None, notice: str | None) -> str:
    return with_to(with_to(urls.sign_in, to), notice, "notice")


def _notice(ui: "UIRecipe", request: BaseRequest, error: UnauthorisedError, back: str | None) -> str | None:
    path = ui.path_of(request)
    if path == ui.urls.sign_out:
        return "signed_out"
    if path == ui.urls.refresh or error.clear_tokens:
        return "session_ended"
    is_first_visit = back is None and request.method().upper() != "POST"
    return None if is_first_visit or ui.owns(request) else "needed"
