# SPDX-License-Identifier: Apache-2.0
"""Who has lost all passkeys comes back by mail; who reads somebody else's mail gets no further than that."""

from collections.abc import AsyncIterator
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from tests.recipe.webauthn.application import EMAIL, Person, link_verified, recipes
from twofold import testing
from twofold.ingredients.emaildelivery.types import EmailDeliveryConfig
from twofold.ingredients.exceptions import DeliveryError
from twofold.recipe import _steps_of_time, accountlinking, emailverification
from twofold.recipe.webauthn import WebauthnConfig, results

INVALID_TOKEN = {"status": "RECOVER_ACCOUNT_TOKEN_INVALID_ERROR"}
OK = {"status": "OK"}


@pytest.fixture
async def app() -> AsyncIterator[testing.AppUnderTest]:
    """An application that verifies addresses, and links what is proven to belong together."""
    linking = accountlinking.init(should_do_automatic_account_linking=link_verified)
    async with testing.app(recipes(emailverification.init("OPTIONAL"), linking)) as running:
        yield running


async def ask(app: testing.AppUnderTest, email: str = EMAIL) -> str:
    """Ask for a recovery mail, and return the token that is in it."""
    assert await Person().post("/user/webauthn/reset/token", email=email) == OK
    link = urlsplit(app.outbox.link(email))
    assert (link.path, parse_qs(link.query)["tenantId"]) == ("/auth/webauthn/recover", ["public"])
    return parse_qs(link.query)["token"][0]


async def recover(person: Person, token: str, begun: Any = None) -> Any:
    """Register a passkey with a token."""
    begun = begun or await person.begin(recoverAccountToken=token)
    return await person.answer("/user/webauthn/reset", begun, person.authenticator.create(begun), token=token)


async def passkeys_of(app: testing.AppUnderTest, user_id: str) -> list[str]:
    """The ids of a user's passkeys."""
    found = await app.core.call("GET", "/user/id", query={"userId": user_id})
    ids: list[str] = found["user"]["webauthn"]["credentialIds"]
    return ids


async def verify(app: testing.AppUnderTest, person: Person) -> None:
    """Prove the address of the person's session."""
    await person.post("/user/email/verify/token")
    token = parse_qs(urlsplit(app.outbox.link(EMAIL)).query)["token"][0]
    assert (await person.post("/user/email/verify", method="token", token=token))["status"] == "OK"
    app.outbox.clear()


async def test_the_time_of_the_answer_tells_nothing(app: testing.AppUnderTest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Attack class 34.

    Whether there is an account or not, the answer comes with the next step of time, as that to a password reset does.
    """
    began = list[float]()

    async def note(at: float) -> None:
        began.append(at)

    monkeypatch.setattr(_steps_of_time, "next_step", note)
    await Person().register()

    for number, email in enumerate((EMAIL, "nobody@example.com"), start=1):
        assert await Person().post("/user/webauthn/reset/token", email=email) == OK
        assert len(began) == number


async def test_recovery_adds_a_passkey_once(app: testing.AppUnderTest) -> None:
    """Who has proven the address before keeps passkeys and sessions; a used token is worthless (class 32)."""
    ada, phone = Person(), Person()
    made = await ada.register()
    await verify(app, ada)
    token = await ask(app)

    assert await recover(phone, token) == OK
    assert (await phone.sign_in())["user"]["id"] == made["user"]["id"]
    assert (await ada.sign_in())["status"] == "OK"
    assert await recover(Person(), token, await Person().begin()) == INVALID_TOKEN


async def test_owner_of_an_address_shuts_out_who_took_it(app: testing.AppUnderTest) -> None:
    """Attack class 26: the owner of an address ends session and passkey of who signed up with it."""
    thief, owner = Person(), Person()
    made = await thief.register()
    user_id = made["user"]["id"]

    assert await recover(owner, await ask(app)) == OK
    assert await passkeys_of(app, user_id) == [owner.authenticator.passkeys[0].id]
    assert await thief.sign_in() == {"status": "INVALID_CREDENTIALS_ERROR"}
    sessions = await app.core.call("GET", "/recipe/session/user", query={"userId": user_id})
    assert sessions["sessionHandles"] == []
    found = await app.core.call("GET", "/user/id", query={"userId": user_id})
    assert found["user"]["loginMethods"][0]["verified"] is True


async def test_nobody_learns_who_has_an_account(app: testing.AppUnderTest) -> None:
    """Attack class 34: the answer for an unknown address is the same; no mail is sent."""
    assert await Person().post("/user/webauthn/reset/token", email="nobody@example.com") == OK
    assert app.outbox.messages() == []
    assert await Person().post("/user/webauthn/reset/token") == {"message": "Please provide the email"}


async def test_options_for_another_address(app: testing.AppUnderTest) -> None:
    """A token does not register a passkey that was begun for somebody else, and is gone then."""
    await Person().register()
    token = await ask(app)
    begun = await Person().begin(email="eve@example.com")

    assert await recover(Person(), token, begun) == {"status": "INVALID_OPTIONS_ERROR"}
    assert await recover(Person(), token, await Person().begin()) == INVALID_TOKEN


async def test_unknown_options_leave_the_token(app: testing.AppUnderTest) -> None:
    """What is mistyped or too late can be tried again."""
    await Person().register()
    token = await ask(app)
    person = Person()
    begun = await person.begin()
    unknown = {**begun, "webauthnGeneratedOptionsId": "unknown"}

    assert await recover(person, token, unknown) == {"status": "OPTIONS_NOT_FOUND_ERROR"}
    assert await recover(person, token) == OK


async def test_expired_token(app: testing.AppUnderTest) -> None:
    """An old mail is worthless."""
    await Person().register()
    token = await ask(app)
    app.clock.turn(seconds=3600)

    assert await recover(Person(), token, await Person().begin()) == INVALID_TOKEN


async def test_account_with_a_password_gets_a_passkey(app: testing.AppUnderTest) -> None:
    """The proven owner of a primary account's address adds a passkey to it."""
    ada = Person()
    made = await ada.with_password("signup")
    await verify(app, ada)

    assert await recover(ada, await ask(app)) == OK
    signed_in = await ada.sign_in()
    assert signed_in["user"]["id"] == made["user"]["id"]
    assert [method["recipeId"] for method in signed_in["user"]["loginMethods"]] == ["emailpassword", "webauthn"]


async def test_account_that_others_reach_is_not_opened(app: testing.AppUnderTest) -> None:
    """An unproven address on an account with another one opens nothing: it may have been put there (class 13)."""
    victim = (await Person().with_password("signup", "victim@example.com"))["user"]["id"]
    planted = (await Person().register())["user"]["id"]
    await app.core.call("POST", "/recipe/accountlinking/user/primary", body={"recipeUserId": victim})
    body = {"recipeUserId": planted, "primaryUserId": victim}
    assert (await app.core.call("POST", "/recipe/accountlinking/user/link", body=body))["status"] == "OK"

    refused = await Person().post("/user/webauthn/reset/token", email=EMAIL)

    assert refused["status"] == "RECOVER_ACCOUNT_NOT_ALLOWED"
    assert refused["reason"].endswith("(ERR_CODE_001)")
    assert app.outbox.messages() == []


async def test_passkey_beside_a_primary_account(app: testing.AppUnderTest) -> None:
    """Recovering a passkey that is not linked to the account with its address links it: the mail proves the address."""
    eve = (await Person().register())["user"]["id"]
    made = await app.core.call("POST", "/recipe/signup", body={"email": EMAIL, "password": "correct horse"})
    body = {"userId": made["recipeUserId"], "email": EMAIL}
    token = await app.core.call("POST", "/recipe/user/email/verify/token", body=body)
    await app.core.call("POST", "/recipe/user/email/verify", body={"method": "token", "token": token["token"]})
    await app.core.call("POST", "/recipe/accountlinking/user/primary", body={"recipeUserId": made["recipeUserId"]})
    owner = Person()

    assert await recover(owner, await ask(app)) == OK
    signed_in = await owner.sign_in()
    assert {method["recipeUserId"] for method in signed_in["user"]["loginMethods"]} == {eve, made["recipeUserId"]}


async def test_mail_that_cannot_be_sent() -> None:
    """The answer is the same, so that nobody learns that there is an account."""

    def failing(original: Any) -> Any:
        async def send_email(_message: Any, _user_context: Any) -> None:
            raise DeliveryError("no mail server")

        original.send_email = send_email
        return original

    delivery = EmailDeliveryConfig[results.TypeWebauthnEmailDeliveryInput](override=failing)
    async with testing.app(recipes(config=WebauthnConfig(email_delivery=delivery))):
        await Person().register()

        assert await Person().post("/user/webauthn/reset/token", email=EMAIL) == OK


async def test_account_without_that_address_in_the_tenant(app: testing.AppUnderTest) -> None:
    """Whoever left, or changed the address, after the mail was sent does not get a passkey by it."""
    ada = Person()
    made = await ada.with_password("signup")
    await verify(app, ada)
    token = await ask(app)
    begun = await ada.begin()
    body = {"recipeUserId": made["user"]["id"], "email": "new@example.com"}
    await app.core.call("PUT", "/recipe/user", body=body, rid="emailpassword")

    assert await recover(ada, token, begun) == INVALID_TOKEN


async def test_account_that_changed_since_the_mail(app: testing.AppUnderTest) -> None:
    """An account that others reach by now is not opened by an old mail (class 13)."""
    planted = (await Person().register())["user"]["id"]
    token = await ask(app)
    victim = (await Person().with_password("signup", "victim@example.com"))["user"]["id"]
    await app.core.call("POST", "/recipe/accountlinking/user/primary", body={"recipeUserId": victim})
    await app.core.call(
        "POST", "/recipe/accountlinking/user/link", body={"recipeUserId": planted, "primaryUserId": victim}
    )

    assert await recover(Person(), token) == INVALID_TOKEN


async def test_failed_registration(app: testing.AppUnderTest) -> None:
    """A passkey that proves nothing is told as such, for old and for new login methods."""
    ada = Person()
    await ada.with_password("signup")
    await verify(app, ada)
    await Person().register(email="eve@example.com")
    for email in (EMAIL, "eve@example.com"):
        person = Person()
        token = await ask(app, email)
        begun = await person.begin(recoverAccountToken=token)
        person.authenticator.origin = "https://evil.example"

        assert (await recover(person, token, begun))["status"] == "INVALID_AUTHENTICATOR_ERROR"
