# SPDX-License-Identifier: Apache-2.0
"""A verified address, where the application requires one."""

import re
from html import unescape
from urllib.parse import urlsplit

import httpx
import pytest

from tests.ui.conftest import Start, inbox, open_again
from tests.ui.person import ANN
from twofold import ui
from twofold.recipe import emailpassword, emailverification, session


@pytest.fixture
async def ann(start: Start) -> httpx.AsyncClient:
    """A browser in which Ann has just signed up at an application that requires a verified address."""
    browser = await start(
        session.init(), emailpassword.init(), emailverification.init("REQUIRED"), ui.init(home_path="/notes")
    )
    await browser.post("/auth/sign-up", data=ANN)
    return browser


def link() -> str:
    """Return the path of the newest message's link."""
    found = re.search(r"https?://\S+", inbox().messages()[0].text)
    assert found is not None
    parts = urlsplit(found.group())
    return f"{parts.path}?{parts.query}"


def fields(page: httpx.Response) -> dict[str, str]:
    """Return what the form of the page sends."""
    return {name: unescape(value) for name, value in re.findall(r'name="(\w+)" value="([^"]*)"', page.text)}


async def test_the_page_waits_for_the_address(ann: httpx.AsyncClient) -> None:
    """Ask for the mail, open its link, press the button, and go on."""
    page = await ann.get("/notes?id=7")
    assert page.url.path == "/auth/verify-email"
    assert inbox().messages() == []
    sent = await ann.post("/auth/verify-email", data=fields(page))
    assert "We sent you a link." in sent.text

    page = await ann.get(link())
    assert (await ann.get("/notes")).url.path == "/auth/verify-email"
    done = await ann.post("/auth/verify-email", data=fields(page))

    assert "Your email address is confirmed." in done.text
    assert (await ann.get("/notes")).url.path == "/notes"


async def test_it_may_be_confirmed_elsewhere(ann: httpx.AsyncClient) -> None:
    """On the phone where the mail is; the first browser goes on by itself when its page is opened again."""
    await ann.post("/auth/verify-email")
    async with open_again(ann) as phone:
        page = await phone.get(link())
        await phone.post("/auth/verify-email", data=fields(page))

    reply = await ann.get("/auth/verify-email?to=/notes?id=7")

    assert str(reply.url) == "http://localhost:8000/notes?id=7"


async def test_a_link_works_once(ann: httpx.AsyncClient) -> None:
    """Then the page says so."""
    await ann.post("/auth/verify-email")
    page = await ann.get(link())
    await ann.post("/auth/verify-email", data=fields(page))

    reply = await ann.post("/auth/verify-email", data=fields(page))

    assert reply.status_code == 410
    assert "This link no longer works" in reply.text


async def test_no_mail_is_sent_to_who_needs_none(ann: httpx.AsyncClient) -> None:
    """A stale tab whose button is pressed."""
    await ann.post("/auth/verify-email")
    await ann.post("/auth/verify-email", data=fields(await ann.get(link())))
    sent = len(inbox().messages())

    reply = await ann.post("/auth/verify-email", data={"to": "/notes?id=7"})

    assert str(reply.url) == "http://localhost:8000/notes?id=7"
    assert len(inbox().messages()) == sent


async def test_settings_wait_as_well(ann: httpx.AsyncClient) -> None:
    """They are pages like any other."""
    assert (await ann.get("/auth/settings")).url.path == "/auth/verify-email"


async def test_an_application_without_it_has_no_such_page(start: Start) -> None:
    """404."""
    browser = await start(session.init(), ui.init())

    assert (await browser.get("/auth/verify-email?token=x")).status_code == 404
