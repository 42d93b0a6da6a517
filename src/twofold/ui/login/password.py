# SPDX-License-Identifier: Apache-2.0
"""A forgotten password: send a link, set a new one."""

from twofold._wire import Json
from twofold.framework.response import BaseResponse
from twofold.ui.in_process_client import require_api
from twofold.ui.login.inbox import inbox_url
from twofold.ui.visit import FieldError, Visit, field_errors_of, reason_of

_PAGE = "forgotten.html"
_ASK_FOR_LINK = "/user/password/reset/token"
_SET_PASSWORD = "/user/password/reset"


async def show_forgot_password(visit: Visit) -> BaseResponse:
    """Ask for the address."""
    require_api("POST", _ASK_FOR_LINK)
    return visit.page(_PAGE, **_values(visit))


async def send_reset_link(visit: Visit) -> BaseResponse:
    """Send the link, if there is such an account; the answer does not tell."""
    email = (await visit.form()).get("email", "").strip()
    reply = await visit.call("POST", _ASK_FOR_LINK, {"formFields": [{"id": "email", "value": email}]})
    if reply["status"] == "OK":
        return visit.page(_PAGE, sent_to=email, inbox=inbox_url(visit), **_values(visit))
    return visit.form_again(_PAGE, _errors(reply, visit), values={"email": email}, **_values(visit))


async def show_reset_password(visit: Visit) -> BaseResponse:
    """Ask for the new password."""
    require_api("POST", _SET_PASSWORD)
    return visit.page("reset_password.html", token=visit.query("token") or "", tenant_id=visit.query("tenantId") or "")


async def reset_password(visit: Visit) -> BaseResponse:
    """Set the new password; the link works once."""
    form = await visit.form()
    token, tenant_id = form.get("token", ""), form.get("tenant_id", "")
    fields = [{"id": "password", "value": form.get("password", "")}]
    body: Json = {"formFields": fields, "token": token, "method": "token"}
    reply = await visit.call("POST", _SET_PASSWORD, body, tenant_id)
    match reply["status"]:
        case "OK":
            return visit.redirect(visit.urls.sign_in, notice="password_changed")
        case "RESET_PASSWORD_INVALID_TOKEN_ERROR":
            return visit.message("reset.invalid", (visit.urls.forgot_password, "reset.again"), 410)
        case _:
            errors = _errors(reply, visit)
            return visit.form_again("reset_password.html", errors, token=token, tenant_id=tenant_id)


def _errors(reply: Json, visit: Visit) -> list[FieldError]:
    return field_errors_of(reply, visit) or [FieldError(None, reason_of(reply, visit))]


def _values(visit: Visit) -> dict[str, object]:
    return {"what": "forgot", "action": visit.urls.forgot_password}
