# SPDX-License-Identifier: Apache-2.0
"""Which step of signing in comes next.

::

    sign in, sign up, link ──► session ──► requirements met? ── yes ──► the wanted page
                                              │ no
                                              ▼
                                           /factor ──► /code ──► (again: requirements met?)

A session without a second factor that it needs gets no further than `/factor` and `/code`: the application's pages
refuse it (`verify_session`), and ours ask here.
"""

from urllib.parse import parse_qs

from twofold.framework.response import BaseResponse
from twofold.recipe.session.exceptions import InvalidClaimsError
from twofold.recipe.session.interfaces import SessionContainer
from twofold.ui.in_process_client import offers_api
from twofold.ui.visit import Visit

_MFA_CLAIM = "st-mfa"
_TRUST = "/trusteddevices"


def needs_factor(session: SessionContainer) -> bool:
    """Tell whether the session lacks a second factor.

    The claim is missing where no recipe asks for factors, and in sessions older than the recipe: those are sent to
    `/factor` by the first protected page they open.
    """
    claim = session.get_access_token_payload().get(_MFA_CLAIM)
    return isinstance(claim, dict) and claim.get("v") is not True


def after_a_factor(visit: Visit, to: str | None) -> BaseResponse:
    """Go on after a first or a second factor: to the next one, or to the wanted page."""
    session = visit.request.get_session()
    if session is not None and needs_factor(session):
        return visit.redirect(visit.urls.factor, to=to)
    return visit.go_on(to)


async def after_second_factor(visit: Visit, form: dict[str, str], to: str | None) -> BaseResponse:
    """Trust this browser if its user ticked that, and go on. A factor that is still missing comes before the trust."""
    session = visit.request.get_session()
    if form.get("trust") and session is not None and not needs_factor(session) and offers_api("POST", _TRUST):
        await visit.call("POST", _TRUST)  # where the policy does not allow it, one is asked again: no error
    return after_a_factor(visit, to)


async def after_set_up(visit: Visit, to: str | None) -> BaseResponse:
    """Go on after a factor was set up: with recovery codes, if it is the first one that could be lost."""
    session = visit.request.get_session()
    may_offer = session is not None and not needs_factor(session) and offers_api("POST", "/recoverycodes")
    if may_offer and (await visit.call("GET", "/recoverycodes"))["shouldOffer"]:
        return visit.redirect(visit.urls.settings_recovery_codes, to=to or visit.ui.home_path)
    return after_a_factor(visit, to)


def is_about_factors(error: InvalidClaimsError) -> bool:
    """Tell whether a session was refused for want of a factor, or of a fresh one."""
    return any(item.id_ == _MFA_CLAIM for item in error.payload)


async def start_again(visit: Visit, to: str | None) -> BaseResponse:
    """End a sign-in that took too long, and begin anew: what was proven first is too old to set a second factor up."""
    visit.ui.flow_cookie.forget(visit.response)
    await visit.call("POST", "/signout")
    return visit.redirect(visit.urls.sign_in, notice="restart", to=_beyond_set_up(visit, to))


def _beyond_set_up(visit: Visit, to: str | None) -> str | None:
    """Return where setting a factor up was to lead, if that is where one wanted to go: it comes on the way anyhow."""
    path, _, query = (to or "").partition("?")
    if path not in (visit.urls.set_up_authenticator, visit.urls.set_up_passkey):
        return to
    return visit.checked_to(next(iter(parse_qs(query).get("to", [])), None))


async def signed_in_already(visit: Visit) -> BaseResponse | None:
    """Send on whoever has a session and opens a page for signing in; `None` for everybody else."""
    session = await visit.session(required=False)
    return None if session is None else after_a_factor(visit, visit.to)
