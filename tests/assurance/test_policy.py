# SPDX-License-Identifier: Apache-2.0
"""What a profile adds to a policy that asks for nothing: from the browser's side."""

from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from tests.assurance.application import site
from tests.security.application import ELSEWHERE, Person, application, password_form
from tests.security.considerations.application import OWNER, Site, is_open, refused_claim
from twofold import testing
from twofold.exceptions import GeneralError
from twofold.ingredients._unobserved import all_sent
from twofold.recipe import emailpassword, multifactorauth, recoverycodes, thirdparty
from twofold.recipe.emailpassword import InputFormField, InputSignUpFeature
from twofold.recipe.emailpassword.passwords import TOO_COMMON
from twofold.recipe.multifactorauth.assurance import required_by
from twofold.recipe.multifactorauth.asyncio import explain_requirements
from twofold.recipe.multifactorauth.requirements import next_for_auth
from twofold.recipe.session.asyncio import revoke_all_sessions_for_user
from twofold.recipe.webauthn.functions import sign_in_options

PHONE = "+14155552671"
OFFERED = ["emailpassword", "otp-email", "otp-phone", "totp", "webauthn"]
BEGINNING = ["emailpassword", "thirdparty", "otp-email", "link-email", "otp-phone", "link-phone", "webauthn"]


async def next_factors(person: Person) -> Any:
    """Ask what comes next."""
    return (await person.api("PUT", "/mfa/info")).json()["factors"]["next"]


async def test_two_factors_of_two_kinds() -> None:
    """AAL2 2.2.1, 3.1.3.1: a code by mail is no factor, and not even to be set up in place of one.

    AAL2 3.1.3.3: a code by text message is one, beside other ways.
    """
    async with site("nist-aal2") as here:
        person = await here.sign("signup")
        before = (await is_open(person), await next_factors(person))
        by_mail = await person.api("POST", "/signinup/code", {"email": OWNER, "shouldTryLinkingWithSessionUser": True})
        await here.give_code(person, phoneNumber=PHONE)

        assert before == (False, ["totp", "otp-phone", "webauthn"])
        assert refused_claim(by_mail) == "st-mfa"
        assert await is_open(person)


async def test_two_channels() -> None:
    """ASVS 6.3.3, 6.4.3: any channel but that of the first factor; the mailbox that resets a password is none."""
    async with site("asvs-l2") as here:
        person = await here.sign("signup")
        before = (await is_open(person), await next_factors(person))
        await here.give_code(person, phoneNumber=PHONE)

        assert before == (False, ["otp-phone", "totp", "webauthn"])
        assert await is_open(person)


@pytest.mark.parametrize(
    ("profile", "completed", "is_enough"),
    [
        ("nist-aal2", {"emailpassword": 1, "link-phone": 2, "custom": 3}, False),
        ("nist-aal2", {"otp-phone": 1, "totp": 2}, False),
        ("nist-aal2", {"otp-phone": 1, "emailpassword": 2}, True),
        ("nist-aal2", {"thirdparty": 1, "totp": 2}, True),
        ("nist-aal2", {"webauthn": 1}, True),
        ("nist-aal2", {"emailpassword": 1, "recovery-code": 2}, True),
        ("nist-aal2", {"thirdparty": 1, "recovery-code": 2}, True),
        ("nist-aal2", {"otp-phone": 1, "recovery-code": 2}, False),
        ("nist-aal2", {"otp-email": 1, "totp": 2, "recovery-code": 3}, False),
        ("asvs-l2", {"link-email": 1, "otp-email": 2}, False),
        ("asvs-l2", {"emailpassword": 1, "otp-email": 2}, False),
        ("asvs-l2", {"link-email": 2, "otp-phone": 1}, True),
        ("asvs-l2", {"thirdparty": 1}, False),
        ("asvs-l2", {"emailpassword": 1, "recovery-code": 2}, True),
        ("asvs-l2", {"thirdparty": 1, "recovery-code": 2}, True),
        ("asvs-l2", {"otp-phone": 1, "recovery-code": 2}, True),
        ("asvs-l2", {"otp-email": 1, "totp": 2, "recovery-code": 3}, True),
        ("asvs-l2", {"emailpassword": 2, "webauthn": 1}, True),
        (None, {}, True),
    ],
)
def test_what_is_enough(profile: str | None, completed: dict[str, int], is_enough: bool) -> None:
    """AAL2 2.2.1, ASVS 6.3.3, 6.8.4: which factors are enough together; a provider is one, however it authenticated."""
    step = next_for_auth(completed, required_by(profile, completed, OFFERED))

    assert (not step.factor_ids) == is_enough


@pytest.mark.parametrize("profile", ["nist-aal2", "asvs-l2"])
def test_a_remembered_browser_is_no_factor(profile: str) -> None:
    """AAL2 5.1, ASVS 6.3.3: in a session from before the profile, though it is trusted with every factor there is."""
    sessions = [{factor: 1, "trusted-device": 2} for factor in BEGINNING]
    steps = [next_for_auth(completed, required_by(profile, completed, OFFERED), OFFERED) for completed in sessions]

    assert [factor for factor, step in zip(BEGINNING, steps, strict=True) if not step.factor_ids] == ["webauthn"]


@pytest.mark.parametrize(("profile", "completed"), [("asvs-l2", "otp-email"), ("nist-aal2", "otp-email")])
def test_who_can_have_no_second_channel_is_not_let_in(profile: str, completed: str) -> None:
    """ASVS 6.3.3, AAL2 2.2.1: an empty group would ask for nothing."""
    required = required_by(profile, {completed: 1}, ["otp-email", "link-email"])

    assert required
    assert not any({completed} & set(item["oneOf"]) for item in required)
    assert all(item["oneOf"] for item in required)


@pytest.mark.parametrize("name", ["nist-aal2", "asvs-l2"])
async def test_a_phone_alone_brings_nothing_in_place_of_an_account_elsewhere(name: str) -> None:
    """AAL2 4.1.2.1, ASVS 6.3.3: a provider is one of the two factors of its user, though no second one to set up."""
    async with site(name, thirdparty=thirdparty.init(thirdparty.SignInAndUpFeature([ELSEWHERE]))) as here:
        owner, thief = Person(application(), "cookie"), Person(application(), "cookie")
        await _sign_in_elsewhere(owner, within_session=False)
        await here.give_code(owner, phoneNumber=PHONE)
        is_whole = await is_open(owner)

        await _begin_with_phone(here, thief)
        added = await _add_password(thief)
        is_closed = not await is_open(thief)
        await _sign_in_elsewhere(thief, within_session=True)  # it was the owner after all

        assert (is_whole, refused_claim(added), is_closed) == (True, "st-mfa", True)
        assert added.json()["claimValidationErrors"][0]["reason"]["factors"] == ["thirdparty"]
        assert await is_open(thief)


async def test_a_phone_and_a_recovery_code_are_one_kind() -> None:
    """AAL2 2.2.1, 4.2.2.2: both are something that one has: they open nothing, and bring no password of their own."""
    few = recoverycodes.init(count=1)  # each is one slow hash
    elsewhere = thirdparty.init(thirdparty.SignInAndUpFeature([ELSEWHERE]))
    async with site("nist-aal2", recoverycodes=few, thirdparty=elsewhere) as here:
        owner, thief = Person(application(), "cookie"), Person(application(), "cookie")
        await _sign_in_elsewhere(owner, within_session=False)
        await here.give_code(owner, phoneNumber=PHONE)
        code = (await owner.api("POST", "/recoverycodes")).json()["codes"][0]
        await _begin_with_phone(here, thief)
        consumed = await thief.api("POST", "/recoverycodes/consume", {"code": code})
        added = await _add_password(thief)

        assert (consumed.json()["status"], refused_claim(added)) == ("OK", "st-mfa")
        assert (await is_open(thief), await next_factors(thief)) == (False, ["emailpassword", "webauthn"])


async def _begin_with_phone(here: Site, person: Person) -> None:
    ids = await person.ask_for_code(within_session=False, phoneNumber=PHONE)
    begun = {**ids, "userInputCode": here.under_test.outbox.code(PHONE)}
    assert (await person.api("POST", "/signinup/code/consume", begun)).json()["status"] == "OK"


async def _add_password(person: Person) -> Any:
    own = {**password_form("thief@example.com"), "shouldTryLinkingWithSessionUser": True}
    return await person.api("POST", "/signup", own)


async def _sign_in_elsewhere(person: Person, *, within_session: bool) -> None:
    brought = {"redirectURIOnProviderDashboard": "https://example.com", "redirectURIQueryParams": {"code": OWNER}}
    body = {"thirdPartyId": "elsewhere", "redirectURIInfo": brought, "shouldTryLinkingWithSessionUser": within_session}
    assert (await person.api("POST", "/signinup", body)).json()["status"] == "OK"


async def test_a_policy_of_the_application_is_kept() -> None:
    """AAL2 2.2.1: what a profile asks for comes after it, and is explained as the profile's."""
    async with site("nist-aal2") as here:
        await here.sign("signup")
        (owner,) = (await here.under_test.core.call("GET", "/users", query={"limit": "1"}))["users"]
        found = await explain_requirements(owner["id"], "public")

        (step,) = found.ways_in[0].steps
        assert found.outcome == "SET_UP_FACTOR"
        assert step.required_by == {"totp": ["assurance"], "otp-phone": ["assurance"], "webauthn": ["assurance"]}


async def test_a_passkey_verifies_its_user() -> None:
    """AAL2 3.1.7, ASVS 6.3.3: one passkey is enough, as it is asked for PIN or finger, and refused without."""
    async with site("nist-aal2"):
        ways = testing.VirtualAuthenticator(testing.ADDRESS), Person(application(), "cookie")
        opened = await _sign_up_with_passkey(*ways)
        lazy = testing.VirtualAuthenticator(testing.ADDRESS, verifies_user=False), Person(application(), "cookie")
        refused = await _sign_up_with_passkey(*lazy, email="eve@example.com")

        assert (opened["status"], await is_open(ways[1])) == ("OK", True)
        assert refused["status"] == "INVALID_AUTHENTICATOR_ERROR"
        with pytest.raises(GeneralError, match="must be 'required'"):
            await sign_in_options(
                relying_party_id="localhost",
                relying_party_name="Test",
                origin=testing.ADDRESS,
                user_verification="preferred",
            )


async def test_a_mailbox_makes_no_passkey_of_its_owner() -> None:
    """AAL2 4.1.2.1, 4.2.2.2, ASVS 6.4.3: neither by recovering one, nor by signing up with one and being linked."""
    async with site("nist-aal2") as here:
        await _whole(here)
        thief = Person(application(), "cookie")
        recovery = await thief.api("POST", "/user/webauthn/reset/token", {"email": OWNER})
        await _sign_up_with_passkey(testing.VirtualAuthenticator(testing.ADDRESS), thief)

        assert recovery.status_code == 404
        assert (await here.under_test.core.call("GET", "/users/count"))["count"] == 2


async def _sign_up_with_passkey(authenticator: testing.VirtualAuthenticator, person: Person, email: str = OWNER) -> Any:
    options = (await person.api("POST", "/webauthn/options/register", {"email": email})).json()
    body = {
        "webauthnGeneratedOptionsId": options["webauthnGeneratedOptionsId"],
        "credential": authenticator.create(options),
    }
    return (await person.api("POST", "/webauthn/signup", body)).json()


@pytest.mark.parametrize("name", ["nist-aal2", "asvs-l2"])
async def test_an_ended_session_is_over_at_once(name: str) -> None:
    """ASVS 7.4.1, AAL2 5.2: though its access token has not expired, and the route does not ask for it."""
    async with site(name) as here:
        person = await _whole(here)
        (owner,) = (await here.under_test.core.call("GET", "/users", query={"limit": "1"}))["users"]
        assert await is_open(person)

        await revoke_all_sessions_for_user(owner["id"])

        assert (await person.send("GET", "/protected")).status_code == 401


async def test_a_session_from_before_the_profile_is_closed(tmp_path: Path) -> None:
    """AAL2 2.2.1, ASVS 6.3.3: though its claim says yes, until its browser asks what comes next."""
    url = f"sqlite:///{tmp_path}/core.db"
    async with site(None, database_url=url, multifactorauth=multifactorauth.init()) as here:
        person = await here.sign("signup")
        assert await is_open(person)
    async with site("asvs-l2", database_url=url) as here:
        answers = [person.payload()["st-mfa"]["v"], await is_open(person), await next_factors(person)]
        await here.give_code(person, phoneNumber=PHONE)

        assert answers == [True, False, ["otp-phone", "totp", "webauthn"]]
        assert await is_open(person)


async def test_sessions_time_out() -> None:
    """AAL2 2.2.3, ASVS 7.3.1, 7.3.2, 7.1.1: idle for an hour, or a day old, however often it is refreshed."""
    async with site("nist-aal2") as here:
        idle = await _whole(here)
        here.under_test.clock.turn(seconds=3601)
        assert (await idle.api("POST", "/session/refresh")).status_code == 401

        busy = await _whole(here, "signin")
        answers = []
        for _ in range(25):
            here.under_test.clock.turn(seconds=3500)
            answers.append((await busy.api("POST", "/session/refresh")).status_code)
            await busy.send("GET", "/protected")
        assert answers == [200] * 24 + [401]


async def test_own_rules_for_passwords_are_added_to_ours() -> None:
    """AAL2 3.1.1.2, ASVS 6.2.1, 6.2.4, 6.2.5: eight characters at least, of any kind, whatever is allowed."""

    async def any_but_pets(value: Any, _tenant_id: str) -> str | None:
        return "No names of pets" if value == "rex the dog 1" else None

    async def error_of(password: str) -> Any:
        fields = [{"id": "email", "value": OWNER}, {"id": "password", "value": password}]
        body = (await Person(application(), "cookie").api("POST", "/signup", {"formFields": fields})).json()
        return body["status"] if body["status"] == "OK" else body["formFields"][0]["error"]

    feature = InputSignUpFeature([InputFormField("password", validate=any_but_pets)])
    async with site("asvs-l2", emailpassword=emailpassword.init(feature)):
        assert "at least 8" in await error_of("short")
        assert await error_of("rex the dog 1") == "No names of pets"
        assert await error_of("password123") == TOO_COMMON
        assert await error_of("all lower case words " * 4) == "OK"


async def test_a_password_is_what_was_typed() -> None:
    """ASVS 6.2.8, 6.2.9, 6.2.10: with its case and spaces, as long as it is; it does not expire."""
    typed = "Correct horse " * 5
    async with site("asvs-l2") as here:
        statuses = []
        for way, password in [("up", typed), ("in", typed.lower()), ("in", typed.strip()), ("in", typed)]:
            person = Person(application(), "cookie")
            fields = [{"id": "email", "value": OWNER}, {"id": "password", "value": password}]
            statuses.append((await person.api("POST", f"/sign{way}", {"formFields": fields})).json()["status"])
            here.under_test.clock.turn(seconds=400 * 86_400)

    assert statuses == ["OK", "WRONG_CREDENTIALS_ERROR", "WRONG_CREDENTIALS_ERROR", "OK"]


async def test_recovery_takes_two_things() -> None:
    """AAL2 4.2.2.2, ASVS 6.4.3: a password by mail opens nothing; a recovery code beside it does.

    Also where the application's policy asks for what was lost, as the profile does.
    """

    def policy(original: Any) -> Any:
        async def get_mfa_requirements_for_auth(*_: Any) -> Any:
            return ["totp"]

        original.get_mfa_requirements_for_auth = get_mfa_requirements_for_auth
        return original

    asking = multifactorauth.init(override=multifactorauth.OverrideConfig(functions=policy))
    few = recoverycodes.init(count=1)  # each is one slow hash
    async with site("nist-aal2", multifactorauth=asking, recoverycodes=few) as here:
        person = await here.sign("signup")
        await here.set_up_totp(person)
        code = (await person.api("POST", "/recoverycodes")).json()["codes"][0]
        fields = [{"id": "email", "value": OWNER}]
        await person.api("POST", "/user/password/reset/token", {"formFields": fields})
        await all_sent()
        token = parse_qs(urlsplit(here.under_test.outbox.link(OWNER)).query)["token"][0]
        new = {"method": "token", "token": token, "formFields": [{"id": "password", "value": "another good one 2"}]}
        assert (await person.api("POST", "/user/password/reset", new)).json()["status"] == "OK"

        later = Person(application(), "cookie")
        fields.append({"id": "password", "value": "another good one 2"})
        assert (await later.api("POST", "/signin", {"formFields": fields})).json()["status"] == "OK"
        before = await is_open(later)
        await later.api("POST", "/recoverycodes/consume", {"code": code})

        assert (before, await is_open(later)) == (False, True)


@pytest.mark.parametrize("profile", ["nist-aal2", "asvs-l2"])
async def test_the_user_is_told_of_a_new_authenticator(profile: str) -> None:
    """AAL2 4.1.2.1, 4.6: under a profile unless it is switched off, which one of them refuses; at every address."""
    async with site(profile) as here:
        person, beside = await here.sign("signup"), "beside@example.com"
        await here.set_up_totp(person)
        assert (await here.give_code(person, email=beside))["status"] == "OK"
        await here.set_up_totp(person, "tablet")
        await all_sent()

        assert [mail.subject for mail in here.under_test.outbox.messages(OWNER)] == [
            "An authenticator app was added to your account",
            "An email address for codes was added to your account",
            "An authenticator app was added to your account",
        ]
        newest = here.under_test.outbox.messages(beside)[0]
        assert newest.subject == "An authenticator app was added to your account"
        assert "tablet" in newest.text


async def test_nobody_is_there_before_somebody_signs_up() -> None:
    """ASVS 6.3.2: neither a user nor an account of the dashboard."""
    async with site("asvs-l2") as here:
        assert (await here.under_test.core.call("GET", "/users/count"))["count"] == 0
        assert (await here.under_test.core.call("GET", "/recipe/dashboard/users"))["users"] == []


async def _whole(here: Site, way: str = "signup") -> Person:
    person = Person(application(), "cookie")
    assert (await person.api("POST", f"/{way}", password_form(OWNER))).json()["status"] == "OK"
    await here.give_code(person, phoneNumber=PHONE)
    return person
