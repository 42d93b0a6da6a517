# SPDX-License-Identifier: Apache-2.0
"""Authenticator apps on the pages: set up, used, refused, locked."""

import re

import httpx
import pytest

from tests.ui.conftest import Start
from tests.ui.fake_request import FakeRequest
from tests.ui.fake_response import FakeResponse
from tests.ui.person import HALF_AN_HOUR, hidden_fields, set_authenticator_up, sign_in_again, sign_up
from twofold import ui
from twofold.core.clock import TurnableClock
from twofold.recipe import session
from twofold.recipe.multifactorauth.types import FactorIds
from twofold.ui.login.authenticator import locked
from twofold.ui.login.set_up_authenticator import qr_code
from twofold.ui.recipe import UIRecipe
from twofold.ui.visit import Visit


@pytest.fixture
async def ann(start: Start) -> httpx.AsyncClient:
    """A browser in which Ann is signed in, who has no second factor yet."""
    return await sign_up(start)


async def test_where_it_is_required_it_is_set_up_while_signing_in(start: Start, clock: TurnableClock) -> None:
    """A new user is led to it, and then to the page that was wanted; nothing opens before."""
    browser = await sign_up(start, [FactorIds.TOTP])
    reply = await browser.get("/notes?id=7")
    assert reply.url.path == "/auth/authenticator/set-up"
    assert "Your account needs this second step." in reply.text

    to = reply.url.params["to"]
    shown = await browser.post("/auth/authenticator/set-up", data={"name": "My phone", "to": to})
    fields = hidden_fields(shown)
    assert 'class="qr"' in shown.text
    wrong = await browser.post("/auth/authenticator/verify", data={**fields, "code": "000000"})
    assert wrong.status_code == 422
    assert "4 tries left" in wrong.text
    assert hidden_fields(wrong)["secret"] == fields["secret"]
    await set_authenticator_up(browser, clock, "My other phone", to=to)

    assert (await browser.get("/notes")).text == "<h1>Notes</h1>"


async def test_its_code_is_asked_for_from_then_on(ann: httpx.AsyncClient, clock: TurnableClock) -> None:
    """The page keeps where to, a wrong code counts down, the right one opens."""
    app = await set_authenticator_up(ann, clock)
    await ann.post("/auth/sign-out")
    reply = await ann.get("/notes?id=7")
    reply = await ann.post(
        "/auth/sign-in", data={"email": "ann@example.com", "password": "correct horse battery"} | hidden_fields(reply)
    )
    assert reply.url.path == "/auth/authenticator"
    fields = hidden_fields(reply)

    wrong = await ann.post("/auth/authenticator", data={**fields, "code": app.code(-5)})
    assert "4 tries left" in wrong.text
    missing = await ann.post("/auth/authenticator", data=fields)
    assert "Enter the code that the app shows." in missing.text
    reply = await ann.post("/auth/authenticator", data={**fields, "code": f"{app.code()[:3]} {app.code()[3:]}"})

    assert (reply.status_code, str(reply.url)) == (200, "http://localhost:8000/notes?id=7")


async def test_too_many_wrong_codes_lock_it_for_a_while(ann: httpx.AsyncClient, clock: TurnableClock) -> None:
    """The page says for how long, and what works meanwhile; the right code is not looked at."""
    app = await set_authenticator_up(ann, clock)
    await ann.post("/auth/settings/recovery-codes")
    await sign_in_again(ann)
    replies = [await ann.post("/auth/authenticator", data={"code": app.code(-5)}) for _ in range(5)]
    assert [reply.status_code for reply in replies] == [422, 422, 422, 422, 429]

    reply = await ann.post("/auth/authenticator", data={"code": app.code()})

    assert reply.status_code == 429
    assert "For about 15 minutes" in reply.text
    assert reply.headers["retry-after"] == str(15 * 60)
    assert 'href="/auth/recovery-code' in reply.text
    clock.turn(seconds=HALF_AN_HOUR)
    assert (await ann.post("/auth/authenticator", data={"code": app.code()})).url.path == "/notes"


@pytest.mark.parametrize(
    ("minutes", "says"),
    [(1, "For about a minute"), (59, "For about 59 minutes"), (61, "For about an hour"), (600, "For about 10 hours")],
)
async def test_the_time_is_said_in_words(ann: httpx.AsyncClient, minutes: int, says: str) -> None:
    """As long as a tenant's lock lasts; a trusted device and recovery codes are named as ways around it."""
    visit = Visit(UIRecipe.get(), FakeRequest("GET", "http://localhost:8000/auth/authenticator"), FakeResponse(), {})
    around: dict[str, object] = {"has_recovery_codes": True, "is_again": False}

    page = locked(visit, {"retryAfterMs": minutes * 60_000}, around)

    assert isinstance(page, FakeResponse)
    for text in (says, "A device that you trusted before", "Use a recovery code instead", "If this is your account"):
        assert text in page.body.decode()


async def test_who_need_not_give_it_is_sent_on(ann: httpx.AsyncClient) -> None:
    """Finished in another tab, or opened out of curiosity."""
    for reply in (await ann.get("/auth/authenticator"), await ann.post("/auth/authenticator", data={"code": "1"})):
        assert reply.url.path == "/notes"


@pytest.mark.parametrize(
    ("name", "says"),
    [("", "Enter a name."), (" ", "Enter a name."), ("x" * 101, "Enter a shorter name"), ("My phone", "another one")],
)
async def test_a_name_that_does_not_do_is_asked_for_again(
    ann: httpx.AsyncClient, clock: TurnableClock, name: str, says: str
) -> None:
    """Before any secret is made."""
    await set_authenticator_up(ann, clock)

    reply = await ann.post("/auth/authenticator/set-up", data={"name": name})

    assert reply.status_code == 422
    assert says in reply.text


async def test_a_name_is_offered_that_does(ann: httpx.AsyncClient, clock: TurnableClock) -> None:
    """Also to who replaces a device that must not be removed before."""
    offered: list[str] = []
    for _ in range(3):
        page = await ann.get("/auth/authenticator/set-up")
        offered += re.findall(r'value="(My phone[^"]*)"', page.text)
        await set_authenticator_up(ann, clock, offered[-1])

    assert offered == ["My phone", "My phone 2", "My phone 3"]


async def test_a_page_that_was_forged_shows_no_other_secret(ann: httpx.AsyncClient) -> None:
    """What the form sends back is only shown again, escaped, and no address of another kind becomes a link."""
    fields = {"name": "<b>", "secret": "<b>", "uri": "javascript:alert(1)", "code": ""}

    reply = await ann.post("/auth/authenticator/verify", data=fields)

    assert reply.status_code == 422
    assert "<b>" not in reply.text
    assert "javascript:" not in reply.text


@pytest.mark.parametrize("fields", [{}, {"code": "123456"}, {"name": "unknown", "code": "123456"}])
async def test_verifying_what_was_never_begun_begins_anew(ann: httpx.AsyncClient, fields: dict[str, str]) -> None:
    """A stale tab."""
    reply = await ann.post("/auth/authenticator/verify", data=fields)

    assert reply.url.path == "/auth/authenticator/set-up"


async def test_setting_up_needs_a_fresh_factor(ann: httpx.AsyncClient, clock: TurnableClock) -> None:
    """Half an hour after signing in, the password is asked for again, and the way leads back."""
    clock.turn(seconds=HALF_AN_HOUR)

    reply = await ann.get("/auth/authenticator/set-up?to=/notes")
    assert reply.url.path == "/auth/password"
    wrong = await ann.post("/auth/password", data={**hidden_fields(reply), "password": "not the password"})
    assert "This is not your password." in wrong.text
    empty = await ann.post("/auth/password", data=hidden_fields(reply))
    assert "Enter a password." in empty.text
    back = await ann.post("/auth/password", data={**hidden_fields(reply), "password": "correct horse battery"})

    assert str(back.url) == "http://localhost:8000/auth/authenticator/set-up?to=/notes"


async def test_an_application_without_it_has_no_such_page(start: Start) -> None:
    """404, for who is signed in."""
    browser = await start(session.init(), ui.init())
    await browser.post("/begin")

    for path in ("/auth/authenticator/set-up", "/auth/settings/authenticators"):
        assert (await browser.get(path)).status_code == 404


def test_the_qr_code_needs_no_style() -> None:
    """The Content-Security-Policy allows no inline style; black on white whatever the scheme."""
    svg = str(qr_code("otpauth://totp/x?secret=ABC"))

    assert "style" not in svg
    assert 'fill="#fff"' in svg
