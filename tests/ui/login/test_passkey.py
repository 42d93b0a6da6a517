# SPDX-License-Identifier: Apache-2.0
"""Passkeys on the pages, with an authenticator in the place of the browser's."""

import httpx
import pytest

from tests.ui.conftest import ADDRESS, Start, open_again
from tests.ui.person import ANN, answer, make_passkey, set_authenticator_up, sign_in_again, sign_up, start_all
from twofold.core.clock import TurnableClock
from twofold.recipe.multifactorauth.types import FactorIds
from twofold.testing import VirtualAuthenticator

BOB = "bob@example.com"
TWO_HOURS = 2 * 60 * 60


async def test_an_account_is_made_and_opened_with_a_passkey(start: Start) -> None:
    """Without any password, and from another browser as well."""
    browser = await start_all(start)
    passkey = await make_passkey(browser, "/auth/sign-up/passkey", email=BOB, to="/notes?id=7")
    assert (await browser.get("/notes")).status_code == 200

    async with open_again(browser) as other:
        reply = await answer(other, await other.get("/auth/sign-in/passkey?to=/notes?id=7"), passkey.get)

    assert str(reply.url) == "http://localhost:8000/notes?id=7"


async def test_a_second_factor_that_is_required_is_set_up_and_given(start: Start) -> None:
    """A new user is led to it; the next time it is asked for."""
    browser = await sign_up(start, [FactorIds.WEBAUTHN])
    assert (await browser.get("/notes")).url.path == "/auth/passkey/set-up"
    passkey = await make_passkey(browser, "/auth/passkey/set-up")
    assert (await browser.get("/notes")).url.path == "/notes"

    reply = await sign_in_again(browser)
    assert reply.url.path == "/auth/passkey"
    reply = await answer(browser, reply, passkey.get)

    assert reply.url.path == "/notes"


async def test_another_persons_passkey_is_no_second_factor(start: Start) -> None:
    """Class 14: given in Ann's session, Bob's opens nothing; the page says so."""
    browser = await start_all(start)
    of_bob = await make_passkey(browser, "/auth/sign-up/passkey", email=BOB)
    await browser.post("/auth/sign-out")
    await browser.post("/auth/sign-up", data=ANN)
    await make_passkey(browser, "/auth/passkey/set-up")
    page = await sign_in_again(browser)

    reply = await answer(browser, page, of_bob.get)

    assert reply.status_code == 422
    assert "This passkey is not known here, or not for your account." in reply.text
    assert (await browser.get("/notes")).url.path == "/auth/passkey"


async def test_an_unknown_passkey_is_refused_when_signing_in(start: Start) -> None:
    """One that was removed here and not on the device."""
    browser = await start_all(start)
    stranger = VirtualAuthenticator(ADDRESS)
    await answer(browser, await browser.post("/auth/sign-up/passkey", data={"email": BOB}), stranger.create)
    await browser.post("/auth/settings/passkeys/remove", data={"passkey": stranger.passkeys[0].id})
    await browser.post("/auth/sign-out")

    reply = await answer(browser, await browser.get("/auth/sign-in/passkey"), stranger.get)

    assert reply.status_code == 422
    assert "This passkey is not known here" in reply.text


async def test_options_that_are_too_old_are_made_anew(start: Start, clock: TurnableClock) -> None:
    """A tab that lay open."""
    browser = await sign_up(start)
    page = await browser.get("/auth/passkey/set-up")
    old = page.text
    clock.turn(seconds=10 * 60)

    reply = await answer(browser, page, VirtualAuthenticator(ADDRESS).create)

    assert reply.status_code == 422
    assert "That took too long" in reply.text
    assert reply.text != old


async def test_what_is_no_credential_is_asked_for_again(start: Start) -> None:
    """Whatever a form sends, the page answers."""
    browser = await start_all(start)

    for path in ("/auth/sign-in/passkey", "/auth/sign-up/passkey"):
        for credential in ("", "x", "[]", "{}", "null", '{"id": 1}'):
            reply = await browser.post(path, data={"options_id": "x", "credential": credential, "email": BOB})

            assert reply.status_code == 422
            assert "data-options=" in reply.text


@pytest.mark.parametrize(("email", "says"), [("", "Enter your email address."), ("x", "not valid")])
async def test_an_address_that_does_not_do_is_asked_for_again(start: Start, email: str, says: str) -> None:
    """Before the browser is asked for anything."""
    browser = await start_all(start)

    reply = await browser.post("/auth/sign-up/passkey", data={"email": email})

    assert reply.status_code == 422
    assert says in reply.text


async def test_an_account_that_exists_is_told(start: Start) -> None:
    """And the way to sign in is on the page."""
    browser = await start_all(start)
    await make_passkey(browser, "/auth/sign-up/passkey", email=BOB)
    await browser.post("/auth/sign-out")

    page = await browser.post("/auth/sign-up/passkey", data={"email": BOB})
    reply = await answer(browser, page, VirtualAuthenticator(ADDRESS).create)

    assert reply.status_code == 422
    assert "already exists" in reply.text


async def test_a_second_passkey_is_added_to_the_first(start: Start, clock: TurnableClock) -> None:
    """Also in a session that began with the password: both open the account."""
    browser = await sign_up(start)
    await make_passkey(browser, "/auth/passkey/set-up")
    second = await make_passkey(
        browser,
        "/auth/passkey/set-up",
    )

    page = await sign_in_again(browser)
    reply = await answer(browser, page, second.get)

    assert reply.url.path == "/notes"


async def test_one_of_two_kinds_may_be_chosen(start: Start, clock: TurnableClock) -> None:
    """The chooser names both, and each page leads back to it."""
    browser = await sign_up(start)
    await set_authenticator_up(browser, clock)
    passkey = await make_passkey(browser, "/auth/passkey/set-up")

    page = await sign_in_again(browser)
    assert page.url.path == "/auth/factor"
    page = await browser.post("/auth/factor", data={"factor": "totp"})
    assert 'href="/auth/factor"' in page.text
    page = await browser.post("/auth/factor", data={"factor": "webauthn"})

    assert (await answer(browser, page, passkey.get)).url.path == "/notes"


async def test_what_the_page_says_without_javascript(start: Start) -> None:
    """That passkeys need it, and the other way to go on."""
    browser: httpx.AsyncClient = await start_all(start)

    page = (await browser.get("/auth/sign-in/passkey")).text

    assert "Passkeys need JavaScript." in page
    assert 'href="/auth/sign-in"' in page
