# SPDX-License-Identifier: Apache-2.0
"""Signing in without a password: a code, or a link."""

import re
from urllib.parse import urlsplit

import httpx
import pytest

from tests.ui.conftest import Start, inbox, newest_code, open_again
from twofold import ui
from twofold.recipe import emailpassword, passwordless, session
from twofold.recipe.passwordless import ContactEmailOrPhoneConfig
from twofold.ui.login.flow import COOKIE_NAME

EMAIL = "ann@example.com"


@pytest.fixture
async def browser(start: Start) -> httpx.AsyncClient:
    """A browser at an application without passwords."""
    return await start(
        session.init(),
        passwordless.init(ContactEmailOrPhoneConfig(), flow_type="USER_INPUT_CODE_AND_MAGIC_LINK"),
        ui.init(home_path="/notes"),
    )


async def ask(browser: httpx.AsyncClient, to: str = "") -> httpx.Response:
    """Ask for a message."""
    return await browser.post("/auth/sign-in/code", data={"email": EMAIL, "to": to})


def link() -> tuple[str, dict[str, str]]:
    """Return the path of the newest link, and the form that the script of its page would send."""
    found = re.search(r"https?://\S+", inbox().messages()[0].text)
    assert found is not None
    url = urlsplit(found.group())
    values = httpx.QueryParams(url.query)
    form = {
        "pre_auth_session_id": values["preAuthSessionId"],
        "tenant_id": values["tenantId"],
        "link_code": url.fragment,
    }
    return f"{url.path}?{url.query}", form


async def test_without_passwords_the_address_is_all_that_is_asked(browser: httpx.AsyncClient) -> None:
    """The sign-in page is the page for the address; the phone is offered beside it."""
    reply = await browser.get("/auth/sign-in?to=/notes")

    assert reply.url.path == "/auth/sign-in/code"
    assert 'name="email"' in reply.text
    assert "Use a phone number instead" in reply.text
    assert "Sign in with a password" not in reply.text


async def test_the_code_signs_in_and_leads_on(browser: httpx.AsyncClient) -> None:
    """The first code makes the account."""
    page = await ask(browser, to="/notes?id=1")
    assert "a•••@example.com" in page.text
    assert "You can also open the link" in page.text

    reply = await browser.post("/auth/code", data={"code": newest_code()})

    assert str(reply.url) == "http://localhost:8000/notes?id=1"


async def test_a_phone_number_gets_a_text_message(browser: httpx.AsyncClient) -> None:
    """By the other form."""
    await browser.post("/auth/sign-in/code?channel=phone", data={"phone": "+41791234567"})

    assert inbox().messages()[0].channel == "sms"
    assert (await browser.post("/auth/code", data={"code": newest_code()})).url.path == "/notes"


@pytest.mark.parametrize("email", ["", "ann", "ann@"])
async def test_an_address_that_is_none_is_said_so(browser: httpx.AsyncClient, email: str) -> None:
    """And nothing is sent."""
    reply = await browser.post("/auth/sign-in/code", data={"email": email})

    assert reply.status_code == 422
    assert 'href="#email"' in reply.text
    assert inbox().messages() == []


async def test_the_link_signs_in_at_once_where_it_was_asked_for(browser: httpx.AsyncClient) -> None:
    """The page tells its script to send the form, and the wanted page opens."""
    await ask(browser, to="/notes?id=1")
    path, form = link()

    page = await browser.get(path)
    reply = await browser.post("/auth/verify", data=form)

    assert "data-submit-now" in page.text
    assert str(reply.url) == "http://localhost:8000/notes?id=1"


async def test_elsewhere_the_link_needs_a_person(browser: httpx.AsyncClient) -> None:
    """A scanner of mail that runs scripts does not use it up; a person presses the button."""
    await ask(browser)
    path, form = link()
    elsewhere = open_again(browser)

    page = await elsewhere.get(path)
    reply = await elsewhere.post("/auth/verify", data=form)

    assert "data-submit-now" not in page.text
    assert "Press the button" in page.text
    assert reply.url.path == "/notes"


async def test_a_link_works_once(browser: httpx.AsyncClient) -> None:
    """Attack class 32."""
    await ask(browser)
    _, form = link()
    await browser.post("/auth/verify", data=form)

    reply = await open_again(browser).post("/auth/verify", data=form)

    assert reply.status_code == 410
    assert "This link no longer works" in reply.text


async def test_opening_the_page_of_a_link_uses_nothing_up(browser: httpx.AsyncClient) -> None:
    """Previews and scanners open links."""
    await ask(browser)
    path, form = link()

    await open_again(browser).get(path)

    assert (await browser.post("/auth/verify", data=form)).url.path == "/notes"


async def test_going_back_forgets_the_code(browser: httpx.AsyncClient) -> None:
    """The wanted page is kept, the code under way is not."""
    await ask(browser, to="/notes?id=1")

    reply = await browser.post("/auth/cancel")

    assert reply.url.params["to"] == "/notes?id=1"
    assert COOKIE_NAME not in browser.cookies


async def test_both_ways_are_offered_where_there_are_two(start: Start) -> None:
    """Each page leads to the other."""
    browser = await start(
        session.init(),
        emailpassword.init(),
        passwordless.init(ContactEmailOrPhoneConfig(), flow_type="MAGIC_LINK"),
        ui.init(),
    )

    assert "/auth/sign-in/code" in (await browser.get("/auth/sign-in")).text
    assert "Sign in with a password" in (await browser.get("/auth/sign-in/code")).text


async def test_a_link_without_a_code_shows_no_field_for_one(start: Start) -> None:
    """The page says where the link went."""
    browser = await start(
        session.init(), passwordless.init(ContactEmailOrPhoneConfig(), flow_type="MAGIC_LINK"), ui.init()
    )

    page = await ask(browser)

    assert "We sent a sign-in link to" in page.text
    assert 'name="code"' not in page.text
