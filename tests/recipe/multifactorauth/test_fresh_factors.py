# SPDX-License-Identifier: Apache-2.0
"""Step-up and changes of factors: which factor counts, for how long, and what the front end is told."""

from collections.abc import AsyncIterator
from typing import Any

import pytest
from fastapi import Depends, FastAPI, Request

from tests.recipe.session.application import Browser
from twofold import testing
from twofold._sync import run
from twofold.exceptions import GeneralError
from twofold.framework.fastapi import get_middleware
from twofold.recipe import accountlinking, emailpassword, multifactorauth, passwordless, session, totp
from twofold.recipe.accountlinking.types import ShouldAutomaticallyLink, ShouldNotAutomaticallyLink
from twofold.recipe.emailpassword.asyncio import sign_up
from twofold.recipe.emailpassword.types import SignUpOkResult
from twofold.recipe.multifactorauth import syncio
from twofold.recipe.multifactorauth.asyncio import (
    add_to_required_secondary_factors_for_user,
    assert_allowed_to_change_factors_else_throw_invalid_claim_error,
    mark_factor_as_complete_in_session,
)
from twofold.recipe.multifactorauth.multi_factor_auth_claim import MultiFactorAuthClaim
from twofold.recipe.passwordless import ContactEmailOnlyConfig
from twofold.recipe.session.asyncio import (
    create_new_session_without_request_response,
    get_session,
    validate_claims_for_session_handle,
)
from twofold.recipe.session.exceptions import InvalidClaimsError
from twofold.recipe.session.framework.fastapi import verify_session
from twofold.types import RecipeUserId

EMAIL, PASSWORD = "ada@example.com", "correct horse battery"
MAX_AGE_SECONDS = 15 * 60
FORM = {"formFields": [{"id": "email", "value": EMAIL}, {"id": "password", "value": PASSWORD}]}
LINK = {"shouldTryLinkingWithSessionUser": True}
has_fresh_factor = MultiFactorAuthClaim.validators.has_fresh_factor


async def link_in_session(_info: Any, _user: Any, given: Any, *_: Any) -> Any:
    """Link whatever signs in within a session."""
    return ShouldNotAutomaticallyLink() if given is None else ShouldAutomaticallyLink(False)


def routes() -> FastAPI:
    """Routes that ask for a fresh factor: of the highest level, and the password."""
    app = FastAPI()
    app.add_middleware(get_middleware())

    @app.get("/vault")
    async def vault(_: Any = Depends(verify_session(max_age_seconds=300))) -> Any:
        return {}

    @app.get("/password")
    async def password(_: Any = Depends(verify_session(max_age_seconds=300, factors=["emailpassword"]))) -> Any:
        return {}

    @app.get("/maybe")
    async def maybe(_: Any = Depends(verify_session(session_required=False, max_age_seconds=300))) -> Any:
        return {}

    @app.post("/change")
    async def change(request: Request) -> Any:
        current = await get_session(request)
        assert current is not None
        await assert_allowed_to_change_factors_else_throw_invalid_claim_error(current)
        return {}

    @app.post("/complete/{factor}")
    async def complete(request: Request, factor: str) -> Any:
        current = await get_session(request, override_global_claim_validators=lambda *_: [])
        assert current is not None
        await mark_factor_as_complete_in_session(current, factor)
        return {}

    return app


class Person:
    """Ada at a browser."""

    def __init__(self, app: testing.AppUnderTest) -> None:
        self.app = app
        self.browser = Browser(routes(), "cookie")
        self.secret = ""

    async def send(self, method: str, path: str, **body: Any) -> Any:
        """Send a request, and return its status and its answer."""
        reply = await self.browser.send(method, path, body or None)
        return reply.status_code, reply.json()

    async def post(self, path: str, **body: Any) -> Any:
        """Call an API, and return its answer."""
        return (await self.send("POST", f"/auth{path}", **body))[1]

    async def sign(self, way: str) -> "Person":
        """Type the password of a new account, or of the one that there is."""
        assert (await self.post(f"/{way}", **FORM))["status"] == "OK"
        return self

    async def set_up_totp(self, name: str = "phone") -> "Person":
        """Set an authenticator app up."""
        self.secret = (await self.post("/totp/device", deviceName=name))["secret"]
        code = testing.VirtualTotp(self.secret, self.app.clock).code()
        assert (await self.post("/totp/device/verify", deviceName=name, totp=code))["status"] == "OK"
        return self

    async def give_totp(self) -> None:
        """Type what the app shows."""
        code = testing.VirtualTotp(self.secret, self.app.clock).code()
        assert await self.post("/totp/verify", totp=code) == {"status": "OK"}

    async def give_password(self) -> None:
        """Type the password again, in the session that there is."""
        handle = self.browser.payload()["sessionHandle"]
        assert (await self.post("/signin", **FORM, **LINK))["status"] == "OK"
        assert self.browser.payload()["sessionHandle"] == handle

    async def status_of(self, method: str, path: str) -> int:
        """Whether a route opens."""
        status: int = (await self.send(method, path))[0]
        return status

    def wait(self, seconds: int = MAX_AGE_SECONDS + 1) -> None:
        """Let time pass."""
        self.app.clock.turn(seconds=seconds)


def recipes(first_factors: list[str] | None, **config: Any) -> list[Any]:
    """A password, mailed codes and authenticator apps."""
    return [
        session.init(),
        emailpassword.init(),
        passwordless.init(ContactEmailOnlyConfig(), "USER_INPUT_CODE"),
        totp.init(),
        multifactorauth.init(first_factors, **config),
        accountlinking.init(should_do_automatic_account_linking=link_in_session),
    ]


@pytest.fixture
async def app() -> AsyncIterator[testing.AppUnderTest]:
    """An application that begins with a password."""
    async with testing.app(recipes(["emailpassword"])) as running:
        yield running


def reason_of(answer: Any) -> Any:
    """Return why the claim `st-mfa`, and no other, was refused."""
    status, content = answer
    assert (status, content["message"]) == (403, "invalid claim")
    (error,) = content["claimValidationErrors"]
    assert error["id"] == "st-mfa"
    return error["reason"]


async def test_first_enrolment_needs_the_first_factor_lately(app: testing.AppUnderTest) -> None:
    """Class 15: who finds a browser signed in sets nothing up; the owner types the password again first."""
    person = await Person(app).sign("signup")
    person.wait()

    refused = await person.send("POST", "/auth/totp/device", deviceName="thief's")
    await person.give_password()
    allowed = await person.post("/totp/device", deviceName="phone")

    reason = reason_of(refused)
    assert reason.pop("ageInSeconds") > MAX_AGE_SECONDS
    told = {"message": "A fresh factor is required", "factors": ["emailpassword"], "maxAgeInSeconds": MAX_AGE_SECONDS}
    assert reason == told
    assert allowed["status"] == "OK"


async def test_a_password_is_not_enough_where_an_app_is_set_up(app: testing.AppUnderTest) -> None:
    """Attack class 15.

    Class 15: with the password alone nobody adds or removes a device beside the owner's, fresh as it may be.

    AAL2 4.1.2.1. ASVS 7.5.1.
    """
    await (await Person(app).sign("signup")).set_up_totp()
    thief = await Person(app).sign("signin")

    added = await thief.send("POST", "/auth/totp/device", deviceName="thief's")
    removed = await thief.send("POST", "/auth/totp/device/remove", deviceName="phone")
    changed = await thief.send("POST", "/change")

    for answer in (added, removed, changed):
        reason = reason_of(answer)
        assert (reason["factors"], reason["ageInSeconds"]) == (["totp"], None)


async def test_the_second_factor_opens_for_a_while(app: testing.AppUnderTest) -> None:
    """Class 16: a code is enough for 15 minutes; then another one is asked for."""
    owner = await (await Person(app).sign("signup")).set_up_totp()
    owner.wait(MAX_AGE_SECONDS - 60)
    in_time = await owner.status_of("POST", "/change")
    owner.wait(61)
    too_late = await owner.status_of("POST", "/change")
    await owner.give_password()
    password = await owner.status_of("POST", "/change")
    await owner.give_totp()

    assert (in_time, too_late, password) == (200, 403, 403)
    assert await owner.post("/totp/device/remove", deviceName="phone") == {"status": "OK", "didDeviceExist": True}


async def test_who_begins_in_time_may_finish(app: testing.AppUnderTest) -> None:
    """A device that was begun with a fresh factor is verified at leisure."""
    owner = await Person(app).sign("signup")
    secret = (await owner.post("/totp/device", deviceName="phone"))["secret"]
    owner.wait()

    code = testing.VirtualTotp(secret, app.clock).code()

    assert (await owner.post("/totp/device/verify", deviceName="phone", totp=code))["status"] == "OK"


async def test_who_began_before_the_owner_does_not_finish_after(app: testing.AppUnderTest) -> None:
    """Attack class 15: whoever has the password leaves a device begun, and waits for the owner to set one up."""
    owner = await Person(app).sign("signup")
    thief = await Person(app).sign("signin")
    begun = (await thief.post("/totp/device", deviceName="thief"))["secret"]
    await owner.set_up_totp()

    code = testing.VirtualTotp(begun, app.clock).code()
    answer = await thief.send("POST", "/auth/totp/device/verify", deviceName="thief", totp=code)

    assert reason_of(answer)["factors"] == ["totp"]
    listed = (await owner.send("GET", "/auth/totp/device/list"))[1]["devices"]
    assert [device["name"] for device in listed if device["verified"]] == ["phone"]


async def test_what_stands_in_for_a_factor_is_never_fresh(app: testing.AppUnderTest) -> None:
    """Class 16: a trusted device steps nothing up. A recovery code helps to replace what was lost, and no more."""
    await (await Person(app).sign("signup")).set_up_totp()
    person = await Person(app).sign("signin")
    await person.send("POST", "/complete/trusted-device")
    trusted = await person.send("POST", "/auth/totp/device/remove", deviceName="phone")
    await person.send("POST", "/complete/recovery-code")

    assert reason_of(trusted)["factors"] == ["totp"]
    assert await person.status_of("GET", "/vault") == 403
    assert await person.status_of("POST", "/change") == 403
    assert (await person.post("/totp/device", deviceName="new phone"))["status"] == "OK"
    assert (await person.post("/totp/device/remove", deviceName="phone"))["didDeviceExist"] is True


async def test_an_old_recovery_code_helps_nobody(app: testing.AppUnderTest) -> None:
    """Class 15: the way of those who lost a factor closes after the same time."""
    await (await Person(app).sign("signup")).set_up_totp()
    person = await Person(app).sign("signin")
    await person.send("POST", "/complete/recovery-code")
    person.wait()

    refused = await person.send("POST", "/auth/totp/device/remove", deviceName="phone")

    assert reason_of(refused)["factors"] == ["totp"]


async def test_a_contact_for_codes_is_a_factor(app: testing.AppUnderTest) -> None:
    """Class 15: an address of the thief's own is not added either."""
    person = await Person(app).sign("signup")
    person.wait()

    refused = await person.send("POST", "/auth/signinup/code", email="thief@example.com", **LINK)

    assert reason_of(refused)["factors"] == ["emailpassword"]
    assert app.outbox.messages() == []


async def test_named_factors_are_the_ones_that_count(app: testing.AppUnderTest) -> None:
    """Attack class 16.

    Class 16: a route that names the password takes no code for it, and one that names nothing takes no password.
    """
    owner = await (await Person(app).sign("signup")).set_up_totp()
    owner.wait(301)
    await owner.give_totp()
    after_code = [await owner.status_of("GET", path) for path in ("/vault", "/password")]
    owner.wait(301)
    await owner.give_password()

    assert after_code == [200, 403]
    assert [await owner.status_of("GET", path) for path in ("/vault", "/password")] == [403, 200]


async def test_nobody_steps_up_without_a_session(app: testing.AppUnderTest) -> None:
    """Where a session is optional, none is none; one that is there must be fresh."""
    nobody, person = Person(app), await Person(app).sign("signup")
    person.wait()

    assert await nobody.status_of("GET", "/maybe") == 200
    assert await person.status_of("GET", "/maybe") == 403


async def test_another_session_is_not_stepped_up(app: testing.AppUnderTest) -> None:
    """Attack class 16: class 16: the proof is in the session that it was given in, and in no other of the same user."""
    owner = await (await Person(app).sign("signup")).set_up_totp()
    thief = await Person(app).sign("signin")
    owner.wait(301)
    await owner.give_totp()

    assert await owner.status_of("GET", "/vault") == 200
    assert await thief.status_of("GET", "/vault") == 403


async def test_a_factor_that_one_can_begin_with_is_no_level_above() -> None:
    """Of two ways in that are worth the same, the one that was used will do, unless the policy names the other."""
    async with testing.app(recipes(None)) as app:
        person = await Person(app).sign("signup")
        asked = await person.post("/signinup/code", email=EMAIL, **LINK)
        ids = {name: asked[name] for name in ("deviceId", "preAuthSessionId")}
        await person.post("/signinup/code/consume", **ids, userInputCode=app.outbox.code(EMAIL), **LINK)
        again = await Person(app).sign("signin")
        by_choice = await again.status_of("POST", "/change")
        await add_to_required_secondary_factors_for_user(again.browser.payload()["sub"], "otp-email")
        later = await Person(app).sign("signin")
        await later.send("POST", "/complete/otp-email")
        later.wait()
        await later.give_password()

        assert by_choice == 200
        assert reason_of(await later.send("POST", "/change"))["factors"] == ["otp-email"]


async def test_an_unfinished_session_changes_nothing(app: testing.AppUnderTest) -> None:
    """Class 14: however fresh its password is, what is required comes first."""
    user_id = (await (await Person(app).sign("signup")).set_up_totp()).browser.payload()["sub"]
    await add_to_required_secondary_factors_for_user(user_id, "totp")
    half = await Person(app).sign("signin")

    assert reason_of(await half.send("POST", "/change")) == {"message": "MFA requirement for auth is not satisfied"}


async def test_the_application_says_how_fresh() -> None:
    """A time of its own instead of 15 minutes."""
    async with testing.app(recipes(["emailpassword"], factor_change_max_age_seconds=60)) as app:
        person = await Person(app).sign("signup")
        person.wait(61)

        assert await person.status_of("POST", "/change") == 403


async def test_the_application_asks_for_nothing_fresh() -> None:
    """None asks for what the protocol asks for: all factors, whenever."""
    async with testing.app(recipes(["emailpassword"], factor_change_max_age_seconds=None)) as app:
        person = await Person(app).sign("signup")
        person.wait()

        assert await person.status_of("POST", "/change") == 200
        assert (await person.post("/totp/device", deviceName="phone"))["status"] == "OK"


async def test_times_of_other_kinds(app: testing.AppUnderTest) -> None:
    """Class 16: milliseconds of older sessions are no future; what is no time, or to come, is never fresh."""
    now = app.clock.now_ms() // 1000
    values = [now, now - 301, (now - 301) * 1000, now * 1000, now + 3600, True, "now", None, 1.5]

    fresh = [
        (await has_fresh_factor(300, ["totp"]).validate({"st-mfa": {"c": {"totp": value}, "v": True}}, {})).is_valid
        for value in values
    ]

    assert fresh == [True, False, False, True, False, False, False, False, False]


async def test_a_stored_payload_needs_the_factors_named(app: testing.AppUnderTest) -> None:
    """What is stored of a session does not tell whose it is: the validator says so rather than guess."""
    made = await sign_up("public", EMAIL, PASSWORD)
    assert isinstance(made, SignUpOkResult)
    created = await create_new_session_without_request_response("public", made.recipe_user_id)
    await mark_factor_as_complete_in_session(created, "emailpassword")
    handle = created.get_handle()

    named = await validate_claims_for_session_handle(handle, lambda *_: [has_fresh_factor(60, ["emailpassword"])])

    assert getattr(named, "invalid_claims", None) == []
    with pytest.raises(GeneralError, match="name the factors"):
        await validate_claims_for_session_handle(handle, lambda *_: [has_fresh_factor(60)])


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"max_age_seconds": 0}, "more than 0"),
        ({"max_age_seconds": 60, "factors": []}, "must name factors"),
        ({"max_age_seconds": 60, "factors": ["totp", "trusted-device"]}, "never do"),
        ({"factors": ["totp"]}, "how fresh"),
    ],
)
def test_what_cannot_be_asked_for(arguments: Any, message: str) -> None:
    """A step-up that nobody could pass, or everybody, is told where it is written."""
    with pytest.raises(GeneralError, match=message):
        verify_session(**arguments)


async def test_step_up_needs_the_recipe() -> None:
    """Without multi-factor authentication no session knows its factors: the developer is told."""
    async with testing.app([session.init(), emailpassword.init()]) as app:
        person = await Person(app).sign("signup")

        with pytest.raises(GeneralError, match="MultiFactorAuthRecipe"):
            await person.send("GET", "/vault")
        assert await person.status_of("POST", "/change") == 200


async def test_an_age_of_nothing_is_a_mistake() -> None:
    """With 0 no factor could ever be changed."""
    with pytest.raises(GeneralError, match="factor_change_max_age_seconds"):
        async with testing.app(recipes(None, factor_change_max_age_seconds=0)):
            pass


def test_blocking_twin() -> None:
    """Blocking code has the same function."""
    with testing.app(recipes(["emailpassword"])) as app:
        made = run(sign_up("public", EMAIL, PASSWORD))
        assert isinstance(made, SignUpOkResult)
        created = run(create_new_session_without_request_response("public", RecipeUserId(made.user.id)))
        run(mark_factor_as_complete_in_session(created, "emailpassword"))
        syncio.assert_allowed_to_change_factors_else_throw_invalid_claim_error(created)
        app.clock.turn(seconds=MAX_AGE_SECONDS + 1)

        with pytest.raises(InvalidClaimsError):
            syncio.assert_allowed_to_change_factors_else_throw_invalid_claim_error(created)
