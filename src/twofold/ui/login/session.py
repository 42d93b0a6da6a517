# SPDX-License-Identifier: Apache-2.0
"""The session itself: sign out, renew it without JavaScript, access denied."""

from twofold.framework.response import BaseResponse
from twofold.recipe.session.exceptions import UnauthorisedError
from twofold.ui.local_path import local_path
from twofold.ui.replies import FOUND, SAME_METHOD
from twofold.ui.visit import Visit


async def show_sign_out(visit: Visit) -> BaseResponse:
    """Ask whether to sign out: a link must not do it, or any page could by an image."""
    return visit.page("sign_out.html")


async def sign_out(visit: Visit) -> BaseResponse:
    """End the session, with all that is under way in it.

    An access token that is too old is renewed on the way (see `errors`): the session must end in the database, not
    only in this browser.
    """
    visit.ui.flow_cookie.forget(visit.response)
    await visit.call("POST", "/signout")
    return visit.redirect(visit.urls.sign_in, notice="signed_out")


async def refresh(visit: Visit) -> BaseResponse:
    """Renew the session and go back, by the same method: a form comes through here with what it holds."""
    back = local_path(visit.query("to")) or visit.ui.home_path
    if back.partition("?")[0] == visit.urls.refresh:
        raise UnauthorisedError("A refresh that leads to itself", clear_tokens=False)
    await visit.call("POST", "/session/refresh")
    is_form = visit.request.method().upper() == "POST"
    return visit.redirect(back, SAME_METHOD if is_form else FOUND)


async def show_denied(visit: Visit) -> BaseResponse:
    """Say that the account may not open the page."""
    return visit.page("denied.html", 403)
