# SPDX-License-Identifier: Apache-2.0
"""Passkeys as people use them: alone, after a password, and as attackers would like to."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from tests.recipe.webauthn.application import (
    EMAIL,
    PASSWORD,
    Person,
    link_always,
    link_verified,
    recipes,
    second_factor,
)
from twofold import testing
from twofold.recipe import accountlinking, emailverification
from twofold.recipe.emailpassword.asyncio import sign_up
from twofold.recipe.emailpassword.types import SignUpOkResult
from twofold.recipe.multifactorauth.asyncio import get_factors_setup_for_user
from twofold.recipe.webauthn import WebauthnConfig, WebauthnOverrideConfig, remove_credential
from twofold.recipe.webauthn.functions import create_new_recipe_user
from twofold.recipe.webauthn.interfaces.recipe import RegistrationPayload
from twofold.types.auth_utils import LinkingToSessionUserFailedError
from twofold.types.response import GeneralErrorResponse

INVALID = {"status": "INVALID_CREDENTIALS_ERROR"}


@pytest.fixture
async def app() -> AsyncIterator[testing.AppUnderTest]:
    """An application with passkeys and passwords."""
    async with testing.app(recipes()) as running:
        yield running


async def test_signing_up_and_in(app: testing.AppUnderTest) -> None:
    """A passkey makes an account and opens it again, in another browser of the same authenticator."""
    ada = Person()
    made = await ada.register()
    again = Person(ada.authenticator)
    signed_in = await again.sign_in()

    assert made["status"] == signed_in["status"] == "OK"
    assert made["user"]["webauthn"]["credentialIds"] == [ada.authenticator.passkeys[0].id]
    assert signed_in["user"] == made["user"]
    assert await ada.may_enter()
    assert await again.may_enter()


async def test_options_are_what_browsers_read(app: testing.AppUnderTest) -> None:
    """A minute's time, no attestation, a discoverable passkey for the host of the API."""
    ada = Person()
    registration, sign_in = await ada.begin(), await ada.post("/webauthn/options/signin")

    assert registration["rp"] == {"id": "localhost", "name": "Test"}
    assert registration["user"]["displayName"] == registration["user"]["name"] == EMAIL
    assert (registration["timeout"], registration["attestation"]) == (60_000, "none")
    assert registration["expiresAt"] - registration["createdAt"] == 60_000
    assert registration["authenticatorSelection"]["residentKey"] == "required"
    assert registration["excludeCredentials"] == []
    assert (sign_in["rpId"], sign_in["userVerification"], sign_in["timeout"]) == ("localhost", "preferred", 60_000)


@pytest.mark.parametrize(
    ("body", "answer"),
    [
        ({"email": "nonsense"}, {"status": "INVALID_EMAIL_ERROR", "err": "Email is not valid"}),
        ({"recoverAccountToken": "nonsense"}, {"status": "RECOVER_ACCOUNT_TOKEN_INVALID_ERROR"}),
        ({}, {"message": "Please provide the email or the recover account token"}),
        ({"email": 5}, {"message": "Please provide the email or the recover account token"}),
    ],
)
async def test_whom_a_passkey_is_for(app: testing.AppUnderTest, body: Any, answer: Any) -> None:
    """An address that can be one, or a token that is good."""
    assert await Person().post("/webauthn/options/register", **body) == answer


@pytest.mark.parametrize("path", ["/webauthn/signup", "/webauthn/signin"])
async def test_malformed_answers(app: testing.AppUnderTest, path: str) -> None:
    """What is missing is a bad request; what is no credential is an invalid one."""
    ada = Person()

    assert await ada.post(path, credential={}) == {"message": "webauthnGeneratedOptionsId is required"}
    assert await ada.post(path, webauthnGeneratedOptionsId="x") == {"message": "credential is required"}
    assert await ada.post(path, webauthnGeneratedOptionsId="x", credential={"id": "x"}) == INVALID


async def test_an_answer_signs_in_once(app: testing.AppUnderTest) -> None:
    """Sixteen requests with one answer at once open one session, and none afterwards (classes 9 and 18)."""
    ada = Person()
    await ada.register()
    begun = await ada.post("/webauthn/options/signin")
    assertion = ada.authenticator.get(begun)
    people = [Person() for _ in range(16)]

    answers = await asyncio.gather(*(person.answer("/webauthn/signin", begun, assertion) for person in people))
    later = await Person().answer("/webauthn/signin", begun, assertion)

    assert Counter(answer["status"] for answer in answers) == {"OK": 1, INVALID["status"]: 15}
    assert sum([await person.may_enter() for person in people]) == 1
    assert later == INVALID


async def test_who_cannot_sign_in(app: testing.AppUnderTest) -> None:
    """An unknown passkey, another page, a passkey of a user who has gone: all the same answer."""
    ada = Person()
    made = await ada.register()
    stranger = Person()
    stranger.authenticator.create(await stranger.begin(email="eve@example.com"))
    phished = Person(ada.authenticator)
    ada.authenticator.origin = "https://evil.example"
    from_elsewhere = await phished.sign_in()
    ada.authenticator.origin = testing.ADDRESS
    await app.core.call("POST", "/user/remove", body={"userId": made["user"]["id"]})

    assert await stranger.sign_in() == from_elsewhere == await ada.sign_in() == INVALID
    assert not await stranger.may_enter()
    assert not await phished.may_enter()


async def test_email_that_is_taken(app: testing.AppUnderTest) -> None:
    """Whoever has an account is told so, at sign-up and before."""
    await Person().register()

    assert await Person().register() == {"status": "EMAIL_ALREADY_EXISTS_ERROR"}
    assert await Person().get(f"/webauthn/email/exists?email={EMAIL}") == {"status": "OK", "exists": True}
    assert await Person().get("/webauthn/email/exists?email=b@example.com") == {"status": "OK", "exists": False}
    assert "message" in await Person().get("/webauthn/email/exists?email=")


async def test_made_up_addresses_begin_no_session(app: testing.AppUnderTest) -> None:
    """They count as verified, and can be guessed."""
    refused = await Person().register(email="x@stfakeemail.supertokens.com")

    assert refused == {"status": "EMAIL_ALREADY_EXISTS_ERROR"}


async def test_passkeys_of_a_session(app: testing.AppUnderTest) -> None:
    """A user adds a passkey, sees both, and removes one; nobody else's."""
    ada, eve = Person(), Person()
    await ada.register()
    await eve.register(email="eve@example.com")
    assert (await ada.register("/webauthn/credential"))["status"] == "OK"
    first, second = (passkey.id for passkey in ada.authenticator.passkeys)
    listed = await ada.get("/webauthn/credential/list")
    assert [item["webauthnCredentialId"] for item in listed["credentials"]] == [first, second]

    assert await eve.post("/webauthn/credential/remove", webauthnCredentialId=first) == {
        "status": "CREDENTIAL_NOT_FOUND_ERROR"
    }
    assert await ada.post("/webauthn/credential/remove", webauthnCredentialId=first) == {"status": "OK"}
    listed = await ada.get("/webauthn/credential/list")
    assert [item["webauthnCredentialId"] for item in listed["credentials"]] == [second]
    assert (await Person().browser.send("GET", "/auth/webauthn/credential/list")).status_code == 401


async def test_passkey_that_cannot_be_added(app: testing.AppUnderTest) -> None:
    """The reason is told by its code; unknown options are told as such."""
    ada = Person()
    await ada.register()
    begun = await ada.begin()
    ada.authenticator.origin = "https://evil.example"
    forged = await ada.answer("/webauthn/credential", begun, ada.authenticator.create(begun))
    unknown = {**begun, "webauthnGeneratedOptionsId": "unknown"}

    assert forged["status"] == "REGISTER_CREDENTIAL_NOT_ALLOWED"
    assert forged["reason"].startswith("The device used for authentication is not supported.")
    assert forged["reason"].endswith("(ERR_CODE_026)")
    for path in ("/webauthn/credential", "/webauthn/signup"):
        answer = await ada.answer(path, unknown, ada.authenticator.create(begun))
        assert answer == {"status": "OPTIONS_NOT_FOUND_ERROR"}
    to_sign_in = await ada.post("/webauthn/options/signin")
    credential = ada.authenticator.create({**begun, "challenge": to_sign_in["challenge"]})
    other = await ada.answer("/webauthn/credential", to_sign_in, credential)
    assert other["reason"].startswith("Cannot register credential due to security reasons.")
    assert await ada.answer("/webauthn/signup", to_sign_in, credential) == {"status": "INVALID_OPTIONS_ERROR"}


async def test_site_and_overrides_are_the_applications() -> None:
    """Id, name and origin of the site are configured, also by functions; functions and APIs are replaced."""
    seen: list[Any] = []

    async def relying_party_id(*, tenant_id: str, request: Any, user_context: Any) -> str:
        seen.append(tenant_id)
        return "example.com"

    async def origin(*, tenant_id: str, request: Any, user_context: Any) -> str:
        return "https://app.example.com"

    def functions(original: Any) -> Any:
        usual = original.sign_in_options

        async def sign_in_options(**arguments: Any) -> Any:
            seen.append(arguments["origin"])
            return await usual(**arguments)

        original.sign_in_options = sign_in_options
        return original

    def apis(original: Any) -> Any:
        async def email_exists_get(*, email: str, **_: Any) -> Any:
            return GeneralErrorResponse(email)

        original.email_exists_get = email_exists_get
        original.disable_register_options_post = True
        return original

    config = WebauthnConfig(
        relying_party_id, "Our site", origin, override=WebauthnOverrideConfig(functions=functions, apis=apis)
    )
    async with testing.app(recipes(config=config)):
        ada = Person()
        begun = await ada.post("/webauthn/options/signin")
        disabled = await ada.browser.send("POST", "/auth/webauthn/options/register", {"email": EMAIL})

        assert (begun["rpId"], seen) == ("example.com", ["public", "https://app.example.com"])
        assert (await ada.get("/webauthn/email/exists?email=a"))["message"] == "a"
        assert disabled.status_code == 404


async def test_passkey_as_second_factor() -> None:
    """After it is set up, the password alone opens nothing; with the passkey it does."""
    async with testing.app(second_factor()):
        ada = Person()
        await ada.with_password("signup")
        made = await ada.register(shouldTryLinkingWithSessionUser=True)
        again = Person(ada.authenticator)
        await again.with_password("signin")
        before = await again.may_enter()
        completed = await again.sign_in(shouldTryLinkingWithSessionUser=True)

        assert (made["status"], completed["status"]) == ("OK", "OK")
        assert [method["recipeId"] for method in made["user"]["loginMethods"]] == ["emailpassword", "webauthn"]
        assert (before, await again.may_enter()) == (False, True)
        info = (await again.browser.send("PUT", "/auth/mfa/info")).json()
        assert info["emails"]["webauthn"] == [EMAIL]
        assert set(info["factors"]["alreadySetup"]) == {"emailpassword", "webauthn"}


async def test_who_has_no_passkey_left_has_none_set_up() -> None:
    """The login method stays, and no rule asks for a passkey that nobody has; another is added to it."""
    async with testing.app(second_factor()):
        ada = Person()
        await ada.with_password("signup")
        user_id = (await ada.register(shouldTryLinkingWithSessionUser=True))["user"]["id"]
        assert "webauthn" in await get_factors_setup_for_user(user_id)
        (credential,) = (await ada.get("/webauthn/credential/list"))["credentials"]
        credential_id = credential["webauthnCredentialId"]
        assert (
            await remove_credential(webauthn_credential_id=credential_id, recipe_user_id=credential["recipeUserId"])
        ).status == "OK"

        set_up = await get_factors_setup_for_user(user_id)
        begun = await ada.begin(email=EMAIL)
        added = await ada.answer(
            "/webauthn/credential", begun, ada.authenticator.create(begun), recipeUserId=credential["recipeUserId"]
        )

        assert set_up == ["emailpassword"]
        assert added["status"] == "OK"
        assert "webauthn" in await get_factors_setup_for_user(user_id)


async def test_passkey_is_no_first_factor_where_it_must_not_be() -> None:
    """Where sessions begin with a password, a passkey begins none."""
    async with testing.app(second_factor()):
        ada = Person()
        await ada.with_password("signup")
        await ada.register(shouldTryLinkingWithSessionUser=True)
        alone = Person(ada.authenticator)

        assert "message" in await alone.sign_in()
        assert not await alone.may_enter()


async def test_unfinished_session_changes_no_passkeys() -> None:
    """Who knows the password alone neither adds nor removes a passkey, nor sees which there are (class 12)."""
    async with testing.app(second_factor()):
        ada = Person()
        await ada.with_password("signup")
        await ada.register(shouldTryLinkingWithSessionUser=True)
        thief = Person()
        await thief.with_password("signin")
        passkey = ada.authenticator.passkeys[0].id
        begun = await thief.begin()
        body = {
            "webauthnGeneratedOptionsId": begun["webauthnGeneratedOptionsId"],
            "credential": thief.authenticator.create(begun),
        }

        added = await thief.browser.send("POST", "/auth/webauthn/credential", body)
        signed_up = await thief.browser.send(
            "POST", "/auth/webauthn/signup", {**body, "shouldTryLinkingWithSessionUser": True}
        )
        removed = await thief.browser.send(
            "POST", "/auth/webauthn/credential/remove", {"webauthnCredentialId": passkey}
        )
        listed = await thief.browser.send("GET", "/auth/webauthn/credential/list")

        assert [reply.status_code for reply in (added, signed_up, removed, listed)] == [403, 403, 403, 403]
        assert passkey not in listed.text
        assert not await thief.may_enter()


async def test_address_of_another_account() -> None:
    """Where accounts are linked by proven addresses, nobody signs up with the address of somebody else's account."""
    linking = accountlinking.init(should_do_automatic_account_linking=link_verified)
    async with testing.app(recipes(emailverification.init("OPTIONAL"), linking)) as app:
        for email, way in ((EMAIL, "password"), ("eve@example.com", "passkey")):
            owner = Person()
            await (owner.with_password("signup", email) if way == "password" else owner.register(email=email))
            await owner.post("/user/email/verify/token")
            token = parse_qs(urlsplit(app.outbox.link(email)).query)["token"][0]
            assert (await owner.post("/user/email/verify", method="token", token=token))["status"] == "OK"

        refused = await Person().register()
        known = await Person().register(email="eve@example.com")

        assert refused["status"] == "SIGN_UP_NOT_ALLOWED"
        assert refused["reason"].endswith("(ERR_CODE_025)")
        assert known == {"status": "EMAIL_ALREADY_EXISTS_ERROR"}


async def test_passkey_of_another_account_is_not_linked() -> None:
    """Within a session, a passkey that belongs to somebody else's account says so by its code."""
    async with testing.app(recipes(accountlinking.init(should_do_automatic_account_linking=link_always))):
        ada, eve = Person(), Person()
        await eve.register(email="eve@example.com")
        await ada.with_password("signup")
        begun = await ada.post("/webauthn/options/signin")
        refused = await ada.answer(
            "/webauthn/signin", begun, eve.authenticator.get(begun), shouldTryLinkingWithSessionUser=True
        )

        assert refused["status"] == "SIGN_IN_NOT_ALLOWED"
        assert refused["reason"].endswith("(ERR_CODE_032)")


async def test_made_up_address_stands_in_for_its_own_user() -> None:
    """Whoever has no address may set a passkey up with the one that stands in for it, and nobody else may."""
    made_up, other = "ada@stfakeemail.supertokens.com", "eve@stfakeemail.supertokens.com"
    async with testing.app(second_factor()):
        user = await sign_up("public", made_up, PASSWORD)
        assert isinstance(user, SignUpOkResult)
        ada = Person()
        await ada.browser.send("GET", f"/enter/{user.user.id}")

        assert (await ada.register(email=other, shouldTryLinkingWithSessionUser=True))["status"] != "OK"
        assert (await ada.register(email=made_up, shouldTryLinkingWithSessionUser=True))["status"] == "OK"
        assert (await Person(ada.authenticator).sign_in()).get("status") != "OK"


async def test_linking_that_fails_late() -> None:
    """When linking fails after the passkey was checked, front ends are told by a code, and no session is made."""
    failed = LinkingToSessionUserFailedError("EMAIL_VERIFICATION_REQUIRED")

    def functions(original: Any) -> Any:
        async def fail(**_: Any) -> Any:
            return failed

        original.complete_sign_in = original.sign_up = fail
        return original

    config = WebauthnConfig(override=WebauthnOverrideConfig(functions=functions))
    async with testing.app(recipes(config=config)):
        ada = Person()
        begun = await ada.begin()
        credential = ada.authenticator.create(begun)
        payload = RegistrationPayload.from_json(credential)
        options_id = begun["webauthnGeneratedOptionsId"]
        await create_new_recipe_user(webauthn_generated_options_id=options_id, credential=payload)
        signed_in = await ada.sign_in()
        signed_up = await ada.register(email="b@example.com")

        assert (signed_in["status"], signed_up["status"]) == ("SIGN_IN_NOT_ALLOWED", "SIGN_UP_NOT_ALLOWED")
        assert signed_in["reason"].endswith("(ERR_CODE_031)")
        assert signed_up["reason"].endswith("(ERR_CODE_026)")
        assert not await ada.may_enter()
