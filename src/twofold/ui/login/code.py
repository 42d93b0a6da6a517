# SPDX-License-Identifier: Apache-2.0
"""The one-time code: ask for it, check it, send another, give up."""

from twofold._wire import Json
from twofold.framework.response import BaseResponse
from twofold.recipe.session.exceptions import InvalidClaimsError
from twofold.ui.login.authenticator import typed_code
from twofold.ui.login.flow import CodeFlow
from twofold.ui.login.inbox import inbox_url
from twofold.ui.login.sending import minutes_of_life
from twofold.ui.login.steps import (
    after_a_factor,
    after_second_factor,
    after_set_up,
    is_about_factors,
    needs_factor,
    start_again,
)
from twofold.ui.settings.contact import change_contact, refusal
from twofold.ui.templates import with_to
from twofold.ui.visit import UNPROCESSABLE, FieldError, Visit, reason_of


async def show_code(visit: Visit) -> BaseResponse:
    """Ask for the code that was sent."""
    flow = visit.ui.flow_cookie.read(visit.request)
    if flow is None:
        return await _without_flow(visit)
    elsewhere = await _not_for_this_session(visit, flow)
    if elsewhere is not None:
        return elsewhere
    notice = visit.text("code.resent") if visit.query("new") else None
    return visit.page("code.html", notice=notice, **await _values(visit, flow))


async def check_code(visit: Visit) -> BaseResponse:
    """Check the code; the right one completes the factor, and the session may open what it could not."""
    flow = visit.ui.flow_cookie.read(visit.request)
    if flow is None:
        return await _without_flow(visit)
    elsewhere = await _not_for_this_session(visit, flow)
    if elsewhere is not None:
        return elsewhere
    form = await visit.form()
    code = typed_code(form)
    if not code:
        return await _again(visit, flow, visit.text("code.missing"))
    try:
        reply = await _reply_to(visit, flow, code)
    except InvalidClaimsError as error:
        return await _too_late(visit, flow, error)
    return await _after(visit, flow, form, reply)


async def _after(visit: Visit, flow: CodeFlow, form: dict[str, str], reply: Json) -> BaseResponse:
    match reply["status"]:
        case "OK":
            visit.ui.flow_cookie.forget(visit.response)
            if flow.is_setting:
                return await _after_setting(visit, flow)
            return await after_second_factor(visit, form, visit.checked_to(flow.to))
        case "RESTART_FLOW_ERROR":
            return _ended(visit, flow)
        case "INCORRECT_USER_INPUT_CODE_ERROR":
            return await _again(visit, flow, _tries_left(visit, reply))
        case "EXPIRED_USER_INPUT_CODE_ERROR":
            return await _again(visit, flow, visit.text("code.expired"))
        case _:
            text = refusal(visit, reply) if flow.is_setting else reason_of(reply, visit)
            return await _again(visit, flow, text)


async def resend(visit: Visit) -> BaseResponse:
    """Send another code to the same address."""
    flow = visit.ui.flow_cookie.read(visit.request)
    if flow is None:
        return await _without_flow(visit)
    elsewhere = await _not_for_this_session(visit, flow)
    if elsewhere is not None:
        return elsewhere
    reply = await visit.call("POST", "/signinup/code/resend", _ids(flow), flow.tenant_id)
    match reply["status"]:
        case "OK":
            return visit.redirect(visit.urls.code, new="1")
        case "RESTART_FLOW_ERROR":
            return _ended(visit, flow)
        case _:
            return await _again(visit, flow, reason_of(reply, visit))


async def cancel(visit: Visit) -> BaseResponse:
    """Give up a sign-in without a password. A second factor is given up by signing out."""
    flow = visit.ui.flow_cookie.read(visit.request)
    visit.ui.flow_cookie.forget(visit.response)
    return visit.redirect(visit.urls.sign_in, to=None if flow is None else visit.checked_to(flow.to))


async def _without_flow(visit: Visit) -> BaseResponse:
    """Send on whoever comes without a code under way: finished in another tab, cancelled, or too late."""
    session = await visit.session(required=False)
    if session is None:
        return visit.redirect(visit.urls.sign_in)
    return after_a_factor(visit, None)


async def _not_for_this_session(visit: Visit, flow: CodeFlow) -> BaseResponse | None:
    """Send on whoever has the flow of another session, or of one that needs no more; `None`: go on with it."""
    if flow.is_sign_in:
        return None
    session = await visit.session()
    is_wanted = flow.asked or flow.is_setting or (session is not None and needs_factor(session))
    if session is not None and session.get_handle() == flow.session_handle and is_wanted:
        return None
    visit.ui.flow_cookie.forget(visit.response)
    return after_a_factor(visit, visit.checked_to(flow.to))


async def _reply_to(visit: Visit, flow: CodeFlow, code: str) -> Json:
    if flow.changes is not None:
        return await change_contact(visit, flow, code)
    body = _ids(flow) | {"userInputCode": code}
    return await visit.call("POST", "/signinup/code/consume", body, flow.tenant_id)


async def _too_late(visit: Visit, flow: CodeFlow, error: InvalidClaimsError) -> BaseResponse:
    """What was proven before the code is too old for it to count by now."""
    if flow.is_setting:
        visit.ui.flow_cookie.forget(visit.response)
        return visit.redirect(visit.urls.settings_login_methods)  # which asks for what is missing
    session = await visit.session(required=False)
    if session is None or not needs_factor(session) or not is_about_factors(error):
        raise error
    return await start_again(visit, visit.checked_to(flow.to))


async def _after_setting(visit: Visit, flow: CodeFlow) -> BaseResponse:
    page = visit.urls.settings_login_methods
    if flow.changes is not None:
        return visit.redirect(page, notice="contact_changed")
    return await after_set_up(visit, with_to(page, "contact_added", "notice"))


async def _again(visit: Visit, flow: CodeFlow, error: str) -> BaseResponse:
    return visit.form_again("code.html", [FieldError("code", error)], **await _values(visit, flow))


def _ended(visit: Visit, flow: CodeFlow) -> BaseResponse:
    """The code is void. Sending the next one takes a press of a button, or guessing would send mail after mail."""
    visit.ui.flow_cookie.forget(visit.response)
    if flow.is_setting:
        return visit.redirect(visit.urls.settings_login_methods, notice="code_ended")
    error = FieldError(None, visit.text("code.ended"))
    is_factor = flow.factor_id is not None
    return visit.page(
        "code_ended.html",
        UNPROCESSABLE,
        errors=[error],
        is_factor=is_factor,
        factor_id=flow.factor_id,
        action=visit.urls.factor if is_factor else visit.urls.cancel,
        factors=flow.asked,
        is_again=flow.asked is not None,
        has_recovery_codes=flow.has_recovery_codes,
        to=visit.checked_to(flow.to),
        step=_step(flow),
    )


def _tries_left(visit: Visit, reply: Json) -> str:
    tries = reply["maximumCodeInputAttempts"] - reply["failedCodeInputAttemptCount"]
    return visit.text("code.wrong_last") if tries == 1 else visit.text("code.wrong", tries=tries)


def _ids(flow: CodeFlow) -> Json:
    return {
        "deviceId": flow.device_id,
        "preAuthSessionId": flow.pre_auth_session_id,
        "shouldTryLinkingWithSessionUser": flow.factor_id is not None,
    }


def _step(flow: CodeFlow) -> tuple[int, int] | None:
    return None if flow.factor_id is None or flow.asked or flow.is_setting else (2, 2)


async def _values(visit: Visit, flow: CodeFlow) -> dict[str, object]:
    return {
        "channel": flow.channel,
        "masked_contact": flow.masked_contact,
        "takes_code": flow.takes_code,
        "takes_link": flow.takes_link,
        "minutes": await minutes_of_life(visit, flow),
        "is_factor": flow.factor_id is not None,
        "is_again": flow.asked is not None or flow.is_setting,
        "back": visit.urls.settings_login_methods if flow.is_setting else None,
        "factors": flow.asked,
        "has_other_ways": flow.has_other_ways,
        "has_recovery_codes": flow.has_recovery_codes,
        "trust_days": flow.trust_days,
        "to": visit.checked_to(flow.to),
        "step": _step(flow),
        "inbox": inbox_url(visit),
    }
