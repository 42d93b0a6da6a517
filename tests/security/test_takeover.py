# SPDX-License-Identifier: Apache-2.0
"""Attack classes 23, 25, 26, 28, 29, 35 and 49: getting into, or lying in wait in, somebody else's account.

Nobody gets in by an address that they have not proved to own, by a name that looks the same, or by saying who they are.
"""

import inspect
from collections.abc import AsyncIterator
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from tests.recipe.session.application import Browser
from tests.recipe.thirdparty.application import Person, provider_input, routes, thirdparty_on
from tests.recipe.thirdparty.conftest import openid, provider_key
from tests.recipe.thirdparty.provider import ISSUER, OpenIDProvider
from twofold import testing
from twofold.asyncio import list_users_by_account_info
from twofold.recipe import accountlinking, emailpassword, emailverification, passwordless, session
from twofold.recipe.accountlinking.asyncio import (
    create_primary_user,
    is_email_change_allowed,
    is_sign_up_allowed,
    link_accounts,
    unlink_account,
)
from twofold.recipe.accountlinking.types import (
    AccountInfoWithRecipeId,
    ShouldAutomaticallyLink,
    ShouldNotAutomaticallyLink,
)
from twofold.recipe.emailpassword.asyncio import sign_in, update_email_or_password
from twofold.recipe.emailverification.asyncio import create_email_verification_token, verify_email_using_token
from twofold.recipe.emailverification.types import CreateEmailVerificationTokenOkResult
from twofold.recipe.multitenancy.asyncio import create_or_update_tenant, create_or_update_third_party_config
from twofold.recipe.multitenancy.interfaces import TenantConfigCreateOrUpdate
from twofold.recipe.passwordless.asyncio import signinup, update_user
from twofold.recipe.passwordless.interfaces import EmailChangeNotAllowedError
from twofold.recipe.session.asyncio import get_all_session_handles_for_user
from twofold.recipe.thirdparty import ProviderClientConfig, ProviderConfig
from twofold.recipe.thirdparty.asyncio import manually_create_or_update_user
from twofold.recipe.thirdparty.results import ManuallyCreateOrUpdateUserOkResult
from twofold.types import RecipeUserId
from twofold.types.base import AccountInfoInput

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
        passwordless.init(passwordless.ContactEmailOrPhoneConfig(), "USER_INPUT_CODE"),
        emailverification.init("OPTIONAL"),
        accountlinking.init(should_do_automatic_account_linking=policy),
    ]


@pytest.fixture
async def app(any_database_url: str, openid: OpenIDProvider) -> AsyncIterator[testing.AppUnderTest]:
    """An application that links verified addresses."""
    async with testing.app(recipes(openid, link_verified), database_url=any_database_url) as running:
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
    """Attack class 25: a provider that does not vouch for the victim's address leads into no account, old or new."""
    _, victim = await sign_up()
    await verify(victim["user"])

    for verdict in ({}, {"email_verified": False}, {"email_verified": "no"}, {"email_verified": 1}):
        answer = await Person(openid).come_back_as("mallory", VICTIM, **verdict)
        assert answer["status"] == REFUSED

    assert (await app.core.call("GET", "/users/count"))["count"] == 1


async def test_an_unverified_password_opens_nothing(app: testing.AppUnderTest, openid: OpenIDProvider) -> None:
    """Attack class 25: where the victim signs in with a provider, nobody signs up with a password."""
    victim = await Person(openid).come_back_as("victim", VICTIM, email_verified=True)
    assert victim["user"]["isPrimaryUser"]

    browser, answer = await sign_up(password="mallory's password")

    assert answer["status"] != "OK"
    assert browser.cookies == {}


async def test_pre_hijacking(app: testing.AppUnderTest, openid: OpenIDProvider) -> None:
    """Attack class 26: whoever signed up with the victim's address is out once the victim has proved it."""
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
    """Attack class 25: whose address at the provider becomes the victim's gets neither account nor address."""
    _, victim = await sign_up()
    await verify(victim["user"])
    before = await Person(openid).come_back_as("mallory", "mallory@example.com", email_verified=True)

    unverified = await Person(openid).come_back_as("mallory", VICTIM)
    verified = await Person(openid).come_back_as("mallory", VICTIM, email_verified=True)

    assert before["status"] == "OK"
    assert (unverified["status"], verified["status"]) == (REFUSED, REFUSED)
    assert "ERR_CODE_005" in verified["reason"]


async def test_an_address_cannot_be_changed_to_the_victims(app: testing.AppUnderTest) -> None:
    """Attack class 25: a password login method cannot take the address of another primary user."""
    _, victim = await sign_up()
    await verify(victim["user"])
    _, mallory = await sign_up("mallory@example.com")
    await verify(mallory["user"])
    own = RecipeUserId(mallory["user"]["loginMethods"][0]["recipeUserId"])

    changed = await update_email_or_password(own, email=VICTIM)

    assert changed.status in ("EMAIL_ALREADY_EXISTS_ERROR", "EMAIL_CHANGE_NOT_ALLOWED_ERROR")
    assert not await is_email_change_allowed(own, VICTIM, False)


async def test_without_a_policy_accounts_stay_apart(any_database_url: str, openid: OpenIDProvider) -> None:
    """Where nothing is to be linked, the same address is two accounts, and neither opens the other."""
    async with testing.app(recipes(openid, never_link), database_url=any_database_url):
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


async def test_only_one_primary_user_has_an_address(any_database_url: str, openid: OpenIDProvider) -> None:
    """Attack class 25: of two unlinked accounts with one address, one alone can be made primary."""
    async with testing.app(recipes(openid, never_link), database_url=any_database_url):
        _, password = await sign_up()
        provider = await Person(openid).come_back_as("victim", VICTIM, email_verified=True)
        ids = [RecipeUserId(answer["user"]["id"]) for answer in (password, provider)]

        results = [(await create_primary_user(id_)).status for id_ in ids]

        assert results == ["OK", "ACCOUNT_INFO_ALREADY_ASSOCIATED_WITH_ANOTHER_PRIMARY_USER_ID_ERROR"]


async def test_a_way_in_beside_the_password(app: testing.AppUnderTest, openid: OpenIDProvider) -> None:
    """Attack class 26: whoever signed up with the victim's address put a second way in beside the password.

    A reset would let the victim in and leave that way open. So none is mailed: it is not the victim's account.
    """
    _, trap = await sign_up(password="mallory's password")
    own = RecipeUserId(trap["user"]["loginMethods"][0]["recipeUserId"])
    made = await manually_create_or_update_user("public", "id", "mallory", VICTIM, False)
    assert isinstance(made, ManuallyCreateOrUpdateUserOkResult)
    assert (await create_primary_user(own)).status == "OK"
    assert (await link_accounts(made.recipe_user_id, own.get_as_string())).status == "OK"

    browser = Browser(routes(), "cookie")
    form = {"formFields": [{"id": "email", "value": VICTIM}]}
    asked = await browser.send("POST", "/auth/user/password/reset/token", form)

    assert asked.json()["status"] == "PASSWORD_RESET_NOT_ALLOWED"
    assert app.outbox.messages(VICTIM) == []


async def test_a_login_by_codes_cannot_take_the_victims_address(app: testing.AppUnderTest) -> None:
    """Attack class 25: a login by SMS takes on the victim's address, and counts as its owner: a trap, or a way in."""
    _, victim = await sign_up()
    await verify(victim["user"])
    made = await signinup("public", None, "+14155552671", None)
    mallory = made.user.login_methods[0].recipe_user_id

    taken = await update_user(mallory, email=VICTIM)

    assert isinstance(taken, EmailChangeNotAllowedError)
    assert (await list_users_by_account_info("public", AccountInfoInput(email=VICTIM)))[0].id == victim["user"]["id"]


async def test_a_login_by_codes_cannot_take_the_victims_number(app: testing.AppUnderTest) -> None:
    """Attack class 25: the same with the number of an account that others are linked to."""
    victim = await signinup("public", None, "+14155552671", None)
    mallory = await signinup("public", "mallory@example.com", None, None)

    taken = await update_user(mallory.user.login_methods[0].recipe_user_id, phone_number="+14155552671")

    assert taken.status in ("PHONE_NUMBER_CHANGE_NOT_ALLOWED_ERROR", "PHONE_NUMBER_ALREADY_EXISTS_ERROR")
    assert victim.user.is_primary_user


async def test_who_somebody_is_elsewhere_is_no_address(app: testing.AppUnderTest, openid: OpenIDProvider) -> None:
    """Attack class 28: a person is their id at the provider; what they can choose (names, addresses) says nothing."""
    victim = await Person(openid).come_back_as("victim", VICTIM, email_verified=True)

    by_name = await Person(openid).come_back_as("mallory", "m@example.com", preferred_username="victim", name="victim")
    moved = await Person(openid).come_back_as("victim", "new@example.com", email_verified=True)

    assert by_name["user"]["id"] != victim["user"]["id"]
    assert moved["user"]["id"] == victim["user"]["id"]


async def test_the_same_id_in_another_place(app: testing.AppUnderTest, openid: OpenIDProvider) -> None:
    """Attack class 28: a tenant's own provider may name anybody, and opens nothing of another tenant."""
    await create_or_update_tenant("evil", TenantConfigCreateOrUpdate(first_factors=["thirdparty"]))
    own = ProviderConfig("id", clients=[ProviderClientConfig("c")], token_endpoint=f"{ISSUER}/token")
    await create_or_update_third_party_config("evil", own, skip_validation=True)
    victim = await Person(openid).come_back_as("victim", VICTIM, email_verified=True)

    forged = await Person(openid, tenant="evil").come_back_as("victim", VICTIM, email_verified=True)

    assert forged["status"] == "OK"
    assert forged["user"]["id"] != victim["user"]["id"]


LOOKALIKES = [
    "victim\uff20example.com",
    "victim@evil.com@example.com",
    "victim@example.com,mallory@evil.com",
    "victim@example.com\nmallory@evil.com",
    '"victim@example.com"@evil.com',
    "victim@exam\u200bple.com",
    "victim@example\u3002com",
    "v\u0131ctim@example.com",
    "\uff56ictim@example.com",
]


async def test_what_only_looks_like_an_address(app: testing.AppUnderTest) -> None:
    """Attack class 29: several `@`, invisible letters and letters that look alike are no address to sign up with."""
    answers = {email: (await sign_up(email))[1].get("status") for email in LOOKALIKES}

    assert answers == dict.fromkeys(LOOKALIKES, "FIELD_ERROR")


async def test_letters_that_become_others(app: testing.AppUnderTest, openid: OpenIDProvider) -> None:
    """Attack class 29: the sign for kelvin is a `k` in lower case; to a mail server it is another mailbox."""
    kate = await Person(openid).come_back_as("kate", "kate@example.com", email_verified=True)

    other = await Person(openid).come_back_as("mallory", "\u212aate@example.com", email_verified=True)

    assert other["status"] == "OK"
    assert other["user"]["id"] != kate["user"]["id"]


async def test_an_account_without_a_password(app: testing.AppUnderTest, openid: OpenIDProvider) -> None:
    """Attack class 35: no password opens an account that has none."""
    await signinup("public", "codes@example.com", None, None)
    await Person(openid).come_back_as("elsewhere", "elsewhere@example.com", email_verified=True)

    for email in ("codes@example.com", "elsewhere@example.com"):
        for password in ("", " ", "null", "None", "*", "!"):
            browser, answer = await with_password("signin", email, password)
            assert answer["status"] in ("FIELD_ERROR", "WRONG_CREDENTIALS_ERROR")
            assert browser.cookies == {}
            assert (await sign_in("public", email, password)).status == "WRONG_CREDENTIALS_ERROR"


async def test_nobody_says_of_themselves_that_they_are_verified(
    app: testing.AppUnderTest, openid: OpenIDProvider
) -> None:
    """Attack class 23: whatever a browser adds to a request, its address stays unproved; the proof is mailed."""
    verdicts = {"verified": True, "isVerified": True, "emailVerified": True, "email_verified": True}
    browser = Browser(routes(), "cookie")
    fields = [{"id": "email", "value": VICTIM}, {"id": "password", "value": PASSWORD}]
    made = (await browser.send("POST", "/auth/signup", {"formFields": fields, **verdicts})).json()
    openid.user_info = {"sub": "mallory", "email": "mallory@example.com"}
    elsewhere = await Person(openid).post(
        "/signinup", thirdPartyId="id", oAuthTokens={"access_token": "a", **verdicts}, **verdicts
    )

    asked = await browser.send("POST", "/auth/user/email/verify/token", verdicts)
    told = await browser.send("GET", "/auth/user/email/verify")

    assert [user["loginMethods"][0]["verified"] for user in (made["user"], elsewhere["user"])] == [False, False]
    assert asked.json() == {"status": "OK"}
    assert told.json() == {"status": "OK", "isVerified": False}


def test_no_api_asks_who_is_acting(app: testing.AppUnderTest) -> None:
    """Attack class 49: APIs act for the session's user; only those of the dashboard are told for whom."""
    asked = {
        f"{recipe.recipe_id}.{name}"
        for recipe in app.app.recipes
        if recipe.recipe_id != "dashboard"
        for name, function in inspect.getmembers(recipe.apis, inspect.ismethod)
        if {"user_id", "recipe_user_id", "primary_user_id"} & set(inspect.signature(function).parameters)
    }

    assert asked == set()


async def test_a_body_that_names_somebody_else(app: testing.AppUnderTest) -> None:
    """Attack class 49: an id in the body changes nothing for the one whose id it is."""
    _, victim = await sign_up()
    mallory, own = await sign_up("mallory@example.com")
    ids = {"userId": victim["user"]["id"], "recipeUserId": victim["user"]["id"], "email": VICTIM}

    await mallory.send("POST", "/auth/user/email/verify/token", ids)
    ended = await mallory.send("POST", "/auth/signout", ids)

    assert app.outbox.messages(VICTIM) == []
    assert ended.json() == {"status": "OK"}
    left = [await get_all_session_handles_for_user(user["user"]["id"]) for user in (victim, own)]
    assert [len(handles) for handles in left] == [1, 0]


async def _reset_password(app: testing.AppUnderTest) -> None:
    """Ask for a reset mail and set the password that its reader wants."""
    browser = Browser(routes(), "cookie")
    fields = [{"id": "email", "value": VICTIM}]
    asked = await browser.send("POST", "/auth/user/password/reset/token", {"formFields": fields})
    assert asked.json() == {"status": "OK"}
    token = parse_qs(urlsplit(app.outbox.link(VICTIM)).query)["token"][0]
    new = {"formFields": [{"id": "password", "value": PASSWORD}], "token": token}
    assert (await browser.send("POST", "/auth/user/password/reset", new)).json() == {"status": "OK"}
