# SPDX-License-Identifier: Apache-2.0
"""The page that a sign-in link opens.

The link's secret is behind the `#`, which a browser does not send; the page's script puts it into a form. In the
browser that asked for the link the form is sent at once. In any other a person must press the button: scanners of
mail open links too, and a link that somebody else asked for must not sign a victim in unseen.
"""

from twofold.framework.response import BaseResponse
from twofold.ui.login.steps import after_a_factor
from twofold.ui.visit import Visit, reason_of


async def show_link(visit: Visit) -> BaseResponse:
    """Show the form that the script fills."""
    pre_auth_session_id = visit.query("preAuthSessionId") or ""
    return visit.page(
        "link.html",
        pre_auth_session_id=pre_auth_session_id,
        tenant_id=visit.query("tenantId") or "",
        same_browser=_asked_for_here(visit, pre_auth_session_id),
    )


async def open_link(visit: Visit) -> BaseResponse:
    """Sign in with the link."""
    form = await visit.form()
    pre_auth_session_id = form.get("pre_auth_session_id", "")
    body = {
        "preAuthSessionId": pre_auth_session_id,
        "linkCode": form.get("link_code", ""),
        "shouldTryLinkingWithSessionUser": False,
    }
    reply = await visit.call("POST", "/signinup/code/consume", body, form.get("tenant_id"))
    if reply["status"] == "OK":
        flow = visit.ui.flow_cookie.read(visit.request)
        to = flow.to if flow is not None and _asked_for_here(visit, pre_auth_session_id) else None
        visit.ui.flow_cookie.forget(visit.response)
        return after_a_factor(visit, visit.checked_to(to))
    if reply["status"] == "RESTART_FLOW_ERROR":
        return visit.message("link.used", (visit.urls.sign_in, "link.again"), 410)
    values = {"heading": visit.text("link.used_title"), "text": reason_of(reply, visit), "action": None}
    return visit.page("message.html", 403, **values)


def _asked_for_here(visit: Visit, pre_auth_session_id: str) -> bool:
    flow = visit.ui.flow_cookie.read(visit.request)
    return flow is not None and bool(pre_auth_session_id) and flow.pre_auth_session_id == pre_auth_session_id
