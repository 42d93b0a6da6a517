# SPDX-License-Identifier: Apache-2.0
"""Authenticator apps as people set them up and use them, and as attackers would like to."""

from collections.abc import AsyncIterator
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

import pytest
from fastapi import Depends, FastAPI

from tests.recipe.session.application import Browser
from twofold import testing
from twofold.framework.fastapi import get_middleware
from twofold.recipe import emailpassword, multifactorauth, session, totp
from twofold.recipe.emailpassword.asyncio import sign_up
from twofold.recipe.emailpassword.types import SignUpOkResult
from twofold.recipe.multifactorauth.multi_factor_auth_claim import MultiFactorAuthClaim
from twofold.recipe.session import SessionContainer
from twofold.recipe.session.asyncio import revoke_all_sessions_for_user
from twofold.recipe.session.framework.fastapi import verify_session
from twofold.recipe.totp import asyncio as functions
from twofold.recipe.totp import syncio
from twofold.recipe.totp.types import CreateDeviceOkResult, DeviceAlreadyExistsError, UnknownUserIdError

PASSWORD = "correct horse battery"


def required(original: Any) -> Any:
    """Require a code of every user who has set an app up."""

    async def get_mfa_requirements_for_auth(*arguments: Any) -> Any:
        return ["totp"] if "totp" in await arguments[4]() else []

    original.get_mfa_requirements_for_auth = get_mfa_requirements_for_auth
    return original


def step_up(*_: Any) -> list[Any]:
    """Ask for a code on one route, whatever the policy."""
    return [MultiFactorAuthClaim.validators.has_completed_requirement_list(["totp"])]


def routes() -> FastAPI:
    """An application with a page for everybody and one that asks for a code."""
    app = FastAPI()
    app.add_middleware(get_middleware())

    @app.get("/me")
    async def me(session: SessionContainer = Depends(verify_session())) -> Any:
        return {"user": session.get_user_id()}

    @app.get("/vault")
    async def vault(
        session: SessionContainer = Depends(verify_session(override_global_claim_validators=step_up)),
    ) -> Any:
        return {"gold": True}

    return app


class Person:
    """Somebody with a browser and an authenticator app."""

    def __init__(self, app: testing.AppUnderTest) -> None:
        self.app = app
        self.browser = Browser(routes(), "cookie")

    async def sign(self, way: str, email: str = "ada@example.com") -> "Person":
        """Sign up or in with the password."""
        fields = [{"id": "email", "value": email}, {"id": "password", "value": PASSWORD}]
        assert (await self.post(f"/{way}", formFields=fields))["status"] == "OK"
        return self

    async def post(self, path: str, **body: Any) -> Any:
        """Post to an API and return its answer."""
        return (await self.browser.send("POST", f"/auth{path}", body)).json()

    async def status_of(self, path: str) -> int:
        """Open a page."""
        return (await self.browser.send("GET", path)).status_code

    def code(self, secret: str, steps: int = 0) -> str:
        """The code that the app shows `steps` periods from now."""
        return testing.VirtualTotp(secret, self.app.clock).code(steps)

    async def set_up(self, name: str = "phone") -> str:
        """Set an app up and return its secret."""
        secret: str = (await self.post("/totp/device", deviceName=name))["secret"]
        done = await self.post("/totp/device/verify", deviceName=name, totp=self.code(secret))
        assert done == {"status": "OK", "wasAlreadyVerified": False}
        self.app.clock.turn(seconds=60)
        return secret


def recipes(**override: Any) -> list[Any]:
    """A password first, then an authenticator app."""
    mfa = multifactorauth.init(["emailpassword"], multifactorauth.OverrideConfig(**override))
    return [session.init(), emailpassword.init(), totp.init(), mfa]


@pytest.fixture
async def app() -> AsyncIterator[testing.AppUnderTest]:
    """An application that requires a code of every user who has set an app up."""
    async with testing.app(recipes(functions=required)) as running:
        yield running


@pytest.fixture
async def optional() -> AsyncIterator[testing.AppUnderTest]:
    """An application where only some pages ask for a code."""
    async with testing.app(recipes()) as running:
        yield running


async def test_setting_up_and_signing_in(app: testing.AppUnderTest) -> None:
    """After set-up the password alone opens nothing; with a code it does."""
    secret = await (await Person(app).sign("signup")).set_up()
    person = await Person(app).sign("signin")

    before = await person.status_of("/me")
    answer = await person.post("/totp/verify", totp=person.code(secret))

    assert (before, answer, await person.status_of("/me")) == (403, {"status": "OK"}, 200)


async def test_a_code_is_right_once(app: testing.AppUnderTest) -> None:
    """A code that was read over somebody's shoulder is worth nothing after it was used."""
    secret = await (await Person(app).sign("signup")).set_up()
    owner, onlooker = await Person(app).sign("signin"), await Person(app).sign("signin")
    code = owner.code(secret)
    await owner.post("/totp/verify", totp=code)

    answer = await onlooker.post("/totp/verify", totp=code)

    assert answer["status"] == "INVALID_TOTP_ERROR"
    assert await onlooker.status_of("/me") == 403


async def test_password_alone_cannot_add_a_device(app: testing.AppUnderTest) -> None:
    """Whoever knows only the password cannot set a second app up beside the owner's, nor finish one."""
    await (await Person(app).sign("signup")).set_up()
    thief = await Person(app).sign("signin")

    created = await thief.post("/totp/device", deviceName="thief's")
    verified = await thief.post("/totp/device/verify", deviceName="phone", totp="000000")

    assert [error["id"] for error in created["claimValidationErrors"]] == ["st-mfa"]
    assert [error["id"] for error in verified["claimValidationErrors"]] == ["st-mfa"]


@pytest.mark.parametrize("path", ["", "/verify", "/remove"])
async def test_an_ended_session_changes_no_device(optional: testing.AppUnderTest, path: str) -> None:
    """Class 33: an access token that outlived its session sets nothing up and takes nothing away."""
    person = await Person(optional).sign("signup")
    user_id = (await person.browser.send("GET", "/me")).json()["user"]
    await revoke_all_sessions_for_user(user_id)

    reply = await person.browser.send("POST", f"/auth/totp/device{path}", {"deviceName": "phone", "totp": "000000"})

    assert (reply.status_code, reply.json()) == (401, {"message": "unauthorised"})


async def test_password_alone_cannot_remove_a_device(app: testing.AppUnderTest) -> None:
    """Whoever knows only the password cannot get rid of the second factor, whatever name they send."""
    await (await Person(app).sign("signup")).set_up()
    thief = await Person(app).sign("signin")

    answers = [await thief.post("/totp/device/remove", deviceName=name) for name in ("phone", "PHONE", "other")]

    assert all(answer["message"] == "invalid claim" for answer in answers)
    assert len((await functions.list_devices(thief.browser.payload()["sub"])).devices) == 1


async def test_password_alone_shows_no_device(app: testing.AppUnderTest) -> None:
    """Class 14: the names of devices are their owner's; who sets the first one up sees what they began."""
    owner = await Person(app).sign("signup")
    await owner.post("/totp/device", deviceName="begun")
    begun = (await owner.browser.send("GET", "/auth/totp/device/list")).json()
    await owner.set_up("my own phone")
    thief = await Person(app).sign("signin")

    reply = await thief.browser.send("GET", "/auth/totp/device/list")

    assert [device["name"] for device in begun["devices"]] == ["begun"]
    assert reply.status_code == 403
    assert "my own phone" not in reply.text
    assert len((await owner.browser.send("GET", "/auth/totp/device/list")).json()["devices"]) == 2


async def test_a_beginning_set_up_can_be_given_up(app: testing.AppUnderTest) -> None:
    """An unverified device goes without further proof, unless its name could be taken for a verified one's."""
    owner = await Person(app).sign("signup")
    await owner.set_up("Phone")
    await owner.post("/totp/device", deviceName="new")
    await owner.post("/totp/device", deviceName="\uff30hone")
    again = await Person(app).sign("signin")

    assert await again.post("/totp/device/remove", deviceName="new") == {"status": "OK", "didDeviceExist": True}
    assert (await again.post("/totp/device/remove", deviceName="\uff30hone"))["message"] == "invalid claim"


async def test_any_code_for_a_verified_device_does_not_step_up(optional: testing.AppUnderTest) -> None:
    """The core does not look at the code of a device that is verified already; the factor is not completed by it."""
    await (await Person(optional).sign("signup")).set_up()
    thief = await Person(optional).sign("signin")

    answer = await thief.post("/totp/device/verify", deviceName="phone", totp="000000")

    assert answer["status"] == "INVALID_TOTP_ERROR"
    assert await thief.status_of("/vault") == 403


async def test_a_right_code_for_a_verified_device_steps_up(optional: testing.AppUnderTest) -> None:
    """Its owner's code completes the factor there too."""
    secret = await (await Person(optional).sign("signup")).set_up()
    owner = await Person(optional).sign("signin")

    answer = await owner.post("/totp/device/verify", deviceName="phone", totp=owner.code(secret))

    assert answer == {"status": "OK", "wasAlreadyVerified": True}
    assert await owner.status_of("/vault") == 200


async def test_guessing_is_stopped(app: testing.AppUnderTest) -> None:
    """Both APIs count wrong codes together; after the limit even the right code waits."""
    secret = await (await Person(app).sign("signup")).set_up()
    thief = await Person(app).sign("signin")
    for _ in range(5):
        assert (await thief.post("/totp/verify", totp="000000"))["status"] == "INVALID_TOTP_ERROR"

    limited = await thief.post("/totp/verify", totp=thief.code(secret))

    assert limited["status"] == "LIMIT_REACHED_ERROR"
    assert 0 < limited["retryAfterMs"] <= 900_000


@pytest.mark.parametrize(
    ("path", "body", "message"),
    [
        ("/totp/device/remove", {}, "Please provide deviceName"),
        ("/totp/device/remove", {"deviceName": ""}, "deviceName must not be empty"),
        ("/totp/device/verify", {"deviceName": "phone"}, "Please provide totp"),
        ("/totp/verify", {"totp": 123456}, "totp must be a string"),
        ("/totp/device", {"deviceName": "a\0b"}, "deviceName must be a string"),
    ],
)
async def test_malformed_requests(app: testing.AppUnderTest, path: str, body: Any, message: str) -> None:
    """Bad input is told what is wrong with it."""
    person = await Person(app).sign("signup")

    reply = await person.browser.send("POST", f"/auth{path}", body)

    assert (reply.status_code, reply.json()) == (400, {"message": message})


async def test_no_session_no_device(app: testing.AppUnderTest) -> None:
    """Every API needs a session."""
    nobody = Person(app).browser
    paths = ["/totp/device", "/totp/device/remove", "/totp/device/verify", "/totp/verify"]
    body = {"deviceName": "phone", "totp": "123456"}

    replies = [await nobody.send("POST", f"/auth{path}", body) for path in paths]

    assert {reply.status_code for reply in [*replies, await nobody.send("GET", "/auth/totp/device/list")]} == {401}


async def test_key_uri_is_readable_by_apps() -> None:
    """Issuer and account are percent-encoded, so that an application's name cannot add parameters."""
    config = totp.TOTPConfig(issuer="Bed & Breakfast?secret=1", default_period=60, default_skew=0)
    async with testing.app([session.init(), emailpassword.init(), totp.init(config)]):
        user = await sign_up("public", "ada+x@example.com", PASSWORD)
        assert isinstance(user, SignUpOkResult)

        made = await functions.create_device(user.user.id)

    assert isinstance(made, CreateDeviceOkResult)
    uri = urlsplit(made.qr_code_string)
    assert unquote(uri.path) == "/Bed & Breakfast?secret=1:ada+x@example.com"
    assert parse_qs(uri.query) == {
        "secret": [made.secret],
        "issuer": ["Bed & Breakfast?secret=1"],
        "digits": ["6"],
        "period": ["60"],
    }
    assert made.secret not in repr(made)


async def test_devices_by_function(optional: testing.AppUnderTest) -> None:
    """The functions for applications create, rename, list and remove; unknown users get no device."""
    user = await sign_up("public", "ada@example.com", PASSWORD)
    assert isinstance(user, SignUpOkResult)
    id_ = user.user.id

    await functions.create_device(id_, "Ada", "phone", 2, 60)
    await functions.create_device(id_, None, "tablet")

    assert (await functions.update_device(id_, "phone", "old phone")).status == "OK"
    assert (await functions.update_device(id_, "phone", "x")).status == "UNKNOWN_DEVICE_ERROR"
    assert isinstance(await functions.update_device(id_, "tablet", "old phone"), DeviceAlreadyExistsError)
    assert {(item.name, item.skew, item.period) for item in (await functions.list_devices(id_)).devices} == {
        ("old phone", 2, 60),
        ("tablet", 1, 30),
    }
    assert (await functions.remove_device(id_, "tablet")).did_device_exist
    assert (await functions.verify_totp("public", id_, "123456")).status == "INVALID_TOTP_ERROR"
    assert (await functions.verify_device("public", id_, "none", "123456")).status == "UNKNOWN_DEVICE_ERROR"
    assert isinstance(await functions.create_device("nobody"), UnknownUserIdError)


def test_blocking_twins() -> None:
    """Blocking code has the same functions."""
    with testing.app(recipes()):
        assert syncio.list_devices("nobody").devices == []
