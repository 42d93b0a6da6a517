# SPDX-License-Identifier: Apache-2.0
"""A lost passkey, where it is the way to sign in: send a link, make a new one."""

from twofold.framework.response import BaseResponse
from twofold.ui.in_process_client import require_api
from twofold.ui.login.ceremony import credential_of, refusal, show_ceremony
from twofold.ui.login.inbox import inbox_url
from twofold.ui.visit import FieldError, Visit, missing, reason_of

_ASK_FOR_LINK, _RECOVER, _OPTIONS = "/user/webauthn/reset/token", "/user/webauthn/reset", "/webauthn/options/register"
_PAGE = "forgotten.html"


async def show_lost_passkey(visit: Visit) -> BaseResponse:
    """Ask for the address."""
    require_api("POST", _ASK_FOR_LINK)
    return visit.page(_PAGE, **_values(visit))


async def send_recovery_link(visit: Visit) -> BaseResponse:
    """Send the link, if there is such an account; the answer does not tell."""
    email = (await visit.form()).get("email", "").strip()
    if not email:
        return visit.form_again(_PAGE, [missing("email", visit)], **_values(visit))
    reply = await visit.call("POST", _ASK_FOR_LINK, {"email": email})
    if reply["status"] == "OK":
        return visit.page(_PAGE, sent_to=email, inbox=inbox_url(visit), **_values(visit))
    error = FieldError(None, reason_of(reply, visit))
    return visit.form_again(_PAGE, [error], values={"email": email}, **_values(visit))


async def show_recover(visit: Visit) -> BaseResponse:
    """Begin to make a new passkey for whoever has the link."""
    require_api("POST", _RECOVER)
    return await _make(visit, visit.query("token") or "", visit.query("tenantId") or "", [])


async def recover(visit: Visit) -> BaseResponse:
    """Make the passkey; the link works once."""
    form = await visit.form()
    token, tenant_id = form.get("token", ""), form.get("tenant_id", "")
    reply = await visit.call("POST", _RECOVER, credential_of(form) | {"token": token}, tenant_id)
    match reply["status"]:
        case "OK":
            return visit.redirect(visit.urls.sign_in, notice="passkey_made")
        case "RECOVER_ACCOUNT_TOKEN_INVALID_ERROR":
            return _is_over(visit)
        case _:
            return await _make(visit, token, tenant_id, [refusal(visit, reply)])


async def _make(visit: Visit, token: str, tenant_id: str, errors: list[FieldError]) -> BaseResponse:
    options = await visit.call("POST", _OPTIONS, {"recoverAccountToken": token}, tenant_id)
    if options["status"] != "OK":
        return _is_over(visit)
    return show_ceremony(visit, "recover", options, errors, token=token, tenant_id=tenant_id)


def _is_over(visit: Visit) -> BaseResponse:
    return visit.message("reset.invalid", (visit.urls.lost_passkey, "reset.again"), 410)


def _values(visit: Visit) -> dict[str, object]:
    return {"what": "lost_passkey", "action": visit.urls.lost_passkey}
