# SPDX-License-Identifier: Apache-2.0
"""A lost passkey: a link by mail, a new passkey, once."""

import re
from urllib.parse import urlsplit

import httpx
import pytest

from tests.ui.conftest import ADDRESS, Start, inbox
from tests.ui.person import answer, make_passkey, start_all
from twofold import ui
from twofold.recipe import session
from twofold.testing import VirtualAuthenticator

BOB = "bob@example.com"


@pytest.fixture
async def browser(start: Start) -> httpx.AsyncClient:
    """A browser of Bob, whose account has nothing but a passkey, which he has lost."""
    browser = await start_all(start)
    await make_passkey(browser, "/auth/sign-up/passkey", email=BOB)
    await browser.post("/auth/sign-out")
    return browser


async def ask_for_link(browser: httpx.AsyncClient) -> str:
    """Ask for the link, and return its path."""
    reply = await browser.post("/auth/lost-passkey", data={"email": BOB})
    assert "If there is an account with the address" in reply.text
    found = re.search(r"https?://\S+", inbox().messages()[0].text)
    assert found is not None
    parts = urlsplit(found.group())
    return f"{parts.path}?{parts.query}"


async def test_the_link_makes_a_new_one(browser: httpx.AsyncClient) -> None:
    """With which Bob signs in."""
    passkey = VirtualAuthenticator(ADDRESS)
    assert 'href="/auth/lost-passkey"' in (await browser.get("/auth/sign-in/passkey")).text

    reply = await answer(browser, await browser.get(await ask_for_link(browser)), passkey.create)
    assert "Your new passkey is ready." in reply.text
    reply = await answer(browser, await browser.get("/auth/sign-in/passkey"), passkey.get)

    assert reply.url.path == "/notes"


async def test_a_link_works_once(browser: httpx.AsyncClient) -> None:
    """Whoever finds the mail later makes no passkey with it."""
    link = await ask_for_link(browser)
    page = await browser.get(link)
    await answer(browser, page, VirtualAuthenticator(ADDRESS).create)

    again = await answer(browser, page, VirtualAuthenticator(ADDRESS).create)
    opened = await browser.get(link)

    assert (again.status_code, opened.status_code) == (410, 410)


async def test_what_is_no_credential_is_asked_for_again(browser: httpx.AsyncClient) -> None:
    """And the link is good still."""
    page = await browser.get(await ask_for_link(browser))

    reply = await answer(browser, page, lambda _options: {"id": 1})

    assert reply.status_code == 422
    assert "Your new passkey" in (await answer(browser, reply, VirtualAuthenticator(ADDRESS).create)).text


async def test_an_address_without_account_is_answered_alike(browser: httpx.AsyncClient) -> None:
    """Class 34; no address at all is asked for."""
    sent = len(inbox().messages())

    unknown = await browser.post("/auth/lost-passkey", data={"email": "nobody@example.com"})
    missing = await browser.post("/auth/lost-passkey")

    assert "If there is an account with the address" in unknown.text
    assert len(inbox().messages()) == sent
    assert (missing.status_code, "Enter your email address." in missing.text) == (422, True)


@pytest.mark.parametrize("path", ["/auth/webauthn/recover", "/auth/webauthn/recover?token=x"])
async def test_a_link_that_is_none_says_so(browser: httpx.AsyncClient, path: str) -> None:
    """And leads to another."""
    reply = await browser.get(path)

    assert reply.status_code == 410
    assert 'href="/auth/lost-passkey"' in reply.text


async def test_an_application_without_passkeys_has_no_such_page(start: Start) -> None:
    """404."""
    browser = await start(session.init(), ui.init())

    for path in ("/auth/lost-passkey", "/auth/webauthn/recover?token=x"):
        assert (await browser.get(path)).status_code == 404
