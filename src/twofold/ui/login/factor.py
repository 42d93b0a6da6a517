# SPDX-License-Identifier: Apache-2.0
"""The second factor: choose one where there is a choice, send its code, and go on to the page that asks for it."""

from dataclasses import dataclass

from twofold._wire import Json
from twofold.framework.response import BaseResponse
from twofold.recipe.session.interfaces import SessionContainer
from twofold.ui.in_process_client import ApiUnavailable
from twofold.ui.login.flow import CodeFlow, read_flow
from twofold.ui.login.inbox import inbox_url
from twofold.ui.login.masking import masked_contact
from twofold.ui.login.methods import Channel
from twofold.ui.login.sending import keep_flow
from twofold.ui.login.steps import needs_factor
from twofold.ui.visit import FieldError, Visit, reason_of

_CHANNELS: dict[str, Channel] = {"otp-email": "email", "otp-phone": "phone"}
_LISTS: dict[Channel, str] = {"email": "emails", "phone": "phoneNumbers"}
_BODY_KEYS: dict[Channel, str] = {"email": "email", "phone": "phoneNumber"}


@dataclass(frozen=True)
class Choice:
    """A factor that is asked for now, and where its code would go; `contact` is `None` when the user has to tell."""

    factor_id: str
    contact: str | None

    @property
    def channel(self) -> Channel:
        """How the code is sent."""
        return _CHANNELS[self.factor_id]

    @property
    def masked_contact(self) -> str | None:
        """What may be shown of it."""
        return None if self.contact is None else masked_contact(self.contact)


async def show_factor(visit: Visit) -> BaseResponse:
    """Send the code if there is one factor to give, or ask which."""
    session = await _session(visit)
    choices = await _choices(visit)
    if choices is None:
        return visit.go_on(visit.to)
    if not choices:
        return visit.message("factor.none", (visit.ui.urls.sign_out, "sign_out.submit"), 403)
    flow = read_flow(visit.request)
    if flow is not None and flow.session_handle == session.get_handle() and flow.factor_id == choices[0].factor_id:
        return visit.redirect(visit.ui.urls.code)
    # A link on another site must not make us send messages: there, a person has to press the button.
    if len(choices) > 1 or visit.request.get_header("sec-fetch-site") == "cross-site":
        return visit.page("choose.html", choices=choices, step=(2, 2), to=visit.to)
    return await _begin(visit, session, choices[0], visit.to)


async def begin_factor(visit: Visit) -> BaseResponse:
    """Send the code of the chosen factor, to the address just given if the user had none."""
    session = await _session(visit)
    form = await visit.form()
    to = visit.checked_to(form.get("to"))
    choices = await _choices(visit)
    if choices is None:
        return visit.go_on(to)
    chosen = next((choice for choice in choices if choice.factor_id == form.get("factor")), None)
    if chosen is None:
        return visit.redirect(visit.ui.urls.factor, to=to)
    if chosen.contact is None and form.get(chosen.channel):
        chosen = Choice(chosen.factor_id, form[chosen.channel].strip())
    return await _begin(visit, session, chosen, to)


async def _begin(visit: Visit, session: SessionContainer, choice: Choice, to: str | None) -> BaseResponse:
    if choice.contact is None:
        return visit.page("contact.html", to=to, **_contact_values(visit, choice))
    body = {_BODY_KEYS[choice.channel]: choice.contact, "shouldTryLinkingWithSessionUser": True}
    reply = await visit.call("POST", "/signinup/code", body)
    if reply["status"] == "OK":
        return keep_flow(visit, _flow(reply, choice, choice.contact, session, to))
    errors = [FieldError(choice.channel, reason_of(reply, visit))]
    values = {choice.channel: choice.contact}
    return visit.form_again("contact.html", errors, values=values, to=to, **_contact_values(visit, choice))


async def _session(visit: Visit) -> SessionContainer:
    session = await visit.session()
    if session is None:
        raise ApiUnavailable("There is no session recipe")
    return session


async def _choices(visit: Visit) -> list[Choice] | None:
    """Return the factors of which one must be given now, of those that pages can show; `None` when none is missing."""
    try:
        information = await visit.call("PUT", "/mfa/info")
    except ApiUnavailable:
        return None
    wanted: list[str] = information["factors"]["next"]
    session = visit.request.get_session()
    if not wanted and not (session is not None and needs_factor(session)):
        return None
    return [Choice(factor, _contact(information, factor)) for factor in wanted if factor in _CHANNELS]


def _contact(information: Json, factor_id: str) -> str | None:
    known: list[str] = information[_LISTS[_CHANNELS[factor_id]]].get(factor_id) or []
    return known[0] if known else None


def _flow(reply: Json, choice: Choice, contact: str, session: SessionContainer, to: str | None) -> CodeFlow:
    return CodeFlow(
        device_id=reply["deviceId"],
        pre_auth_session_id=reply["preAuthSessionId"],
        channel=choice.channel,
        masked_contact=masked_contact(contact),
        takes_code=True,
        takes_link=False,
        factor_id=choice.factor_id,
        session_handle=session.get_handle(),
        to=to,
    )


def _contact_values(visit: Visit, choice: Choice) -> dict[str, object]:
    return {
        "channel": choice.channel,
        "methods": None,
        "is_factor": True,
        "factor_id": choice.factor_id,
        "action": visit.ui.urls.factor,
        "other_channel": None,
        "step": (2, 2),
        "inbox": inbox_url(visit),
    }
