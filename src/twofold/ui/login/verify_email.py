# SPDX-License-Identifier: Apache-2.0
"""Confirm an email address: ask for the mail, and what its link opens.

Opening the link confirms nothing yet: scanners of mail open links too.
"""

from twofold.framework.response import BaseResponse
from twofold.ui.in_process_client import require_api
from twofold.ui.login.inbox import inbox_url
from twofold.ui.visit import UNPROCESSABLE, Visit, reason_of

_VERIFY, _SEND = "/user/email/verify", "/user/email/verify/token"


async def show_verify_email(visit: Visit) -> BaseResponse:
    """Ask whether to confirm the address; without a link's token, whether to send one."""
    require_api("POST", _VERIFY)
    token = visit.query("token")
    if token:
        return visit.page("verify_email.html", token=token, tenant_id=visit.query("tenantId") or "", to=visit.to)
    if (await visit.call("GET", _VERIFY)).get("isVerified"):
        return visit.go_on(visit.to)
    return visit.page("verify_email.html", token=None, to=visit.to)


async def verify_email(visit: Visit) -> BaseResponse:
    """Confirm the address with the token; without one, send the mail."""
    form = await visit.form()
    to = visit.checked_to(form.get("to"))
    if not form.get("token"):
        return await _send(visit, to)
    body = {"method": "token", "token": form["token"]}
    reply = await visit.call("POST", _VERIFY, body, form.get("tenant_id"))
    match reply["status"]:
        case "OK":
            # Whoever changes their address here is not done yet.
            waits = visit.ui.email_cookie.read(visit.request) is not None
            after = visit.urls.settings_email if waits else to or visit.ui.home_path
            return visit.message("verify_email.done", (after, "verify_email.go_on"))
        case "EMAIL_VERIFICATION_INVALID_TOKEN_ERROR":
            return visit.message("verify_email.invalid", (visit.urls.verify_email, "reset.again"), 410)
        case _:
            values = {"heading": visit.text("verify_email.title"), "text": reason_of(reply, visit)}
            return visit.page("message.html", UNPROCESSABLE, **values)


async def _send(visit: Visit, to: str | None) -> BaseResponse:
    reply = await visit.call("POST", _SEND)
    if reply["status"] == "OK":
        return visit.page("verify_email.html", token=None, is_sent=True, to=to, inbox=inbox_url(visit))
    return visit.go_on(to)
