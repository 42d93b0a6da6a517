# SPDX-License-Identifier: Apache-2.0
"""The settings: what they show, what they change, whom they refuse."""

import re
from typing import Any

import httpx
import pytest

from tests.ui.conftest import Start, inbox, newest_code, open_again
from tests.ui.person import (
    ANN,
    HALF_AN_HOUR,
    create_recovery_codes,
    hidden_fields,
    make_passkey,
    set_authenticator_up,
    sign_in_again,
    sign_up,
)
from twofold import _state, ui
from twofold.core.clock import TurnableClock
from twofold.recipe import passwordless, session
from twofold.recipe.multifactorauth.types import FactorIds

SETTINGS = "/auth/settings"
FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"


@pytest.fixture
async def ann(start: Start) -> httpx.AsyncClient:
    """A browser in which Ann is signed in, who has no second factor yet."""
    return await sign_up(start)


async def test_they_lead_to_everything(
    ann: httpx.AsyncClient, clock: TurnableClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With how many there are of each, and the ways to sign in; the core verifies the session once."""
    await set_authenticator_up(ann, clock)
    await set_authenticator_up(ann, clock, "My tablet")
    await make_passkey(ann, "/auth/passkey/set-up")
    await create_recovery_codes(ann)

    calls: list[str] = []
    transport = _state.current_app().transport
    ask = transport.call

    async def listed(method: str, path: str, **more: Any) -> Any:
        calls.append(path)
        return await ask(method, path, **more)

    monkeypatch.setattr(transport, "call", listed)

    page = (await ann.get(SETTINGS)).text

    assert calls.count("/recipe/session/verify") == 1
    for text in ("2 ways", "2 apps", "One passkey", "10 codes left", "Only this one", "Trusted devices"):
        assert text in page
    for link in re.findall(r'class="entry" href="([^"]+)"', page):
        assert (await ann.get(link)).status_code == 200


async def test_an_application_with_little_shows_little(start: Start) -> None:
    """What no recipe answers is not offered."""
    browser = await start(
        session.init(), passwordless.init(passwordless.ContactEmailOnlyConfig(), "USER_INPUT_CODE"), ui.init()
    )
    await browser.post("/auth/sign-in/code", data={"email": ANN["email"]})
    await browser.post("/auth/code", data={"code": newest_code()})

    page = (await browser.get(SETTINGS)).text

    assert re.findall(r'class="entry" href="([^"]+)"', page) == [f"{SETTINGS}/login-methods", f"{SETTINGS}/sessions"]
    page = (await browser.get(f"{SETTINGS}/login-methods")).text
    assert ANN["email"] in page
    assert "Add another way" not in page  # nothing is linked without a policy


async def test_what_changes_factors_needs_a_fresh_one(ann: httpx.AsyncClient, clock: TurnableClock) -> None:
    """The app's code is asked for again, and the way leads back to the page (class 10)."""
    app = await set_authenticator_up(ann, clock)
    ways = [("GET", path) for path in ("/authenticators", "/passkeys", "/recovery-codes", "/password")]
    for method, path in [*ways, ("POST", "/authenticators/rename")]:
        clock.turn(seconds=HALF_AN_HOUR)

        page = await ann.request(method, SETTINGS + path)
        assert page.url.path == "/auth/authenticator"
        assert "Cancel and sign out" not in page.text
        back = await ann.post("/auth/authenticator", data={**hidden_fields(page), "code": app.code()})

        assert (back.status_code, back.url.path) == (200, SETTINGS + path.removesuffix("/rename"))


async def test_an_app_is_renamed(ann: httpx.AsyncClient, clock: TurnableClock) -> None:
    """To a name that no other has."""
    await set_authenticator_up(ann, clock)
    await set_authenticator_up(ann, clock, "My tablet")
    rename = f"{SETTINGS}/authenticators/rename"
    for name, says in (("", "Enter a name."), ("x" * 101, "shorter name"), ("My tablet", "another one of this name")):
        reply = await ann.post(rename, data={"device": "My phone", "name": name})
        assert reply.status_code == 422
        assert says in reply.text

    reply = await ann.post(rename, data={"device": "My phone", "name": "<My> old phone"})

    assert reply.url.path == f"{SETTINGS}/authenticators"
    assert "&lt;My&gt; old phone" in reply.text
    assert "<h2>My phone</h2>" not in reply.text


@pytest.mark.parametrize("action", ["rename", "remove"])
async def test_an_app_that_is_gone_is_no_error(ann: httpx.AsyncClient, action: str) -> None:
    """A second tab was faster."""
    reply = await ann.post(f"{SETTINGS}/authenticators/{action}", data={"device": "nothing", "name": "x"})

    assert (reply.status_code, reply.url.path) == (200, f"{SETTINGS}/authenticators")


async def test_an_app_is_removed(ann: httpx.AsyncClient, clock: TurnableClock) -> None:
    """And the next sign-in does not ask for it."""
    await set_authenticator_up(ann, clock)

    reply = await ann.post(f"{SETTINGS}/authenticators/remove", data={"device": "My phone"})

    assert "None yet" in reply.text
    assert (await sign_in_again(ann)).url.path == "/notes"


async def test_the_last_of_what_is_required_stays(start: Start, clock: TurnableClock) -> None:
    """The next sign-in would let anybody with the password set up another: the page says what to do instead."""
    app = await sign_up(start, [{"oneOf": [FactorIds.TOTP, FactorIds.WEBAUTHN]}])
    await set_authenticator_up(app, clock)

    reply = await app.post(f"{SETTINGS}/authenticators/remove", data={"device": "My phone"})
    assert reply.status_code == 422
    assert "This is your last second factor" in reply.text
    passkey = await make_passkey(app, "/auth/passkey/set-up")
    await app.post(f"{SETTINGS}/authenticators/remove", data={"device": "My phone"})
    assert "None yet" in (await app.get(f"{SETTINGS}/authenticators")).text
    reply = await app.post(f"{SETTINGS}/passkeys/remove", data={"passkey": passkey.passkeys[0].id})

    assert reply.status_code == 422
    assert "This is your last second factor" in reply.text


async def test_a_passkey_is_removed(ann: httpx.AsyncClient) -> None:
    """And the next sign-in does not ask for it."""
    passkey = await make_passkey(ann, "/auth/passkey/set-up")
    page = await ann.get(f"{SETTINGS}/passkeys")
    assert "Passkey 1" in page.text

    reply = await ann.post(f"{SETTINGS}/passkeys/remove", data={"passkey": passkey.passkeys[0].id})

    assert "None yet" in reply.text


async def test_the_password_is_changed(ann: httpx.AsyncClient) -> None:
    """The old one is wrong, the new one is right, and every other session is over (ASVS 6.2.2, 7.4.3)."""
    async with open_again(ann) as elsewhere:
        await elsewhere.post("/auth/sign-in", data=ANN)
        new = {"current_password": ANN["password"], "password": "another horse battery"}

        reply = await ann.post(f"{SETTINGS}/password", data=new)

        assert "Your password is changed. Everywhere else you are signed out." in reply.text
        assert (await elsewhere.get(SETTINGS)).url.path == "/auth/sign-in"
    assert (await sign_in_again(ann)).status_code == 422
    reply = await ann.post("/auth/sign-in", data={**ANN, "password": "another horse battery"})
    assert reply.url.path == "/notes"


@pytest.mark.parametrize(
    ("current", "new", "says"),
    [
        ("", "", "Enter a password."),
        ("not the password", "another horse battery", "This is not your password."),
        (ANN["password"], "short", "at least 8 characters"),
        (ANN["password"], "", "Enter a password."),
    ],
)
async def test_a_password_that_does_not_do_changes_nothing(
    ann: httpx.AsyncClient, current: str, new: str, says: str
) -> None:
    """And says which of the two it is (ASVS 6.2.3)."""
    reply = await ann.post(f"{SETTINGS}/password", data={"current_password": current, "password": new})

    assert reply.status_code == 422
    assert says in reply.text
    assert (await sign_in_again(ann)).url.path == "/notes"


async def test_who_has_no_password_has_no_such_page(start: Start) -> None:
    """404."""
    browser = await start(
        session.init(), passwordless.init(passwordless.ContactEmailOnlyConfig(), "USER_INPUT_CODE"), ui.init()
    )
    await browser.post("/auth/sign-in/code", data={"email": ANN["email"]})
    await browser.post("/auth/code", data={"code": newest_code()})

    assert (await browser.get(f"{SETTINGS}/password")).status_code == 404


async def test_sessions_are_told_apart_and_ended(ann: httpx.AsyncClient) -> None:
    """By browser and time; the others end, this one stays (ASVS 7.5.2)."""
    async with open_again(ann) as phone, open_again(ann) as tablet:
        await phone.post("/auth/sign-in", data=ANN, headers={"user-agent": FIREFOX})
        await tablet.post("/auth/sign-in", data=ANN)
        page = await ann.get(f"{SETTINGS}/sessions")
        assert page.text.count("This session") == 1
        assert "Firefox on Linux" in page.text
        assert "Unknown device" in page.text

        handles = set(re.findall(r'name="session" value="([^"]+)"', page.text))
        assert len(handles) == 2
        for handle in handles:
            await ann.post(f"{SETTINGS}/sessions/end", data={"session": handle})

        for other in (phone, tablet):
            assert (await other.get(SETTINGS)).url.path == "/auth/sign-in"
    page = await ann.get(f"{SETTINGS}/sessions")
    assert "End all other sessions" not in page.text


async def test_all_other_sessions_end_at_once(ann: httpx.AsyncClient) -> None:
    """By one button (ASVS 7.4.3, 7.5.2)."""
    async with open_again(ann) as phone:
        await phone.post("/auth/sign-in", data=ANN)

        await ann.post(f"{SETTINGS}/sessions/end-others")

        assert (await phone.get(SETTINGS)).url.path == "/auth/sign-in"
    assert (await ann.get(SETTINGS)).url.path == SETTINGS


async def test_nobody_ends_sessions_of_others(ann: httpx.AsyncClient) -> None:
    """Class 13: a handle is no secret, and ends nothing by itself."""
    async with open_again(ann) as bob:
        await bob.post("/auth/sign-up", data={**ANN, "email": "bob@example.com"})
        await bob.post("/auth/sign-in", data={**ANN, "email": "bob@example.com"})
        sessions = await bob.get(f"{SETTINGS}/sessions")
        fields = hidden_fields(sessions)

        await ann.post(f"{SETTINGS}/sessions/end", data=fields)

        assert hidden_fields(await bob.get(f"{SETTINGS}/sessions")) == fields != {}


async def test_a_device_is_trusted_and_then_not(ann: httpx.AsyncClient, clock: TurnableClock) -> None:
    """The box spares the code in this browser alone, until the trust is ended here."""
    app = await set_authenticator_up(ann, clock)
    page = await sign_in_again(ann)
    assert "for 30 days" in page.text
    await ann.post("/auth/authenticator", data={"code": app.code(), "trust": "1"})
    assert (await sign_in_again(ann)).url.path == "/notes"
    async with open_again(ann) as elsewhere:
        assert (await elsewhere.post("/auth/sign-in", data=ANN)).url.path == "/auth/authenticator"
    page = await ann.get(f"{SETTINGS}/trusted-devices")
    assert "This device" in page.text

    page = await ann.post(f"{SETTINGS}/trusted-devices/remove", data=hidden_fields(page))

    assert page.url.path == "/auth/sign-in"  # the session rested on it
    assert (await sign_in_again(ann)).url.path == "/auth/authenticator"


async def test_all_devices_are_forgotten_at_once(ann: httpx.AsyncClient, clock: TurnableClock) -> None:
    """Also the one that is not at hand."""
    app = await set_authenticator_up(ann, clock)
    async with open_again(ann) as lost:
        await lost.post("/auth/sign-in", data=ANN)
        await lost.post("/auth/authenticator", data={"code": app.code(), "trust": "1"})

        await ann.post(f"{SETTINGS}/trusted-devices/remove-all")

        assert (await sign_in_again(lost)).url.path == "/auth/authenticator"


async def test_a_code_by_email_may_trust_the_device_as_well(start: Start) -> None:
    """The box is beside every second factor."""
    browser = await sign_up(start, [FactorIds.OTP_EMAIL])
    page = await browser.get("/auth/factor")
    assert 'name="trust"' in page.text

    await browser.post("/auth/code", data={"code": newest_code(), "trust": "1"})
    sent = len(inbox().messages())

    assert (await sign_in_again(browser)).url.path == "/notes"
    assert len(inbox().messages()) == sent
