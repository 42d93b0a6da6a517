# SPDX-License-Identifier: Apache-2.0
"""Passwords as people use them: signing up and in, forgetting one, and what a stranger learns on the way."""

from collections.abc import AsyncIterator
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from tests.recipe.session.application import Browser
from tests.recipe.thirdparty.application import routes
from twofold import testing
from twofold.recipe import emailpassword, session
from twofold.recipe.emailpassword import syncio
from twofold.recipe.emailpassword.asyncio import (
    create_reset_password_link,
    reset_password_using_token,
    sign_in,
    sign_up,
    update_email_or_password,
    verify_credentials,
)
from twofold.recipe.emailpassword.passwords import TOO_COMMON, TOO_LONG, TOO_SHORT
from twofold.recipe.emailpassword.types import FormField, SignUpOkResult

EMAIL, PASSWORD, OTHER = "ada@example.com", "correct horse battery", "staple correct horse"


@pytest.fixture
async def app() -> AsyncIterator[testing.AppUnderTest]:
    """An application with passwords alone."""
    async with testing.app([session.init(), emailpassword.init()]) as running:
        yield running


async def post(path: str, browser: Browser | None = None, token: str | None = None, **fields: Any) -> Any:
    """Post a form and return the answer."""
    form = [{"id": id_, "value": value} for id_, value in fields.items()]
    body = {"formFields": form} | ({} if token is None else {"token": token})
    return (await (browser or Browser(routes(), "cookie")).send("POST", f"/auth{path}", body)).json()


def token_in_mail(app: testing.AppUnderTest) -> str:
    """The token in the link that was mailed last."""
    return parse_qs(urlsplit(app.outbox.link(EMAIL)).query)["token"][0]


async def test_a_forgotten_password(app: testing.AppUnderTest) -> None:
    """The link in the mail sets the password once, and ends every session that was there before."""
    old = Browser(routes(), "cookie")
    await post("/signup", old, email=EMAIL, password=PASSWORD)
    await post("/user/password/reset/token", email=EMAIL)
    token = token_in_mail(app)

    first = await post("/user/password/reset", token=token, password=OTHER)
    second = await post("/user/password/reset", token=token, password=PASSWORD)

    assert (first, second) == ({"status": "OK"}, {"status": "RESET_PASSWORD_INVALID_TOKEN_ERROR"})
    assert (await old.send("POST", "/auth/session/refresh")).status_code == 401
    assert (await post("/signin", email=EMAIL, password=PASSWORD))["status"] == "WRONG_CREDENTIALS_ERROR"
    assert (await post("/signin", email=EMAIL, password=OTHER))["status"] == "OK"


async def test_an_old_link(app: testing.AppUnderTest) -> None:
    """Attack class 32: after an hour the link is worth nothing."""
    await post("/signup", email=EMAIL, password=PASSWORD)
    await post("/user/password/reset/token", email=EMAIL)
    app.clock.turn(seconds=3601)

    answer = await post("/user/password/reset", token=token_in_mail(app), password=OTHER)

    assert answer == {"status": "RESET_PASSWORD_INVALID_TOKEN_ERROR"}


async def test_using_one_link_ends_the_others(app: testing.AppUnderTest) -> None:
    """Attack class 32: whoever has an older mail cannot set the password back."""
    await post("/signup", email=EMAIL, password=PASSWORD)
    await post("/user/password/reset/token", email=EMAIL)
    older = token_in_mail(app)
    await post("/user/password/reset/token", email=EMAIL)
    await post("/user/password/reset", token=token_in_mail(app), password=OTHER)

    answer = await post("/user/password/reset", token=older, password=PASSWORD)

    assert answer == {"status": "RESET_PASSWORD_INVALID_TOKEN_ERROR"}


@pytest.mark.parametrize("header", ["host", "x-forwarded-host", "forwarded", "origin", "referer"])
async def test_links_are_made_from_the_configuration(app: testing.AppUnderTest, header: str) -> None:
    """Attack class 31: nothing in a request changes where a mailed link leads."""
    await post("/signup", email=EMAIL, password=PASSWORD)
    body = {"formFields": [{"id": "email", "value": EMAIL}]}

    await Browser(routes(), "cookie").send("POST", "/auth/user/password/reset/token", body, **{header: "evil.example"})

    assert urlsplit(app.outbox.link(EMAIL)).netloc == "localhost:8000"


async def test_a_stranger_does_not_learn_who_has_an_account(app: testing.AppUnderTest) -> None:
    """Attack class 34: known and unknown addresses are answered alike, and strangers get no mail."""
    await post("/signup", email=EMAIL, password=PASSWORD)

    wrong = [await post("/signin", email=email, password=OTHER) for email in (EMAIL, "nobody@example.com")]
    asked = [await post("/user/password/reset/token", email=email) for email in (EMAIL, "nobody@example.com")]

    assert wrong[0] == wrong[1] == {"status": "WRONG_CREDENTIALS_ERROR"}
    assert asked[0] == asked[1] == {"status": "OK"}
    assert app.outbox.messages("nobody@example.com") == []


@pytest.mark.parametrize(
    ("password", "error"),
    [("short", TOO_SHORT), ("a" * 100, TOO_LONG), ("password123", TOO_COMMON), ("aaaaaaaaaa", TOO_COMMON)],
)
async def test_bad_passwords_are_refused_wherever_one_is_set(
    app: testing.AppUnderTest, password: str, error: str
) -> None:
    """Sign-up, reset and change have the same rules; no account and no change comes of a bad password."""
    user = await sign_up("public", EMAIL, PASSWORD)
    assert isinstance(user, SignUpOkResult)
    await post("/user/password/reset/token", email=EMAIL)

    signed_up = await post("/signup", email="new@example.com", password=password)
    reset = await post("/user/password/reset", token=token_in_mail(app), password=password)
    changed = await update_email_or_password(user.recipe_user_id, password=password)

    expected = {"status": "FIELD_ERROR", "formFields": [{"id": "password", "error": error}]}
    assert signed_up == reset == expected
    assert changed.status == "PASSWORD_POLICY_VIOLATED_ERROR"
    assert (await verify_credentials("public", EMAIL, PASSWORD)).status == "OK"


async def test_an_address_is_one_however_it_is_written(app: testing.AppUnderTest) -> None:
    """Case and surrounding space do not make another account."""
    await post("/signup", email=EMAIL, password=PASSWORD)

    again = await post("/signup", email=" ADA@Example.com ", password=PASSWORD)

    assert again["status"] == "FIELD_ERROR"
    assert (await post("/signin", email="ADA@example.com", password=PASSWORD))["status"] == "OK"


@pytest.mark.parametrize(
    "email",
    ["ada", "ada@", "@example.com", "a@b@example.com", "ada@example.com\r\nBcc: x@y.z", "ada@\uff45xample.com", "", 1],
    ids=repr,
)
async def test_what_is_no_address(app: testing.AppUnderTest, email: Any) -> None:
    """Attack class 29: an address that mail systems could read in two ways is none; nothing is stored."""
    answer = await post("/signup", email=email, password=PASSWORD)

    assert answer.get("status") != "OK"
    assert (await app.core.call("GET", "/users/count"))["count"] == 0


async def test_functions_of_applications(app: testing.AppUnderTest) -> None:
    """The functions create, check, change and reset without a browser."""
    user = await sign_up("public", EMAIL, PASSWORD)
    assert isinstance(user, SignUpOkResult)
    link = await create_reset_password_link("public", user.user.id, EMAIL)
    token = parse_qs(urlsplit(str(getattr(link, "link", link))).query)["token"][0]

    assert (await sign_up("public", EMAIL, PASSWORD)).status == "EMAIL_ALREADY_EXISTS_ERROR"
    assert (await sign_in("public", EMAIL, OTHER)).status == "WRONG_CREDENTIALS_ERROR"
    assert (await reset_password_using_token("public", token, OTHER)).status == "OK"
    assert (await sign_in("public", EMAIL, OTHER)).status == "OK"
    assert (await update_email_or_password(user.recipe_user_id, email="new@example.com")).status == "OK"
    assert (await sign_in("public", "new@example.com", OTHER)).status == "OK"


def test_blocking_twins() -> None:
    """Blocking code has the same functions."""
    with testing.app([session.init(), emailpassword.init()]):
        assert syncio.sign_in("public", EMAIL, PASSWORD).status == "WRONG_CREDENTIALS_ERROR"


def test_passwords_are_not_shown() -> None:
    """A form field in a log shows its name alone."""
    assert PASSWORD not in repr(FormField("password", PASSWORD))
