# SPDX-License-Identifier: Apache-2.0
"""The next factor: choose one where there is a choice, and go on to the page that asks for it.

A code that is sent is sent here. Every page that asks for a factor begins with `asked_for`, which sends on whoever need
not give it.
"""

from dataclasses import dataclass

import msgspec

from twofold._masking import masked_contact
from twofold._wire import Json
from twofold.framework.response import BaseResponse
from twofold.recipe.multifactorauth.asyncio import assert_allowed_to_setup_factor_else_throw_invalid_claim_error
from twofold.recipe.multifactorauth.types import FactorIds
from twofold.recipe.session.exceptions import InvalidClaimsError
from twofold.recipe.session.interfaces import SessionContainer
from twofold.ui.in_process_client import ApiUnavailable
from twofold.ui.login.choices import Choice, Choices, choices_now
from twofold.ui.login.flow import CodeFlow
from twofold.ui.login.inbox import inbox_url
from twofold.ui.login.methods import BODY_KEYS, Channel
from twofold.ui.login.sending import keep_flow
from twofold.ui.login.steps import is_about_factors, start_again
from twofold.ui.visit import FieldError, Visit, reason_of


@dataclass(frozen=True)
class Asked:
    """A factor that is asked for now, in this session, on the way to `to`."""

    session: SessionContainer
    choices: Choices
    choice: Choice
    to: str | None
    factors: str | None

    def values(self) -> dict[str, object]:
        """Return what the templates of factors say around their form."""
        return {
            "to": self.to,
            "factors": self.factors,
            "step": self.choices.step,
            "is_again": self.choices.is_again,
            "has_other_ways": len(self.choices.all) > 1,
            "has_recovery_codes": self.choices.has_recovery_codes,
            "trust_days": self.choices.trust_days,
        }


async def show_factor(visit: Visit) -> BaseResponse:
    """Go on to the factor if there is one to give, or ask which."""
    session = await session_of(visit)
    asked = visit.query("factors")
    choices = await choices_now(visit, session, asked)
    if choices is None:
        return visit.go_on(visit.to)
    if not choices.all and choices.has_recovery_codes:
        return visit.redirect(visit.urls.recovery_code, to=visit.to)
    if not choices.all:
        return _nothing_to_show(visit, choices)
    first = choices.all[0]
    flow = visit.ui.flow_cookie.read(visit.request)
    is_only = len(choices.all) == 1
    if (
        flow is not None
        and is_only
        and (flow.session_handle, flow.factor_id) == (session.get_handle(), first.factor_id)
    ):
        # The code is sent already; what is wanted after it may have changed.
        return keep_flow(visit, msgspec.structs.replace(flow, to=visit.to or flow.to))
    # A link on another site must not make us send messages: there, a person has to press the button.
    if is_only and (first.channel is None or visit.request.get_header("sec-fetch-site") != "cross-site"):
        return await _begin(visit, Asked(session, choices, first, visit.to, asked))
    return visit.page(
        "choose.html",
        choices=choices.all,
        is_set_up=any(choice.is_set_up for choice in choices.all),
        is_again=choices.is_again,
        has_recovery_codes=choices.has_recovery_codes,
        step=choices.step,
        to=visit.to,
        factors=asked,
    )


async def begin_factor(visit: Visit) -> BaseResponse:
    """Go on to the chosen factor, and send its code: to the address just given if the user had none."""
    session = await session_of(visit)
    form = await visit.form()
    to, factors = visit.checked_to(form.get("to")), form.get("factors")
    choices = await choices_now(visit, session, factors)
    if choices is None:
        return visit.go_on(to)
    chosen = choices.find(form.get("factor"))
    if chosen is None:
        return visit.redirect(visit.urls.factor, factors=factors, to=to)
    if chosen.contact is None and chosen.channel is not None and form.get(chosen.channel):
        chosen = Choice(chosen.factor_id, contact=form[chosen.channel].strip())
    return await _begin(visit, Asked(session, choices, chosen, to, factors))


async def session_of(visit: Visit) -> SessionContainer:
    """Return the session of this browser, whatever it still lacks.

    Raises:
        SuperTokensSessionError: There is none, or it must be refreshed; becomes a redirect.
        ApiUnavailable: The application has no sessions.
    """
    session = await visit.session()
    if session is None:
        raise ApiUnavailable("There is no session recipe")
    return session


async def asked_for(visit: Visit, factor_id: str, to: str | None, factors: str | None) -> Asked | BaseResponse:
    """Return what is asked for if this factor is, now; else where to go on."""
    session = await session_of(visit)
    choices = await choices_now(visit, session, factors)
    if choices is None:
        return visit.go_on(to)
    choice = choices.find(factor_id)
    if choice is None:
        return visit.redirect(visit.urls.factor, factors=factors, to=to)
    return Asked(session, choices, choice, to, factors)


async def _begin(visit: Visit, asked: Asked) -> BaseResponse:
    choice = asked.choice
    try:
        if choice.channel is not None:
            return await _send(visit, asked, choice.channel)
        if not choice.is_set_up:
            await assert_allowed_to_setup_factor_else_throw_invalid_claim_error(
                asked.session, choice.factor_id, visit.user_context
            )
    except InvalidClaimsError as error:
        if asked.choices.is_again or not is_about_factors(error):
            raise
        return await start_again(visit, asked.to)
    urls = visit.urls
    pages = {
        FactorIds.TOTP: urls.authenticator if choice.is_set_up else urls.set_up_authenticator,
        FactorIds.WEBAUTHN: urls.passkey if choice.is_set_up else urls.set_up_passkey,
        FactorIds.EMAILPASSWORD: urls.password,
    }
    return visit.redirect(pages[choice.factor_id], factors=asked.factors, to=asked.to)


async def _send(visit: Visit, asked: Asked, channel: Channel) -> BaseResponse:
    contact = asked.choice.contact
    if contact is None:
        return visit.page("contact.html", **_contact_values(visit, asked, channel))
    body = {BODY_KEYS[channel]: contact, "shouldTryLinkingWithSessionUser": True}
    reply = await visit.call("POST", "/signinup/code", body)
    if reply["status"] == "OK":
        return keep_flow(visit, _flow(reply, asked, channel, contact))
    errors = [FieldError(channel, reason_of(reply, visit))]
    values = {channel: contact}
    return visit.form_again("contact.html", errors, values=values, **_contact_values(visit, asked, channel))


def _nothing_to_show(visit: Visit, choices: Choices) -> BaseResponse:
    if choices.is_again:
        return visit.message("factor.none", (visit.ui.home_path, "error.home"), 403)
    return visit.message("factor.none", (visit.urls.sign_out, "sign_out.submit"), 403)


def _flow(reply: Json, asked: Asked, channel: Channel, contact: str) -> CodeFlow:
    return CodeFlow(
        device_id=reply["deviceId"],
        pre_auth_session_id=reply["preAuthSessionId"],
        channel=channel,
        masked_contact=masked_contact(contact),
        takes_code=True,
        takes_link=False,
        factor_id=asked.choice.factor_id,
        session_handle=asked.session.get_handle(),
        to=asked.to,
        tenant_id=asked.session.get_tenant_id(),
        asked=asked.factors if asked.choices.is_again else None,
        has_other_ways=len(asked.choices.all) > 1,
        has_recovery_codes=asked.choices.has_recovery_codes,
        trust_days=asked.choices.trust_days,
    )


def _contact_values(visit: Visit, asked: Asked, channel: Channel) -> dict[str, object]:
    return asked.values() | {
        "channel": channel,
        "methods": None,
        "purpose": "factor",
        "is_factor": True,
        "factor_id": asked.choice.factor_id,
        "action": visit.urls.factor,
        "other_channel": None,
        "inbox": inbox_url(visit),
    }
