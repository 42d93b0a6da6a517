# SPDX-License-Identifier: Apache-2.0
"""Sign in without a password: ask where to send the code or link."""

from twofold._masking import masked_contact
from twofold.framework.response import BaseResponse
from twofold.ui.login.flow import CodeFlow
from twofold.ui.login.inbox import inbox_url
from twofold.ui.login.methods import BODY_KEYS, Channel, SignInMethods, sign_in_methods
from twofold.ui.login.sending import keep_flow
from twofold.ui.login.sign_in import notice_of
from twofold.ui.login.steps import signed_in_already
from twofold.ui.visit import FieldError, Visit, missing, reason_of


async def show_contact(visit: Visit) -> BaseResponse:
    """Ask for the address or the phone number."""
    reply = await signed_in_already(visit)
    if reply is not None:
        return reply
    methods = await sign_in_methods(visit)
    channel = _channel(visit, methods)
    if channel is None:
        return visit.redirect(visit.urls.sign_in, to=visit.to)
    return visit.page("contact.html", notice=notice_of(visit), to=visit.to, **_values(visit, methods, channel))


async def send_to_contact(visit: Visit) -> BaseResponse:
    """Send the code or link."""
    form = await visit.form()
    to = visit.checked_to(form.get("to"))
    methods = await sign_in_methods(visit)
    channel = _channel(visit, methods)
    if channel is None:
        return visit.redirect(visit.urls.sign_in, to=to)
    contact = form.get(channel, "").strip()
    if not contact:
        return visit.form_again("contact.html", [missing(channel, visit)], to=to, **_values(visit, methods, channel))
    body = {BODY_KEYS[channel]: contact, "shouldTryLinkingWithSessionUser": False}
    reply = await visit.call("POST", "/signinup/code", body)
    if reply["status"] == "OK":
        flow_type = str(reply["flowType"])
        flow = CodeFlow(
            device_id=reply["deviceId"],
            pre_auth_session_id=reply["preAuthSessionId"],
            channel=channel,
            masked_contact=masked_contact(contact),
            takes_code="USER_INPUT_CODE" in flow_type,
            takes_link="MAGIC_LINK" in flow_type,
            factor_id=None,
            session_handle=None,
            to=to,
            tenant_id=await visit.tenant_id(),
        )
        return keep_flow(visit, flow)
    errors = [FieldError(channel, reason_of(reply, visit))]
    return visit.form_again(
        "contact.html", errors, values={channel: contact}, to=to, **_values(visit, methods, channel)
    )


def _channel(visit: Visit, methods: SignInMethods) -> Channel | None:
    wanted = visit.query("channel")
    for channel in methods.channels:
        if channel == wanted:
            return channel
    return methods.channels[0] if methods.channels else None


def _values(visit: Visit, methods: SignInMethods, channel: Channel) -> dict[str, object]:
    page = visit.urls.sign_in_with_code
    other = methods.other_channel(channel)
    return {
        "channel": channel,
        "methods": methods,
        "purpose": "",
        "is_factor": False,
        "action": f"{page}?channel={channel}",
        "other_channel": f"{page}?channel={other}" if other else None,
        "inbox": inbox_url(visit),
    }
