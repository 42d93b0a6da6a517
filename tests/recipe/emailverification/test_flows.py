# SPDX-License-Identifier: Apache-2.0
"""Verifying an address: the mail, the link, and what is closed until then."""

from collections.abc import AsyncIterator
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from tests.recipe.session.application import Browser
from tests.recipe.thirdparty.application import routes
from twofold import testing
from twofold.recipe import emailpassword, emailverification, session
from twofold.recipe.emailverification import syncio
from twofold.recipe.emailverification.asyncio import (
    create_email_verification_link,
    create_email_verification_token,
    is_email_verified,
    revoke_email_verification_tokens,
    unverify_email,
    verify_email_using_token,
)
from twofold.recipe.emailverification.types import (
    CreateEmailVerificationTokenEmailAlreadyVerifiedError,
    CreateEmailVerificationTokenOkResult,
)
from twofold.types import RecipeUserId

EMAIL, PASSWORD = "ada@example.com", "correct horse battery"


@pytest.fixture
async def app() -> AsyncIterator[testing.AppUnderTest]:
    """An application that is closed to unverified addresses."""
    recipes = [session.init(), emailpassword.init(), emailverification.init("REQUIRED")]
    async with testing.app(recipes) as running:
        yield running


async def signed_up(email: str = EMAIL) -> Browser:
    """Return a browser that signed up."""
    browser = Browser(routes(), "cookie")
    fields = [{"id": "email", "value": email}, {"id": "password", "value": PASSWORD}]
    assert (await browser.send("POST", "/auth/signup", {"formFields": fields})).json()["status"] == "OK"
    return browser


async def open_link(token: str, browser: Browser | None = None) -> Any:
    """Send the token of a link."""
    body = {"method": "token", "token": token}
    return (await (browser or Browser(routes(), "cookie")).send("POST", "/auth/user/email/verify", body)).json()


def token_in_mail(app: testing.AppUnderTest, email: str = EMAIL) -> str:
    """The token in the link that was mailed last."""
    return parse_qs(urlsplit(app.outbox.link(email)).query)["token"][0]


def id_of(browser: Browser) -> RecipeUserId:
    """The login method of a browser's session."""
    return RecipeUserId(browser.payload()["rsub"])


async def test_mail_link_and_open_door(app: testing.AppUnderTest) -> None:
    """The application is closed until the link in the mail is opened, and then open in the same session."""
    browser = await signed_up()
    before = (await browser.send("GET", "/me")).status_code
    sent = (await browser.send("POST", "/auth/user/email/verify/token")).json()

    verified = await open_link(token_in_mail(app), browser)

    assert (before, sent, verified) == (403, {"status": "OK"}, {"status": "OK"})
    assert (await browser.send("GET", "/me")).status_code == 200


async def test_the_link_may_be_opened_elsewhere(app: testing.AppUnderTest) -> None:
    """Opened on another device, the first one's session learns of it at its next check."""
    browser = await signed_up()
    await browser.send("POST", "/auth/user/email/verify/token")
    await open_link(token_in_mail(app))
    app.clock.turn(seconds=11)

    assert (await browser.send("GET", "/me")).status_code == 200


async def test_a_link_works_once_and_not_for_ever(app: testing.AppUnderTest) -> None:
    """A used link and one that is a day old verify nothing."""
    ada, eve = await signed_up(), await signed_up("eve@example.com")
    await ada.send("POST", "/auth/user/email/verify/token")
    await eve.send("POST", "/auth/user/email/verify/token")
    await open_link(token_in_mail(app))
    used = await open_link(token_in_mail(app))
    app.clock.turn(seconds=86_401)

    old = await open_link(token_in_mail(app, "eve@example.com"))

    assert used == old == {"status": "EMAIL_VERIFICATION_INVALID_TOKEN_ERROR"}
    assert not await is_email_verified(id_of(eve))


async def test_verifying_again_is_said_to_be_needless(app: testing.AppUnderTest) -> None:
    """No mail goes out for an address that is verified."""
    browser = await signed_up()
    await browser.send("POST", "/auth/user/email/verify/token")
    await open_link(token_in_mail(app), browser)
    app.outbox.clear()

    answer = (await browser.send("POST", "/auth/user/email/verify/token")).json()

    assert answer == {"status": "EMAIL_ALREADY_VERIFIED_ERROR"}
    assert app.outbox.messages() == []


async def test_one_session_cannot_verify_for_another(app: testing.AppUnderTest) -> None:
    """The token says whose address is verified; the session with which it is sent does not."""
    ada, eve = await signed_up(), await signed_up("eve@example.com")
    await ada.send("POST", "/auth/user/email/verify/token")

    await open_link(token_in_mail(app), eve)

    assert (await is_email_verified(id_of(ada)), await is_email_verified(id_of(eve))) == (True, False)
    assert (await eve.send("GET", "/me")).status_code == 403


@pytest.mark.parametrize("token", ["", "x", "0" * 5000, "' OR 1=1 --"])
async def test_made_up_tokens(app: testing.AppUnderTest, token: str) -> None:
    """What nobody was sent verifies nothing."""
    assert await open_link(token) != {"status": "OK"}


async def test_functions_of_applications(app: testing.AppUnderTest) -> None:
    """The functions make and revoke links, verify and unverify."""
    own = id_of(await signed_up())
    made = await create_email_verification_token("public", own)
    assert isinstance(made, CreateEmailVerificationTokenOkResult)
    await revoke_email_verification_tokens("public", own)
    again = await create_email_verification_token("public", own)
    assert isinstance(again, CreateEmailVerificationTokenOkResult)

    assert (await verify_email_using_token("public", made.token)).status != "OK"
    assert (await verify_email_using_token("public", again.token)).status == "OK"
    assert await is_email_verified(own)
    already = await create_email_verification_token("public", own)
    assert isinstance(already, CreateEmailVerificationTokenEmailAlreadyVerifiedError)
    await unverify_email(own)
    assert not await is_email_verified(own)
    assert "token=" in str(vars(await create_email_verification_link("public", own, EMAIL)))


def test_blocking_twins() -> None:
    """Blocking code has the same functions."""
    with testing.app([session.init(), emailpassword.init(), emailverification.init("OPTIONAL")]):
        assert not syncio.is_email_verified(RecipeUserId("nobody"), EMAIL)
