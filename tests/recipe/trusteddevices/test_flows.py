# SPDX-License-Identifier: Apache-2.0
"""Browsers that people trust, what ends the trust, and what a stolen or borrowed token is worth (class 22)."""

from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import pytest

from tests.recipe.recoverycodes.application import PASSWORD, Person, recipes
from twofold import testing
from twofold.core.config import Settings
from twofold.exceptions import GeneralError
from twofold.recipe import emailpassword, session, trusteddevices
from twofold.recipe.emailpassword.asyncio import update_email_or_password
from twofold.recipe.multifactorauth.multi_factor_auth_claim import MultiFactorAuthClaim
from twofold.recipe.multitenancy.asyncio import create_or_update_tenant
from twofold.recipe.multitenancy.interfaces import TenantConfigCreateOrUpdate
from twofold.recipe.recoverycodes.asyncio import count_codes
from twofold.recipe.recoverycodes.recipe import RecoveryCodesRecipe
from twofold.recipe.session.asyncio import get_session_information, revoke_all_sessions_for_user
from twofold.recipe.session.recipe import SessionRecipe
from twofold.recipe.trusteddevices import asyncio as functions
from twofold.recipe.trusteddevices import syncio
from twofold.recipe.trusteddevices.recipe import TrustedDevicesRecipe
from twofold.types import RecipeUserId

COOKIE, HEADER = "sTrustedDevice", "st-trusted-device"
DAY_SECONDS = 24 * 3600


@pytest.fixture
async def app() -> AsyncIterator[testing.AppUnderTest]:
    """An application that requires an authenticator app of who has one, and lets them trust browsers for a week."""
    async with testing.app(recipes(trusteddevices.init(days=7))) as running:
        yield running


@pytest.fixture
async def owner(app: testing.AppUnderTest) -> Person:
    """Somebody who has just set an authenticator app up, and trusts this browser."""
    person = await (await Person(app).sign("signup")).set_up()
    assert (await person.post("/trusteddevices"))["status"] == "OK"
    return person


async def came_back(owner: Person, *, to: Person | None = None, **sign: Any) -> Person:
    """Sign in with the password, in a browser that has nothing but the owner's cookie."""
    person = to or Person(owner.app)
    person.browser.cookies = {COOKIE: owner.browser.cookies[COOKIE]}
    person.secret = owner.secret
    return await person.sign("signin", **sign)


def user_of(person: Person) -> str:
    """The id of who is signed in."""
    user_id: str = person.browser.payload()["sub"]
    return user_id


async def lives(person: Person) -> bool:
    """Whether the core knows the session still."""
    return await get_session_information(person.browser.payload()["sessionHandle"]) is not None


async def test_a_trusted_browser(app: testing.AppUnderTest, owner: Person) -> None:
    """There the password is enough; elsewhere it is not, and the session says what stood in."""
    person, elsewhere = await came_back(owner), await Person(app).sign("signin")

    assert [await person.is_in(), await elsewhere.is_in()] == [True, False]
    assert set(person.browser.payload()["st-mfa"]["c"]) == {"emailpassword", "trusted-device"}
    assert (await person.info())["factors"]["next"] == []
    assert (await person.info())["trustedDevices"] == {"mayTrust": True, "days": 7}


async def test_one_write_recognises_a_browser(owner: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    """The core knows already on what the session rests: a token is made for the password, and one for the device."""
    session_functions = SessionRecipe.get().functions
    regenerate, written = session_functions.regenerate_access_token, list[Any]()

    async def counted(*arguments: Any) -> Any:
        written.append(arguments)
        return await regenerate(*arguments)

    monkeypatch.setattr(session_functions, "regenerate_access_token", counted)
    person = await came_back(owner)

    assert len(written) == 2
    assert await person.is_in()
    payload = person.browser.payload()
    assert payload["st-td"]["factors"] == ["emailpassword", "totp"]
    information = await get_session_information(payload["sessionHandle"])
    assert information is not None
    assert information.custom_claims_in_access_token_payload["st-td"] == payload["st-td"]


async def test_the_cookie(app: testing.AppUnderTest, owner: Person) -> None:
    """Scripts cannot read it, other sites cannot send it, and only the APIs get it."""
    cookie = owner.browser.set_cookies[COOKIE]

    assert (cookie["httponly"], cookie["samesite"].lower(), cookie["path"]) == (True, "lax", "/auth")
    assert len(owner.browser.cookies[COOKIE].partition(".")[2]) >= 22  # base64url of 128 bits
    (listed,) = (await owner.get("/trusteddevices"))["devices"]
    assert owner.browser.cookies[COOKIE].partition(".")[2] not in str(listed)


async def test_the_cookie_is_secure_where_sessions_are() -> None:
    """Only an application without TLS, a developer's, sends it without."""
    own = [session.init(cookie_secure=True), *recipes(trusteddevices.init())[1:]]
    async with testing.app(own) as app:
        person = await (await Person(app).sign("signup")).set_up()
        await person.post("/trusteddevices")

        assert person.browser.set_cookies[COOKIE]["secure"] is True


async def test_clients_without_cookies(app: testing.AppUnderTest) -> None:
    """They are answered the token in a header, and send it in the same."""
    person = await (await Person(app, "header").sign("signup")).set_up()
    await person.post("/trusteddevices")
    token = person.browser.reply.headers[HEADER]
    fields = [{"id": "email", "value": "ada@example.com"}, {"id": "password", "value": PASSWORD}]
    again = Person(app, "header")

    await again.browser.send("POST", "/auth/signin", {"formFields": fields}, st_trusted_device=token)

    assert COOKIE not in person.browser.cookies
    assert HEADER in person.browser.reply.headers["access-control-expose-headers"]
    assert await again.is_in()
    assert HEADER in app.app.cors_headers()


async def test_another_user_is_not_spared(app: testing.AppUnderTest, owner: Person) -> None:
    """A token is one user's: in the same browser somebody else gives all factors, and the owner still need not."""
    await (await Person(app).sign("signup", "bob@example.com")).set_up()

    bob = await came_back(owner, email="bob@example.com")

    assert not await bob.is_in()
    assert "trusted-device" not in bob.browser.payload()["st-mfa"]["c"]
    assert await (await came_back(owner)).is_in()


async def test_another_tenant_is_not_spared(app: testing.AppUnderTest, owner: Person) -> None:
    """Attack class 47: class 47: trust is one tenant's, though the user is the same."""
    await create_or_update_tenant("t1", TenantConfigCreateOrUpdate(first_factors=["emailpassword"]))
    core = app.core
    await core.call("POST", "/recipe/multitenancy/tenant/user", tenant_id="t1", body={"recipeUserId": user_of(owner)})

    assert not await (await came_back(owner, tenant="t1")).is_in()
    assert await (await came_back(owner)).is_in()


async def test_trust_expires(app: testing.AppUnderTest, owner: Person) -> None:
    """After so many days, however often the browser was used."""
    app.clock.turn(seconds=6 * DAY_SECONDS)
    assert await (await came_back(owner)).is_in()
    app.clock.turn(seconds=DAY_SECONDS)

    assert not await (await came_back(owner)).is_in()


async def _set_password(person: Person) -> None:
    result = await update_email_or_password(RecipeUserId(user_of(person)), password=PASSWORD)
    assert result.status == "OK"


async def _sign_out_everywhere(person: Person) -> None:
    await revoke_all_sessions_for_user(user_of(person))


async def _operator(person: Person) -> None:
    await functions.remove_all_devices(user_of(person))


async def _operator_here(person: Person) -> None:
    await functions.remove_all_devices(user_of(person), "public")


ENDINGS = [_set_password, _sign_out_everywhere, _operator, _operator_here]


@pytest.mark.parametrize("end", ENDINGS)
async def test_what_ends_trust(
    app: testing.AppUnderTest, owner: Person, end: Callable[[Person], Awaitable[None]]
) -> None:
    """From then on the browser is like any other."""
    assert await (await came_back(owner)).is_in()

    await end(owner)

    assert not await (await came_back(owner)).is_in()


@pytest.mark.parametrize(
    ("path", "recipe", "asked"),
    [
        ("/trusteddevices", TrustedDevicesRecipe, "may_trust_devices"),
        ("/recoverycodes", RecoveryCodesRecipe, "has_second_factor"),
    ],
)
async def test_signing_out_everywhere_meets_a_request_on_its_way(
    app: testing.AppUnderTest, owner: Person, monkeypatch: pytest.MonkeyPatch, path: str, recipe: Any, asked: str
) -> None:
    """Attack class 22.

    All sessions end after the request's session was checked, and before it trusts a browser, or makes codes: it fails.
    """
    user_id = user_of(owner)
    await functions.remove_all_devices(user_id)

    async def sign_out_meanwhile(*_: Any) -> bool:
        await revoke_all_sessions_for_user(user_id)
        return True

    monkeypatch.setattr(recipe.get().functions, asked, sign_out_meanwhile)

    assert await owner.post(path) == {"message": "unauthorised"}
    assert (await functions.list_devices("public", user_id)).devices == []
    assert (await count_codes(user_id)).total == 0


async def test_another_factor_ends_trust(app: testing.AppUnderTest, owner: Person) -> None:
    """Whoever adds a device, the owner or not, must show it in every browser."""
    await owner.set_up("tablet")

    assert not await (await came_back(owner)).is_in()


async def test_signing_out_does_not_end_trust(app: testing.AppUnderTest, owner: Person) -> None:
    """That is what it is for: the next sign-in on this browser is easy."""
    await owner.post("/signout")

    assert await (await came_back(owner)).is_in()


async def test_password_alone_trusts_nothing(app: testing.AppUnderTest, owner: Person) -> None:
    """Class 15: who lacks the second factor can neither trust a browser, nor see or end the owner's trust."""
    thief = await Person(app).sign("signin")

    answers = [
        await thief.post("/trusteddevices"),
        await thief.get("/trusteddevices"),
        await thief.post("/trusteddevices/remove", deviceId="x"),
        await thief.post("/trusteddevices/removeall"),
    ]

    assert [answer["message"] for answer in answers] == ["invalid claim"] * 4
    assert await (await came_back(owner)).is_in()


async def test_whoever_locks_the_app_does_not_lock_the_owner_out(app: testing.AppUnderTest, owner: Person) -> None:
    """Class 6: who knows the password uses the tries up; the owner's browser is let in, and so is a recovery code."""
    codes = (await owner.post("/recoverycodes"))["codes"]
    thief = await Person(app).sign("signin")
    thief.secret = owner.secret
    for _ in range(5):
        await thief.post("/totp/verify", totp="000000")
    assert (await thief.give_code())["status"] == "LIMIT_REACHED_ERROR"

    rescued = await Person(app).sign("signin")
    await rescued.post("/recoverycodes/consume", code=codes[0])

    assert await (await came_back(owner)).is_in()
    assert await rescued.is_in()


async def test_whoever_guesses_passwords_does_not_lock_the_owner_out(app: testing.AppUnderTest, owner: Person) -> None:
    """Attack class 06.

    An attacker spends the account's budget of wrong passwords: elsewhere the right one is not looked at any more, in
    the browser that the owner trusts it is.
    """
    thief = Person(app)
    fields = [{"id": "email", "value": "ada@example.com"}, {"id": "password", "value": "wrong"}]
    for _ in range(Settings().password_guess_budget):
        await thief.post("/signin", formFields=fields)
    fields[1]["value"] = PASSWORD

    assert (await thief.post("/signin", formFields=fields))["status"] == "GENERAL_ERROR"
    assert await (await came_back(owner)).is_in()


async def test_trust_makes_no_trust(app: testing.AppUnderTest, owner: Person) -> None:
    """Class 16: what was spared the factor is not fresh: it trusts no browser, and changes no factor."""
    person = await came_back(owner)

    answers = [
        await person.post("/trusteddevices"),
        await person.post("/totp/device", deviceName="new"),
        await person.post("/totp/device/remove", deviceName="phone"),
        await person.post("/recoverycodes"),
    ]

    assert [answer["message"] for answer in answers] == ["invalid claim"] * 4
    assert (await person.give_code())["status"] == "OK"
    assert (await person.post("/trusteddevices"))["status"] == "OK"
    devices = (await person.get("/trusteddevices"))["devices"]
    assert len(devices) == 1


async def test_an_old_session_trusts_nothing(app: testing.AppUnderTest, owner: Person) -> None:
    """Nor does one that a recovery code completed: the factor itself must be given, lately."""
    codes = (await owner.post("/recoverycodes"))["codes"]
    app.clock.turn(seconds=901)
    rescued = await Person(app).sign("signin")
    await rescued.post("/recoverycodes/consume", code=codes[0])

    assert (await owner.post("/trusteddevices"))["message"] == "invalid claim"
    assert (await rescued.post("/trusteddevices"))["message"] == "invalid claim"


async def test_a_device_stands_in_for_what_was_done_there(app: testing.AppUnderTest, owner: Person) -> None:
    """A route that asks for the code itself gets none from it (class 16)."""
    person = await came_back(owner)
    token = person.browser.payload()

    step = MultiFactorAuthClaim.validators.has_completed_requirement_list(["totp"])

    assert token["st-td"]["factors"] == ["emailpassword", "totp"]
    assert not (await step.validate(token, {})).is_valid


async def test_listing_and_removing(app: testing.AppUnderTest, owner: Person) -> None:
    """People see where they are trusted, and end one or all; the browser forgets its token with it."""
    other = await Person(app).sign("signin")
    other.secret = owner.secret
    await other.give_code()
    await other.browser.send("POST", "/auth/trusteddevices", {}, user_agent="Netscape")
    listed = await owner.get("/trusteddevices")
    current = listed["currentDeviceId"]
    (foreign,) = [device for device in listed["devices"] if device["deviceId"] != current]

    removed = await owner.post("/trusteddevices/remove", deviceId=foreign["deviceId"])
    again = await owner.post("/trusteddevices/remove", deviceId=foreign["deviceId"])

    assert (foreign["userAgent"], removed["didDeviceExist"], again["didDeviceExist"]) == ("Netscape", True, False)
    assert not await (await came_back(other)).is_in()
    assert await (await came_back(owner)).is_in()
    assert (listed["mayTrust"], listed["days"]) == (True, 7)
    assert await owner.post("/trusteddevices/remove", deviceId=current) == {"status": "OK", "didDeviceExist": True}
    assert owner.browser.set_cookies[COOKIE].value == ""
    assert await other.post("/trusteddevices/removeall") == {"status": "OK", "didDevicesExist": False}
    assert other.browser.set_cookies[COOKIE].value == ""


@pytest.mark.parametrize("is_one", [True, False])
async def test_ending_trust_ends_what_rests_on_it(app: testing.AppUnderTest, owner: Person, is_one: bool) -> None:
    """Attack class 22.

    The laptop was stolen while it was trusted: the owner ends the trust, and with it the sessions that had nothing
    else; not those in which the factor was given since.
    """
    stolen, proved = await came_back(owner), await came_back(owner)
    await proved.give_code()
    elsewhere = await (await Person(app).sign("signin")).sign("signin")
    elsewhere.secret = owner.secret
    await elsewhere.give_code()

    path, body = ("/remove", {"deviceId": proved.browser.payload()["st-td"]["id"]}) if is_one else ("/removeall", {})
    assert (await elsewhere.post(f"/trusteddevices{path}", **body))["status"] == "OK"

    people = (stolen, owner, proved, elsewhere)
    assert [await lives(person) for person in people] == [False, True, True, True]


async def test_who_ends_the_trust_on_which_they_are_in_is_signed_out(owner: Person) -> None:
    """The browser forgets the session as well."""
    person = await came_back(owner)

    answer = await person.post("/trusteddevices/remove", deviceId=person.browser.payload()["st-td"]["id"])

    assert answer == {"status": "OK", "didDeviceExist": True}
    assert "sAccessToken" not in person.browser.cookies


async def test_trusting_again_replaces_the_browsers_token(app: testing.AppUnderTest, owner: Person) -> None:
    """The token that the browser forgets does not live on where nobody sees it."""
    before = await came_back(owner)

    await owner.post("/trusteddevices")

    assert len((await owner.get("/trusteddevices"))["devices"]) == 1
    before.browser.cookies = {COOKIE: before.browser.cookies[COOKIE]}
    assert not await (await before.sign("signin")).is_in()


async def test_who_trusts_again_stays_in(app: testing.AppUnderTest, owner: Person) -> None:
    """Attack class 22.

    The session gave the code itself, and rests on the device for the rest: it ends with the new trust as with the old.
    The new device stands in for what the session itself gave; what rested on the old one alone is over.
    """
    factors = ["emailpassword", "totp", "otp-email"]
    made = await functions.trust_device("public", user_of(owner), factors)
    owner.browser.cookies[COOKIE] = made.token
    person, other = await came_back(owner), await came_back(owner)
    await person.give_code()

    again = await person.post("/trusteddevices")

    assert again["status"] == "OK"
    assert [await person.is_in(), await lives(other)] == [True, False]
    assert (await came_back(person)).browser.payload()["st-td"]["factors"] == ["emailpassword", "totp"]
    session = await get_session_information(person.browser.payload()["sessionHandle"])
    assert session is not None
    rests_on = session.custom_claims_in_access_token_payload["st-td"]
    assert rests_on == {"id": again["deviceId"], "factors": factors}
    await functions.remove_device("public", user_of(owner), again["deviceId"])
    assert not await lives(person)


def nobody_may(original: Any) -> Any:
    """A policy without trust."""

    async def may_trust_devices(*_: Any) -> bool:
        return False

    original.may_trust_devices = may_trust_devices
    return original


async def test_the_policy_may_forbid_it() -> None:
    """Then no browser is trusted, and none of before is recognised."""
    override = trusteddevices.OverrideConfig(functions=nobody_may)
    async with testing.app(recipes(trusteddevices.init(override=override))) as app:
        person = await (await Person(app).sign("signup")).set_up()
        refused = await person.post("/trusteddevices")
        made = await functions.trust_device("public", user_of(person), ["emailpassword", "totp"])
        person.browser.cookies[COOKIE] = made.token

        assert refused == {"status": "TRUST_NOT_ALLOWED_ERROR"}
        assert (await person.info())["trustedDevices"]["mayTrust"] is False
        assert not await (await came_back(person)).is_in()


async def test_one_factor_is_nothing_to_be_spared(app: testing.AppUnderTest) -> None:
    """Before a second factor is set up there is nothing to trust a browser with."""
    person = await Person(app).sign("signup")

    assert await person.post("/trusteddevices") == {"status": "TRUST_NOT_ALLOWED_ERROR"}


async def test_off_unless_configured() -> None:
    """Without the recipe there is no API, and a token means nothing."""
    async with testing.app(recipes()) as app:
        person = await (await Person(app).sign("signup")).set_up()

        assert (await person.browser.send("POST", "/auth/trusteddevices", {})).status_code == 404
        assert "trustedDevices" not in await person.info()


@pytest.mark.parametrize("days", [0, 401])
async def test_days_that_cannot_be_are_refused_at_init(days: int) -> None:
    """The text says what can."""
    with pytest.raises(GeneralError, match="between 1 and 400"):
        await testing.app(recipes(trusteddevices.init(days))).__aenter__()


async def test_trusted_devices_need_multi_factor_authentication() -> None:
    """Without it there is nothing to stand in for."""
    with pytest.raises(GeneralError, match=r"needs multifactorauth\.init"):
        await testing.app([session.init(), emailpassword.init(), trusteddevices.init()]).__aenter__()


def test_blocking_functions() -> None:
    """The blocking functions do the same, and no repr shows a token."""
    with testing.app(recipes(trusteddevices.init())):
        made = syncio.trust_device("public", "ann", ["totp"], "Netscape")
        found = syncio.recognise_device("public", "ann", made.token)
        listed = syncio.list_devices("public", "ann")
        assert found.status == "OK"
        assert [device.user_agent for device in listed.devices] == ["Netscape"]
        assert made.token not in repr(made) + repr(found) + repr(listed)
        assert syncio.remove_device("public", "ann", made.device_id).did_device_exist
        assert syncio.remove_all_devices("ann").status == "OK"
        assert syncio.recognise_device("public", "ann", made.token).status == "UNKNOWN_DEVICE_ERROR"
