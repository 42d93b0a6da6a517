# SPDX-License-Identifier: Apache-2.0
"""What users' own tests stand on: a core of its own, one clock, and everything that was sent."""

from typing import Any

import pytest
from fastapi import Depends, FastAPI
from flask import Flask, g

from twofold import InputAppInfo, SupertokensConfig, _state, init, testing
from twofold._app import App
from twofold.exceptions import GeneralError
from twofold.framework.fastapi import get_middleware
from twofold.framework.flask import Middleware
from twofold.recipe import emailpassword, multifactorauth, passwordless, session, totp
from twofold.recipe._base import RecipeInit
from twofold.recipe.emailpassword.asyncio import send_reset_password_email, sign_up
from twofold.recipe.emailpassword.interfaces import SignUpOkResult
from twofold.recipe.emailpassword.syncio import sign_up as sign_up_blocking
from twofold.recipe.multifactorauth.interfaces import RecipeInterface
from twofold.recipe.passwordless.asyncio import create_code, send_email
from twofold.recipe.passwordless.types import CreateAndSendCustomEmailParameters
from twofold.recipe.session import SessionContainer
from twofold.recipe.session.asyncio import (
    create_new_session_without_request_response,
    get_session_without_request_response,
)
from twofold.recipe.session.exceptions import TryRefreshTokenError
from twofold.recipe.session.framework.fastapi import verify_session
from twofold.recipe.session.framework.flask import verify_session as verify_session_in_flask
from twofold.recipe.totp.asyncio import create_device, verify_device, verify_totp
from twofold.recipe.totp.types import CreateDeviceOkResult
from twofold.types import RecipeUserId

ANN, BOB = "ann@example.com", "bob@example.com"
PASSWORD = "correct horse battery 1"


@pytest.fixture
def recipes() -> list[RecipeInit]:
    """Passwords, codes and sessions."""
    codes = passwordless.init(passwordless.ContactEmailOnlyConfig(), "USER_INPUT_CODE_AND_MAGIC_LINK")
    return [session.init(), emailpassword.init(), codes]


async def test_each_use_has_a_database_of_its_own(recipes: list[RecipeInit]) -> None:
    """Nothing of one test is left for the next."""
    async with testing.app(recipes):
        first = await sign_up("public", ANN, PASSWORD)
    async with testing.app(recipes):
        second = await sign_up("public", ANN, PASSWORD)

    assert isinstance(first, SignUpOkResult)
    assert isinstance(second, SignUpOkResult)


async def test_database_is_an_argument(recipes: list[RecipeInit], database_url: str) -> None:
    """A named database keeps what it was given, on both kinds."""
    async with testing.app(recipes, database_url=database_url):
        await sign_up("public", ANN, PASSWORD)
    async with testing.app(recipes, database_url=database_url):
        again = await sign_up("public", ANN, PASSWORD)

    assert again.status == "EMAIL_ALREADY_EXISTS_ERROR"


def test_blocking_tests_say_with(recipes: list[RecipeInit]) -> None:
    """The same in blocking code, with the blocking functions."""
    with testing.app(recipes):
        result = sign_up_blocking("public", ANN, PASSWORD)

    assert isinstance(result, SignUpOkResult)


async def test_one_clock_for_core_and_sdk(recipes: list[RecipeInit]) -> None:
    """A turned clock ends an access token where it is verified, which is in the SDK, and dates what the core makes."""
    async with testing.app(recipes) as app:
        made = await create_new_session_without_request_response("public", RecipeUserId("ann"))
        token = made.get_access_token()
        app.clock.turn(seconds=3601)

        with pytest.raises(TryRefreshTokenError):
            await get_session_without_request_response(token)
        later = await create_new_session_without_request_response("public", RecipeUserId("ann"))
        assert later.get_access_token_payload()["iat"] > made.get_access_token_payload()["exp"]


async def test_outbox_finds_codes_and_links_by_recipient(recipes: list[RecipeInit]) -> None:
    """A test reads what a person would, and nobody else's."""
    async with testing.app(recipes) as app:
        codes: dict[str, str] = {}
        for address in (ANN, BOB):
            made = await create_code("public", email=address)
            await send_email(
                CreateAndSendCustomEmailParameters(
                    "public", 60_000, made.pre_auth_session_id, address, True, made.user_input_code, "https://a.test/x"
                )
            )
            codes[address] = made.user_input_code

        assert app.outbox.code(ANN) == codes[ANN]
        assert app.outbox.link(BOB) == "https://a.test/x"
        assert [message.to for message in app.outbox.messages()] == [BOB, ANN]
        app.outbox.clear()
        assert app.outbox.messages() == []


async def test_outbox_says_who_got_mail_instead(recipes: list[RecipeInit]) -> None:
    """A test that looks for the wrong address, or the wrong thing, is told what there is."""
    async with testing.app(recipes) as app:
        signed_up = await sign_up("public", ANN, PASSWORD)
        assert isinstance(signed_up, SignUpOkResult)
        await send_reset_password_email("public", signed_up.user.id, ANN)

        with pytest.raises(LookupError, match=f"Nothing was sent to {BOB}; messages went to {ANN}"):
            app.outbox.link(BOB)
        with pytest.raises(LookupError, match="has no code in it"):
            app.outbox.code(ANN)


async def test_messages_are_kept_whatever_the_domain(recipes: list[RecipeInit]) -> None:
    """An application with a public address, which would refuse to lose messages, is tested as it is."""
    info = InputAppInfo("Shop", "https://api.shop.test", website_domain="https://shop.test")
    async with testing.app(recipes, app_info=info) as app:
        signed_up = await sign_up("public", ANN, PASSWORD)
        assert isinstance(signed_up, SignUpOkResult)
        await send_reset_password_email("public", signed_up.user.id, ANN)

        assert app.outbox.link(ANN).startswith("https://shop.test/auth/reset-password?token=")


def web() -> Flask:
    """A Flask application that says who is signed in."""
    made = Flask(__name__)
    Middleware(made)

    @made.get("/me")
    @verify_session_in_flask()
    def me() -> dict[str, str]:
        return {"id": g.supertokens.get_user_id()}

    return made


def test_signed_in_at_flask() -> None:
    """The cookies are those of signing in: they open pages, and a refresh replaces them."""
    with testing.app([session.init()], framework="flask") as app, app.sync_client(web()) as browser:
        assert browser.get("/me").status_code == 401
        app.sync_sign_in(browser, "ann")
        assert browser.get("/me").json() == {"id": "ann"}
        before = dict(browser.cookies)

        assert browser.post("/auth/session/refresh").status_code == 200

        assert set(before) == set(browser.cookies) == {"sAccessToken", "sRefreshToken"}
        assert before["sRefreshToken"] != browser.cookies["sRefreshToken"]
        assert browser.get("/me").json() == {"id": "ann"}


def asgi() -> FastAPI:
    """A FastAPI application that says who is signed in."""
    made = FastAPI()
    made.add_middleware(get_middleware())

    @made.get("/me")
    async def me(found: SessionContainer = Depends(verify_session())) -> dict[str, str]:
        return {"id": found.get_user_id()}

    return made


async def test_signed_in_at_fastapi_with_factors(recipes: list[RecipeInit]) -> None:
    """Without its factors a session opens nothing; with them it does, also where the anti-CSRF token is asked for."""
    with_factors = [session.init(anti_csrf="VIA_TOKEN"), *recipes[1:]]
    with_factors.append(multifactorauth.init(first_factors=["emailpassword"], override=needs_two_factors()))
    async with testing.app(with_factors) as app, app.client(asgi()) as ann, app.client(asgi()) as bob:
        signed_up = await sign_up("public", ANN, PASSWORD)
        assert isinstance(signed_up, SignUpOkResult)
        await app.sign_in(ann, signed_up.user.id, factors=["emailpassword", "otp-email"])
        await app.sign_in(bob, signed_up.user.id, factors=["emailpassword"])

        assert (await ann.get("/me")).json() == {"id": signed_up.user.id}
        assert (await ann.post("/auth/signout")).status_code == 200
        assert (await bob.get("/me")).status_code == 403


def needs_two_factors() -> multifactorauth.OverrideConfig:
    """Everybody needs a code by mail."""

    def functions(original: RecipeInterface) -> RecipeInterface:
        async def get_mfa_requirements_for_auth(*_: Any) -> list[str]:
            return ["otp-email"]

        original.get_mfa_requirements_for_auth = get_mfa_requirements_for_auth  # type: ignore[method-assign, assignment]  # how applications override
        return original

    return multifactorauth.OverrideConfig(functions=functions)


async def test_virtual_totp_goes_by_the_clock(recipes: list[RecipeInit]) -> None:
    """It shows what a phone would at the turned time, so each code once."""
    async with testing.app([*recipes, multifactorauth.init(), totp.init()]) as app:
        device = await create_device("ann", user_identifier_info=ANN)
        assert isinstance(device, CreateDeviceOkResult)
        phone = testing.VirtualTotp(device.secret, app.clock)
        first = phone.code()
        verified = await verify_device("public", "ann", device.device_name, first)

        assert verified.status == "OK"
        assert (await verify_totp("public", "ann", first)).status == "INVALID_TOTP_ERROR"
        app.clock.turn(seconds=30)
        assert (await verify_totp("public", "ann", phone.code())).status == "OK"


async def test_keys_are_made_once_but_two_for_each_core(recipes: list[RecipeInit]) -> None:
    """A core's own two keys differ, as in production; the next core has the same two, and all other secrets anew."""
    keys: list[list[str]] = []
    refresh_tokens: list[str] = []
    for _ in range(2):
        async with testing.app(recipes) as app:
            made = await create_new_session_without_request_response("public", RecipeUserId("ann"))
            refresh_tokens.append(made.get_all_session_tokens_dangerously()["refreshToken"] or "")
            jwks = await app.core.call("GET", "/.well-known/jwks.json")
            keys.append(sorted(key["n"] for key in jwks["keys"]))

    assert len(set(keys[0])) == 2
    assert keys[0] == keys[1]
    assert refresh_tokens[0] != refresh_tokens[1]


async def test_settings_are_those_of_the_core(recipes: list[RecipeInit]) -> None:
    """A test says which setting it is about, and hashes quickly unless it says not."""
    async with testing.app(recipes, settings={"access_token_validity": 60, "access_token_validity_jitter": 0}) as app:
        made = await create_new_session_without_request_response("public", RecipeUserId("ann"))
        payload = made.get_access_token_payload()

        assert payload["exp"] - payload["iat"] == 60
        assert app.core.services.settings.argon2_memory_kb == 64


def test_unknown_setting_is_refused(recipes: list[RecipeInit]) -> None:
    """A misspelt setting does not look as if it held."""
    with pytest.raises(TypeError, match="acces_token_validity"):
        testing.app(recipes, settings={"acces_token_validity": 60})


async def test_application_of_before_is_current_again(recipes: list[RecipeInit]) -> None:
    """A block can be used within another, and when nothing was initialised."""
    before = _state.current_app_or_none()
    async with testing.app(recipes) as outer:
        async with testing.app(recipes) as inner:
            assert _state.current_app() is inner.app
        assert _state.current_app() is outer.app

    assert _state.current_app_or_none() is before


@pytest.fixture
def initialised_app(recipes: list[RecipeInit]) -> App:
    """The application as its own module initialises it, on a database that is never opened."""
    info = InputAppInfo("Shop", "http://localhost:9000", website_domain="http://localhost:9000")
    init(info, "fastapi", SupertokensConfig("sqlite:///never-opened.db"), recipes)
    return _state.current_app()


async def test_takes_the_recipes_of_init(initialised_app: App) -> None:
    """An application that was initialised by its own module needs to say nothing again."""
    async with testing.app() as app:
        assert [recipe.recipe_id for recipe in app.app.recipes] == [
            recipe.recipe_id for recipe in initialised_app.recipes
        ]
        assert app.app.app_info is initialised_app.app_info
        assert app.app.transport is not initialised_app.transport
    _state.set_current_app(None)


def test_needs_recipes_or_init() -> None:
    """Without either, the text says what to do."""
    _state.set_current_app(None)

    with pytest.raises(GeneralError, match="needs a recipe_list"):
        testing.app()
