# SPDX-License-Identifier: Apache-2.0
"""Second factors: choosing one, telling a phone number, and what an unfinished session does not open."""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable
from typing import Any

import httpx
import msgspec
import pytest

from tests.ui.conftest import Start, inbox, newest_code
from tests.ui.person import hidden_fields, sign_up
from twofold import ui
from twofold.core.clock import TurnableClock
from twofold.recipe import accountlinking, emailpassword, multifactorauth, passwordless, session
from twofold.recipe.accountlinking.types import ShouldAutomaticallyLink, ShouldNotAutomaticallyLink
from twofold.recipe.multifactorauth import OverrideConfig
from twofold.recipe.multifactorauth.interfaces import RecipeInterface
from twofold.recipe.multifactorauth.types import FactorIds, MFARequirementList
from twofold.recipe.passwordless import ContactEmailOrPhoneConfig
from twofold.recipe.session import SessionContainer
from twofold.types import User
from twofold.ui.login.flow import COOKIE_NAME
from twofold.ui.recipe import UIRecipe
from twofold.ui.routes import PAGES

ANN = {"email": "ann@example.com", "password": "correct horse battery"}
PHONE = "+41791234567"
# What anybody may see, signed in or not.
PUBLIC_PAGES = {"forgot_password", "reset_password", "link", "sign_out", "denied", "inbox", "callback", "lost_passkey"}


async def link_within_a_session(
    _info: Any, user: User | None, session: SessionContainer | None, *_: Any
) -> ShouldAutomaticallyLink | ShouldNotAutomaticallyLink:
    """Link a second factor to the user of the session."""
    if session is not None and (user is None or user.id == session.get_user_id()):
        return ShouldAutomaticallyLink(should_require_verification=False)
    return ShouldNotAutomaticallyLink()


def everybody_needs(requirements: MFARequirementList) -> OverrideConfig:
    """Ask these factors of every user."""

    def override(original: RecipeInterface) -> RecipeInterface:
        async def get_mfa_requirements_for_auth(*_: Any) -> MFARequirementList:
            return requirements

        original.get_mfa_requirements_for_auth = get_mfa_requirements_for_auth  # type: ignore[assignment,method-assign]
        return original

    return OverrideConfig(functions=override)


async def begin(start: Start, requirements: MFARequirementList) -> httpx.AsyncClient:
    """Start an application that asks for these factors; sign up; stay at what is asked next."""
    browser = await start(
        session.init(),
        emailpassword.init(),
        passwordless.init(ContactEmailOrPhoneConfig(), flow_type="USER_INPUT_CODE"),
        accountlinking.init(should_do_automatic_account_linking=link_within_a_session),
        multifactorauth.init([FactorIds.EMAILPASSWORD], everybody_needs(requirements)),
        ui.init(home_path="/notes"),
    )
    await browser.post("/auth/sign-up", data=ANN)
    return browser


async def test_one_factor_with_a_known_address_is_sent_at_once(start: Start) -> None:
    """No question is asked whose answer is known."""
    browser = await begin(start, [FactorIds.OTP_EMAIL])

    reply = await browser.post("/auth/code", data={"code": newest_code()})

    assert (reply.status_code, reply.url.path) == (200, "/notes")


async def test_a_choice_of_factors_is_asked(start: Start) -> None:
    """Nothing is sent before it is made, and only what was offered can be chosen."""
    browser = await begin(start, [{"oneOf": [FactorIds.OTP_EMAIL, FactorIds.OTP_PHONE]}])
    assert inbox().messages() == []
    reply = await browser.get("/notes")
    assert reply.url.path == "/auth/factor"
    assert 'value="otp-email"' in reply.text
    assert 'value="otp-phone"' in reply.text

    reply = await browser.post("/auth/factor", data={"factor": "totp"})

    assert reply.url.path == "/auth/factor"
    assert inbox().messages() == []


async def test_a_phone_number_is_asked_for_and_gets_the_code(start: Start) -> None:
    """A user without one tells it now; the page they wanted opens afterwards."""
    browser = await begin(start, [FactorIds.OTP_PHONE])
    reply = await browser.get("/notes?id=7")
    assert "Add your phone number" in reply.text
    wrong = await browser.post("/auth/factor", data={"factor": "otp-phone", "phone": "12", "to": "/notes?id=7"})
    assert wrong.status_code == 422
    assert 'href="#phone"' in wrong.text

    reply = await browser.post("/auth/factor", data={"factor": "otp-phone", "phone": PHONE, "to": "/notes?id=7"})
    assert "+41•••67" in reply.text
    reply = await browser.post("/auth/code", data={"code": newest_code()})

    assert (reply.status_code, str(reply.url)) == (200, "http://localhost:8000/notes?id=7")


async def test_several_factors_are_asked_one_after_the_other(start: Start) -> None:
    """The page opens after the last."""
    browser = await begin(start, [FactorIds.OTP_EMAIL, FactorIds.OTP_PHONE])

    reply = await browser.post("/auth/code", data={"code": newest_code()})

    assert "Add your phone number" in reply.text
    assert (await browser.get("/notes")).url.path == "/auth/factor"


async def test_a_factor_that_no_page_can_show_is_said_so(start: Start) -> None:
    """A sentence and the way out, not an error."""
    browser = await start(
        session.init(),
        emailpassword.init(),
        passwordless.init(ContactEmailOrPhoneConfig(), flow_type="USER_INPUT_CODE_AND_MAGIC_LINK"),
        accountlinking.init(should_do_automatic_account_linking=link_within_a_session),
        multifactorauth.init([FactorIds.OTP_EMAIL], everybody_needs([FactorIds.LINK_PHONE])),
        ui.init(),
    )
    await browser.post("/auth/sign-in/code", data={"email": ANN["email"]})

    reply = await browser.post("/auth/code", data={"code": newest_code()})

    assert reply.status_code == 403
    assert "This account needs another step" in reply.text


async def test_requirements_that_nobody_can_meet_are_a_line_in_the_log(
    start: Start, caplog: pytest.LogCaptureFixture
) -> None:
    """A mistake in the configuration: the person reads a sentence, the developer what is wrong."""
    browser = await begin(start, [FactorIds.LINK_EMAIL])

    reply = await browser.get("/auth/factor")

    assert reply.status_code == 500
    assert "likely because of configuration issues" in caplog.text


async def test_a_link_on_another_site_sends_nothing(start: Start) -> None:
    """There, a person has to press a button first (attack class 24)."""
    browser = await begin(start, [FactorIds.OTP_EMAIL])
    browser.cookies.delete(COOKIE_NAME)
    sent = len(inbox().messages())

    reply = await browser.get("/auth/factor", headers={"sec-fetch-site": "cross-site"})

    assert "A code by email" in reply.text
    assert len(inbox().messages()) == sent


async def test_an_unfinished_session_opens_no_page_but_the_factors(start: Start) -> None:
    """Attack class 14: wherever it goes, it ends at the code, or at what everybody may see."""
    browser = await begin(start, [FactorIds.OTP_EMAIL])
    elsewhere: dict[str, str] = {}

    for page in (page for page in PAGES if page.method == "GET"):
        path = page.path(UIRecipe.get().urls)
        reply = await browser.get(path)
        is_missing = reply.status_code == 404  # a page of a recipe that this application does not have
        if not is_missing and reply.url.path != (path if page.url in PUBLIC_PAGES else "/auth/code"):
            elsewhere[path] = reply.url.path

    assert elsewhere == {}


@pytest.mark.parametrize("headers", [{}, {"accept": "application/json", "sec-fetch-mode": "cors"}])
async def test_an_unfinished_session_opens_nothing_of_the_application(start: Start, headers: dict[str, str]) -> None:
    """A person is led to the code, a program gets 403; nobody gets the page."""
    browser = await begin(start, [FactorIds.OTP_EMAIL])

    for method in ("GET", "POST"):
        reply = await browser.request(method, "/notes", headers=headers)

        assert reply.url.path == "/auth/code" or reply.status_code == 403
        assert "<h1>Notes</h1>" not in reply.text


@pytest.mark.parametrize("names_session", [True, False])
async def test_the_code_is_bound_to_its_session(start: Start, names_session: bool) -> None:
    """A flow planted from a neighbouring host, or left over from another account, is not gone on with."""
    browser = await begin(start, [FactorIds.OTP_EMAIL])
    planted, code = msgspec.json.decode(urlsafe_b64decode(browser.cookies[COOKIE_NAME])), newest_code()
    if not names_session:
        planted["session_handle"] = None
    cookie = urlsafe_b64encode(msgspec.json.encode(planted)).decode()
    await browser.post("/auth/sign-out")
    await browser.post("/auth/sign-up", data={**ANN, "email": "bob@example.com"})
    sent = len(inbox().messages())

    for method, path in (("GET", "code"), ("POST", "code"), ("POST", "resend")):
        browser.cookies.set(COOKIE_NAME, cookie, "localhost.local", "/auth")
        reply = await browser.request(method, f"/auth/{path}", data={"code": code}, follow_redirects=False)

        assert reply.headers["location"].startswith("/auth/factor")
    assert len(inbox().messages()) == sent


async def test_no_id_of_the_flow_is_in_an_address(start: Start) -> None:
    """Attack class 21: addresses are in logs and histories."""
    seen: list[str] = []
    browser = await begin(start, [FactorIds.OTP_EMAIL])
    remember: Callable[[httpx.Request], Any] = _remember(seen)
    browser.event_hooks["request"] = [remember]

    await browser.get("/notes")
    await browser.post("/auth/resend")
    await browser.post("/auth/code", data={"code": newest_code()})

    assert seen
    assert not [url for url in seen if "device" in url.lower() or newest_code() in url or len(url) > 80]


def _remember(seen: list[str]) -> Callable[[httpx.Request], Any]:
    async def remember(request: httpx.Request) -> None:
        seen.append(str(request.url))

    return remember


@pytest.mark.parametrize("factor", [FactorIds.OTP_PHONE, FactorIds.TOTP])
async def test_a_sign_in_that_took_too_long_begins_anew(start: Start, clock: TurnableClock, factor: str) -> None:
    """The password is too old to set a factor up: back to it, with a sentence, and then on to the same page."""
    browser = await sign_up(start, [factor])
    to = {"to": "/notes?id=7"}
    await browser.post("/auth/factor", data={"factor": factor, "phone": PHONE, **to})
    clock.turn(seconds=600)
    await browser.post("/auth/resend")
    clock.turn(seconds=600)

    if factor == FactorIds.OTP_PHONE:
        reply = await browser.post("/auth/code", data={"code": newest_code()})
    else:
        reply = await browser.get("/auth/authenticator/set-up", params=to)

    assert reply.url.path == "/auth/sign-in"
    assert dict(reply.url.params)["to"] == to["to"]
    assert "That sign-in took too long" in reply.text
    again = await browser.post("/auth/sign-in", data={**ANN, **hidden_fields(reply)})
    assert again.url.path in ("/auth/factor", "/auth/authenticator/set-up")
    assert (await browser.get("/auth/sign-in")).url.path == again.url.path
