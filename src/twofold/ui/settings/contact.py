# SPDX-License-Identifier: Apache-2.0
"""An email address or phone number that receives codes: add one, or change one. The new one is proven by a code.

Adding is what giving a code as a second factor does: the contact becomes a login method of this user. For a change the
code is checked, and the login method keeps its id.
"""

from dataclasses import dataclass

from twofold._masking import masked_contact
from twofold._wire import Json, fields_to_json
from twofold.exceptions import BadInputError
from twofold.framework.response import BaseResponse
from twofold.recipe.accountlinking.recipe import AccountLinkingRecipe, find_login_method
from twofold.recipe.multifactorauth.types import FactorIds
from twofold.recipe.notices.telling import tell_in_any_case
from twofold.recipe.passwordless.functions import use_up_checked
from twofold.recipe.passwordless.recipe import PasswordlessRecipe
from twofold.recipe.session.interfaces import SessionContainer
from twofold.types.base import LoginMethod, RecipeUserId
from twofold.ui.in_process_client import offers_api, require_api
from twofold.ui.login.flow import CodeFlow
from twofold.ui.login.inbox import inbox_url
from twofold.ui.login.methods import BODY_KEYS, Channel
from twofold.ui.login.sending import keep_flow
from twofold.ui.settings.own_user import user_of
from twofold.ui.settings.session import fresh_session
from twofold.ui.visit import FieldError, Visit, missing, reason_of

_SEND, _CONSUME = "/signinup/code", "/signinup/code/consume"
_FACTORS: dict[Channel, str] = {"email": FactorIds.OTP_EMAIL, "phone": FactorIds.OTP_PHONE}
_GONE: Json = {"status": "RESTART_FLOW_ERROR"}


@dataclass(frozen=True)
class _Wanted:
    """A new contact of this kind; in the place of that of `changed`, if it is not one more."""

    channel: Channel
    changed: LoginMethod | None


def channels_of_codes() -> list[Channel]:
    """Return how the application sends codes."""
    recipe = PasswordlessRecipe.get_or_none()
    if recipe is None or not (offers_api("POST", _SEND) and offers_api("POST", _CONSUME)):
        return []
    channels: tuple[Channel, ...] = ("email", "phone")
    return [channel for channel in channels if recipe.config.factors_of(channel)]


async def show_contact(visit: Visit) -> BaseResponse:
    """Ask for the new address or number."""
    session = await fresh_session(visit, loses_factor=True)
    wanted = await _wanted(visit, session, visit.query("channel"), visit.query("of"))
    if wanted is None:
        return visit.redirect(visit.urls.settings_login_methods)
    return visit.page("contact.html", **_values(visit, wanted))


async def send_code(visit: Visit) -> BaseResponse:
    """Send a code to it."""
    session = await fresh_session(visit, loses_factor=True)
    form = await visit.form()
    wanted = await _wanted(visit, session, form.get("channel"), form.get("of"))
    if wanted is None:
        return visit.redirect(visit.urls.settings_login_methods)
    contact = form.get(wanted.channel, "").strip()
    if not contact:
        return visit.form_again("contact.html", [missing(wanted.channel, visit)], **_values(visit, wanted))
    may_link = AccountLinkingRecipe.get().config.has_own_policy
    body = {BODY_KEYS[wanted.channel]: contact, "shouldTryLinkingWithSessionUser": may_link}
    try:
        reply = await visit.call("POST", _SEND, body, session.get_tenant_id())
    except BadInputError:
        reply = {"status": "LINKING_NOT_ALLOWED"}  # by the application's policy
    if reply["status"] == "OK" and "USER_INPUT_CODE" in str(reply["flowType"]):
        return keep_flow(visit, _flow(session, wanted, reply, contact))
    error = FieldError(wanted.channel, refusal(visit, reply))
    return visit.form_again("contact.html", [error], values={wanted.channel: contact}, **_values(visit, wanted))


async def change_contact(visit: Visit, flow: CodeFlow, code: str) -> Json:
    """Put the contact of this flow in the place of another, if the code is right; the answer is like an API's."""
    session = await fresh_session(visit, loses_factor=True)
    user, context = await user_of(visit, session), visit.user_context
    method = find_login_method(user, RecipeUserId(flow.changes or ""))
    functions = PasswordlessRecipe.get().functions
    device = await functions.list_codes_by_pre_auth_session_id(flow.pre_auth_session_id, flow.tenant_id, context)
    new = None if device is None else device.email if flow.channel == "email" else device.phone_number
    if method is None or device is None or new is None or _contact_of(method, flow.channel) is None:
        return _GONE
    use_up_checked(context)  # of two requests with this code at once, one changes something
    checked = await functions.check_code(flow.pre_auth_session_id, code, flow.device_id, None, flow.tenant_id, context)
    if checked.status != "OK":
        return fields_to_json(checked)
    # Again, for a core that is not ours: it checks and does no more.
    await functions.revoke_all_codes(device.email, device.phone_number, flow.tenant_id, context)
    tell_in_any_case(context)
    changed = await functions.update_user(method.recipe_user_id, device.email, device.phone_number, context)
    return {"status": changed.status}


def refusal(visit: Visit, reply: Json) -> str:
    """Say why a contact cannot be this user's: in the words of an API where they are for people, else in plain ones."""
    return reason_of(reply, visit) if reply["status"] == "GENERAL_ERROR" else visit.text("contact.not_yours")


async def _wanted(visit: Visit, session: SessionContainer, channel: str | None, of: str | None) -> _Wanted | None:
    require_api("POST", _SEND)
    known = _known(channel)
    if known is None:
        return None
    if not of:
        return _Wanted(known, None) if AccountLinkingRecipe.get().config.has_own_policy else None
    method = find_login_method(await user_of(visit, session), RecipeUserId(of))
    return None if method is None or _contact_of(method, known) is None else _Wanted(known, method)


def _known(asked: str | None) -> Channel | None:
    for channel in channels_of_codes():
        if channel == asked:
            return channel
    return None


def _contact_of(method: LoginMethod, channel: Channel) -> str | None:
    if method.recipe_id != "passwordless":
        return None
    return method.email if channel == "email" else method.phone_number


def _flow(session: SessionContainer, wanted: _Wanted, reply: Json, contact: str) -> CodeFlow:
    return CodeFlow(
        device_id=reply["deviceId"],
        pre_auth_session_id=reply["preAuthSessionId"],
        channel=wanted.channel,
        masked_contact=masked_contact(contact),
        takes_code=True,
        takes_link=False,
        factor_id=_FACTORS[wanted.channel],
        session_handle=session.get_handle(),
        to=None,
        tenant_id=session.get_tenant_id(),
        is_setting=True,
        changes=None if wanted.changed is None else wanted.changed.recipe_user_id.get_as_string(),
    )


def _values(visit: Visit, wanted: _Wanted) -> dict[str, object]:
    return {
        "channel": wanted.channel,
        "purpose": "add" if wanted.changed is None else "change",
        "of": None if wanted.changed is None else wanted.changed.recipe_user_id.get_as_string(),
        "methods": None,
        "is_factor": True,
        "is_again": True,
        "is_setting": True,
        "factor_id": None,
        "action": visit.urls.add_contact,
        "other_channel": None,
        "back": visit.urls.settings_login_methods,
        "inbox": inbox_url(visit),
    }
