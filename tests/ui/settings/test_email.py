# SPDX-License-Identifier: Apache-2.0
"""The address beside the password is changed: after the new one was proven, and the old one is told."""

import json
import re
from base64 import urlsafe_b64decode, urlsafe_b64encode

import httpx
import pytest

from tests.ui.conftest import Start, inbox, open_again
from tests.ui.person import ANN, link_within_a_session, sign_up
from twofold import ui
from twofold.asyncio import list_users_by_account_info
from twofold.ingredients._unobserved import all_sent
from twofold.recipe import accountlinking, emailpassword, emailverification, multifactorauth, passwordless, session
from twofold.recipe.emailpassword.asyncio import sign_up as create
from twofold.recipe.emailverification.asyncio import create_email_verification_token, verify_email_using_token
from twofold.recipe.emailverification.types import CreateEmailVerificationTokenOkResult
from twofold.types.base import AccountInfoInput
from twofold.ui.login.flow import EMAIL_COOKIE_NAME

EMAIL = "/auth/settings/email"
NEW = "ann@work.example"


@pytest.fixture
async def ann(start: Start) -> httpx.AsyncClient:
    """A browser in which Ann is signed in, at an application that verifies addresses."""
    return await sign_up(start, None, emailverification.init("OPTIONAL"))


async def open_link(browser: httpx.AsyncClient) -> httpx.Response:
    """Open the link of the newest mail, and press its button."""
    mail = inbox().messages()[0]
    link = next(word for word in mail.text.split() if word.startswith("http"))
    page = await browser.get(link)
    fields = dict(re.findall(r'name="(token|tenant_id)" value="([^"]*)"', page.text))
    return await browser.post("/auth/verify-email", data=fields)


async def is_let_in(browser: httpx.AsyncClient, email: str) -> bool:
    """Tell whether Ann's password opens the account with this address."""
    async with open_again(browser) as elsewhere:
        return (await elsewhere.post("/auth/sign-in", data={**ANN, "email": email})).url.path == "/notes"


async def test_nothing_changes_until_the_link_is_opened(ann: httpx.AsyncClient) -> None:
    """Then the old address is told, and signs in no longer."""
    page = await ann.post(EMAIL, data={"email": NEW})
    assert "We sent a link to" in page.text
    assert inbox().messages()[0].to == NEW
    early = await ann.post(f"{EMAIL}/confirm")
    assert (early.status_code, "The link was not opened yet." in early.text) == (422, True)
    assert await is_let_in(ann, ANN["email"])

    done = await open_link(ann)
    assert f'href="{EMAIL}"' in done.text
    assert "Use it from now on" in (await ann.get(EMAIL)).text
    assert not await is_let_in(ann, NEW)
    reply = await ann.post(f"{EMAIL}/confirm")

    assert "Your email address is changed." in reply.text
    assert NEW in reply.text
    assert ANN["email"] not in reply.text
    await all_sent()
    mail = inbox().messages()[0]
    assert (mail.to, mail.subject) == (ANN["email"], "Your email address was changed")
    assert NEW not in mail.text
    assert await is_let_in(ann, NEW)
    assert not await is_let_in(ann, ANN["email"])
    assert (await ann.post(f"{EMAIL}/confirm")).url.path == EMAIL


async def test_the_link_may_be_opened_elsewhere(ann: httpx.AsyncClient) -> None:
    """On the phone, without a session: it proves the address, and changes nothing by itself."""
    await ann.post(EMAIL, data={"email": NEW})
    async with open_again(ann) as phone:
        await open_link(phone)
    assert not await is_let_in(ann, NEW)

    await ann.post(f"{EMAIL}/confirm")

    assert await is_let_in(ann, NEW)


async def test_the_button_may_be_pressed_twice(ann: httpx.AsyncClient) -> None:
    """The second request, sent before the answer to the first, does not take back that the address is proven."""
    await ann.post(EMAIL, data={"email": NEW})
    await open_link(ann)
    sent_with = httpx.Cookies(ann.cookies)
    await ann.post(f"{EMAIL}/confirm")
    ann.cookies = sent_with

    reply = await ann.post(f"{EMAIL}/confirm")

    assert "Your email address is changed." in reply.text
    (user,) = await list_users_by_account_info("public", AccountInfoInput(email=NEW))
    assert [method.verified for method in user.login_methods] == [True]


async def change(browser: httpx.AsyncClient, email: str) -> httpx.Response:
    """Change the address, by a link that is opened."""
    await browser.post(EMAIL, data={"email": email})
    await open_link(browser)
    return await browser.post(f"{EMAIL}/confirm")


async def test_a_link_is_needed_each_time(ann: httpx.AsyncClient) -> None:
    """Also for an address that was the account's, or whose link was opened once: it may be another's by now."""
    await change(ann, NEW)
    await change(ann, ANN["email"])
    await ann.post(EMAIL, data={"email": "ann@home.example"})
    await open_link(ann)
    await ann.post(f"{EMAIL}/forget")

    for email in (NEW, "ann@home.example"):
        asked = await ann.post(EMAIL, data={"email": email})
        early = await ann.post(f"{EMAIL}/confirm")

        assert "We sent a link to" in asked.text
        assert (early.status_code, inbox().messages()[0].to) == (422, email)
    assert await is_let_in(ann, ANN["email"])


async def test_an_address_that_is_left_is_proven_no_longer(ann: httpx.AsyncClient) -> None:
    """Whoever makes up the cookie of a change back meets a link that is still to be opened."""
    await change(ann, NEW)
    await change(ann, ANN["email"])
    await ann.post(EMAIL, data={"email": "ann@home.example"})
    kept = json.loads(urlsafe_b64decode(ann.cookies[EMAIL_COOKIE_NAME].strip('"')))
    ann.cookies.delete(EMAIL_COOKIE_NAME)
    ann.cookies.set(EMAIL_COOKIE_NAME, urlsafe_b64encode(json.dumps({**kept, "email": NEW}).encode()).decode())

    reply = await ann.post(f"{EMAIL}/confirm")

    assert "The link was not opened yet." in reply.text


@pytest.mark.parametrize(
    ("email", "says"),
    [
        ("", "Enter your email address."),
        ("ann@work", "Email is not valid"),
        ("ANN@example.com", "This is your address already."),
    ],
)
async def test_an_address_that_does_not_do_is_asked_for_again(ann: httpx.AsyncClient, email: str, says: str) -> None:
    """And nothing is sent."""
    reply = await ann.post(EMAIL, data={"email": email})

    assert (reply.status_code, says in reply.text) == (422, True)
    assert inbox().messages() == []


async def test_an_address_of_somebody_else_is_refused(ann: httpx.AsyncClient) -> None:
    """Only who reads its mail is told: the question alone tells nothing of who has an account."""
    await create("public", NEW, ANN["password"])
    asked = await ann.post(EMAIL, data={"email": NEW})
    assert "We sent a link to" in asked.text
    await open_link(ann)

    reply = await ann.post(f"{EMAIL}/confirm")

    assert (reply.status_code, "It may belong to another one." in reply.text) == (422, True)
    assert "New email address" in reply.text
    assert await is_let_in(ann, ANN["email"])


async def test_one_may_keep_the_old_one(ann: httpx.AsyncClient) -> None:
    """The page asks again then; and the number of mails is limited."""
    await ann.post(EMAIL, data={"email": NEW})
    page = await ann.post(f"{EMAIL}/forget")
    assert "We sent a link to" not in page.text

    replies = [await ann.post(EMAIL, data={"email": NEW}) for _ in range(20)]

    assert "Too many messages were asked for." in replies[-1].text


async def test_where_nothing_verifies_it_changes_at_once(start: Start) -> None:
    """As at sign-up, any address does that nobody has; the old one is told."""
    ann = await sign_up(start)
    await create("public", NEW, ANN["password"])
    taken = await ann.post(EMAIL, data={"email": NEW})
    assert (taken.status_code, "It may belong to another one." in taken.text) == (422, True)

    await ann.post(EMAIL, data={"email": "ann@home.example"})

    assert await is_let_in(ann, "ann@home.example")
    assert [mail.to for mail in inbox().messages()] == [ANN["email"]]


async def test_a_password_alone_changes_no_address_that_must_be_proven(start: Start) -> None:
    """Class 15: a thief would prove an address of their own, and set a factor up with it."""
    ann = await start(
        session.init(),
        emailpassword.init(),
        emailverification.init("OPTIONAL"),
        passwordless.init(passwordless.ContactEmailOnlyConfig(), "USER_INPUT_CODE"),
        accountlinking.init(should_do_automatic_account_linking=link_within_a_session),
        multifactorauth.init(["emailpassword"], enrolment="verified-contact"),
        ui.init(),
    )
    await ann.post("/auth/sign-up", data=ANN)
    (user,) = await list_users_by_account_info("public", AccountInfoInput(email=ANN["email"]))
    made = await create_email_verification_token("public", user.login_methods[0].recipe_user_id)
    assert isinstance(made, CreateEmailVerificationTokenOkResult)
    await verify_email_using_token("public", made.token)

    reply = await ann.post(EMAIL, data={"email": NEW})

    assert reply.url.path == "/auth/code"
    assert [mail.to for mail in inbox().messages()] == [ANN["email"]]
