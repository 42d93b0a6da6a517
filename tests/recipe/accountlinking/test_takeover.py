# SPDX-License-Identifier: Apache-2.0
"""Nobody gets into an account by an address that they have not proved to own, and nobody lies in wait there."""

from collections.abc import AsyncIterator
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from tests.recipe.session.application import Browser
from tests.recipe.thirdparty.application import Person, provider_input, routes, thirdparty_on
from tests.recipe.thirdparty.conftest import openid, provider_key
from tests.recipe.thirdparty.provider import OpenIDProvider
from twofold import testing
from twofold.recipe import accountlinking, emailpassword, emailverification, session
from twofold.recipe.accountlinking.asyncio import (
    create_primary_user,
    is_email_change_allowed,
    is_sign_up_allowed,
    unlink_account,
)
from twofold.recipe.accountlinking.types import (
    AccountInfoWithRecipeId,
    ShouldAutomaticallyLink,
    ShouldNotAutomaticallyLink,
)
from twofold.recipe.emailpassword.asyncio import update_email_or_password
from twofold.recipe.emailverification.asyncio import create_email_verification_token, verify_email_using_token
from twofold.recipe.emailverification.types import CreateEmailVerificationTokenOkResult
from twofold.types import RecipeUserId

__all__ = ["openid", "provider_key"]

VICTIM, PASSWORD = "victim@example.com", "correct horse battery"
REFUSED = "SIGN_IN_UP_NOT_ALLOWED"


async def link_verified(*_: Any) -> Any:
    """Link accounts with the same verified address."""
    return ShouldAutomaticallyLink(should_require_verification=True)


async def never_link(*_: Any) -> Any:
    """Link nothing."""
    return ShouldNotAutomaticallyLink()


def recipes(openid: OpenIDProvider, policy: Any) -> list[Any]:
    """Passwords, a provider, verification and a policy."""
    return [
        session.init(),
        emailpassword.init(),
        thirdparty_on(openid, [provider_input()]),
        emailverification.init("OPTIONAL"),
        accountlinking.init(should_do_automatic_account_linking=policy),
    ]


@pytest.fixture
async def app(openid: OpenIDProvider) -> AsyncIterator[testing.AppUnderTest]:
    """An application that links verified addresses."""
    async with testing.app(recipes(openid, link_verified)) as running:
        yield running


async def sign_up(email: str = VICTIM, password: str = PASSWORD) -> tuple[Browser, Any]:
    """Sign up with a password."""
    return await with_password("signup", email, password)


async def with_password(way: str, email: str = VICTIM, password: str = PASSWORD) -> tuple[Browser, Any]:
    """Sign up or in with a password; return the browser and the answer."""
    browser = Browser(routes(), "cookie")
    fields = [{"id": "email", "value": email}, {"id": "password", "value": password}]
    return browser, (await browser.send("POST", f"/auth/{way}", {"formFields": fields})).json()


async def verify(user: Any) -> None:
    """Open the link in the verification mail of a user's first login method."""
    made = await create_email_verification_token("public", RecipeUserId(user["loginMethods"][0]["recipeUserId"]))
    assert isinstance(made, CreateEmailVerificationTokenOkResult)
    assert (await verify_email_using_token("public", made.token)).status == "OK"


async def test_an_unverified_provider_address_opens_nothing(app: testing.AppUnderTest, openid: OpenIDProvider) -> None:
    """A provider that does not vouch for the victim's address leads into no account, old or new."""
    _, victim = await sign_up()
    await verify(victim["user"])

    for verdict in ({}, {"email_verified": False}, {"email_verified": "no"}, {"email_verified": 1}):
        answer = await Person(openid).come_back_as("mallory", VICTIM, **verdict)
        assert answer["status"] == REFUSED

    assert (await app.core.call("GET", "/users/count"))["count"] == 1


async def test_an_unverified_password_opens_nothing(app: testing.AppUnderTest, openid: OpenIDProvider) -> None:
    """Where the victim signs in with a provider, nobody signs up with a password of their own choice."""
    victim = await Person(openid).come_back_as("victim", VICTIM, email_verified=True)
    assert victim["user"]["isPrimaryUser"]

    browser, answer = await sign_up(password="mallory's password")

    assert answer["status"] != "OK"
    assert browser.cookies == {}


async def test_pre_hijacking(app: testing.AppUnderTest, openid: OpenIDProvider) -> None:
    """Whoever signed up first with the victim's address is out once the victim has proved that it is theirs."""
    mallory, trap = await sign_up(password="mallory's password")

    refused = await Person(openid).come_back_as("victim", VICTIM, email_verified=True)
    await _reset_password(app)
    signed_in = await Person(openid).come_back_as("victim", VICTIM, email_verified=True)

    assert refused["status"] == REFUSED
    assert signed_in["status"] == "OK"
    assert (await with_password("signin", password="mallory's password"))[1]["status"] == "WRONG_CREDENTIALS_ERROR"
    assert (await mallory.send("POST", "/auth/session/refresh")).status_code == 401
    assert trap["user"]["id"] == signed_in["user"]["id"]


async def test_two_verified_accounts_are_one(app: testing.AppUnderTest, openid: OpenIDProvider) -> None:
    """With both sides verified the provider leads into the same account."""
    _, first = await sign_up()
    await verify(first["user"])

    second = await Person(openid).come_back_as("victim", VICTIM, email_verified=True)

    assert second["user"]["id"] == first["user"]["id"]
    assert [item["recipeId"] for item in second["user"]["loginMethods"]] == ["emailpassword", "thirdparty"]


async def test_a_provider_cannot_move_into_another_account(app: testing.AppUnderTest, openid: OpenIDProvider) -> None:
    """A person whose address at the provider becomes the victim's gets neither the account nor the address."""
    _, victim = await sign_up()
    await verify(victim["user"])
    before = await Person(openid).come_back_as("mallory", "mallory@example.com", email_verified=True)

    unverified = await Person(openid).come_back_as("mallory", VICTIM)
    verified = await Person(openid).come_back_as("mallory", VICTIM, email_verified=True)

    assert before["status"] == "OK"
    assert (unverified["status"], verified["status"]) == (REFUSED, REFUSED)
    assert "ERR_CODE_005" in verified["reason"]


async def test_an_address_cannot_be_changed_to_the_victims(app: testing.AppUnderTest) -> None:
    """A password login method cannot take the address of another primary user."""
    _, victim = await sign_up()
    await verify(victim["user"])
    _, mallory = await sign_up("mallory@example.com")
    await verify(mallory["user"])
    own = RecipeUserId(mallory["user"]["loginMethods"][0]["recipeUserId"])

    changed = await update_email_or_password(own, email=VICTIM)

    assert changed.status in ("EMAIL_ALREADY_EXISTS_ERROR", "EMAIL_CHANGE_NOT_ALLOWED_ERROR")
    assert not await is_email_change_allowed(own, VICTIM, False)


async def test_without_a_policy_accounts_stay_apart(openid: OpenIDProvider) -> None:
    """Where nothing is to be linked, the same address is two accounts, and neither opens the other."""
    async with testing.app(recipes(openid, never_link)):
        _, password = await sign_up()
        provider = await Person(openid).come_back_as("victim", VICTIM, email_verified=True)

        assert provider["status"] == "OK"
        assert provider["user"]["id"] != password["user"]["id"]


async def test_what_is_unlinked_is_an_account_of_its_own(app: testing.AppUnderTest, openid: OpenIDProvider) -> None:
    """After unlinking, the login method's sessions are over; it does not come back without being linked again."""
    _, first = await sign_up()
    await verify(first["user"])
    person = Person(openid)
    linked = await person.come_back_as("victim", VICTIM, email_verified=True)
    method = next(item for item in linked["user"]["loginMethods"] if item["recipeId"] == "thirdparty")

    result = await unlink_account(RecipeUserId(method["recipeUserId"]))

    assert result.was_linked
    assert (await person.browser.send("POST", "/auth/session/refresh")).status_code == 401


@pytest.mark.parametrize("is_verified", [True, False])
async def test_questions_of_applications(app: testing.AppUnderTest, is_verified: bool) -> None:
    """`is_sign_up_allowed` says what the APIs would do."""
    _, victim = await sign_up()
    await verify(victim["user"])
    info = AccountInfoWithRecipeId("thirdparty", email=VICTIM)

    assert await is_sign_up_allowed("public", info, is_verified) is is_verified


async def test_only_one_primary_user_has_an_address(openid: OpenIDProvider) -> None:
    """Of two unlinked accounts with one address, one alone can be made primary."""
    async with testing.app(recipes(openid, never_link)):
        _, password = await sign_up()
        provider = await Person(openid).come_back_as("victim", VICTIM, email_verified=True)
        ids = [RecipeUserId(answer["user"]["id"]) for answer in (password, provider)]

        results = [(await create_primary_user(id_)).status for id_ in ids]

        assert results == ["OK", "ACCOUNT_INFO_ALREADY_ASSOCIATED_WITH_ANOTHER_PRIMARY_USER_ID_ERROR"]


async def _reset_password(app: testing.AppUnderTest) -> None:
    """Ask for a reset mail and set the password that its reader wants."""
    browser = Browser(routes(), "cookie")
    fields = [{"id": "email", "value": VICTIM}]
    asked = await browser.send("POST", "/auth/user/password/reset/token", {"formFields": fields})
    assert asked.json() == {"status": "OK"}
    token = parse_qs(urlsplit(app.outbox.link(VICTIM)).query)["token"][0]
    new = {"formFields": [{"id": "password", "value": PASSWORD}], "token": token}
    assert (await browser.send("POST", "/auth/user/password/reset", new)).json() == {"status": "OK"}
