# SPDX-License-Identifier: Apache-2.0
"""The policy as sessions meet it: what is next, what may be set up, and what stays closed."""

from collections.abc import AsyncIterator, Callable
from typing import Any

import pytest
from fastapi import FastAPI, Request

from tests.recipe.session.application import Browser
from tests.recipe.thirdparty.application import routes
from twofold import testing
from twofold.exceptions import GeneralError
from twofold.recipe import accountlinking, emailpassword, multifactorauth, passwordless, session, totp
from twofold.recipe.accountlinking.types import ShouldAutomaticallyLink, ShouldNotAutomaticallyLink
from twofold.recipe.multifactorauth import syncio
from twofold.recipe.multifactorauth.asyncio import (
    add_to_required_secondary_factors_for_user,
    get_factors_setup_for_user,
    get_mfa_requirements_for_auth,
    get_required_secondary_factors_for_user,
    mark_factor_as_complete_in_session,
    remove_from_required_secondary_factors_for_user,
)
from twofold.recipe.multitenancy.asyncio import create_or_update_tenant
from twofold.recipe.multitenancy.interfaces import TenantConfigCreateOrUpdate
from twofold.recipe.passwordless import ContactEmailOnlyConfig
from twofold.recipe.session.asyncio import create_new_session, get_session
from twofold.recipe.usermetadata.asyncio import update_user_metadata
from twofold.types import RecipeUserId

EMAIL, PASSWORD = "ada@example.com", "correct horse battery"
LINK = {"shouldTryLinkingWithSessionUser": True}


async def link_in_session(_info: Any, _user: Any, session: Any, *_: Any) -> Any:
    """Link whatever signs in within a session."""
    return ShouldAutomaticallyLink(False) if session is not None else ShouldNotAutomaticallyLink()


def policy(requirements: Any) -> Callable[[Any], Any]:
    """Require this of everybody."""

    def override(original: Any) -> Any:
        async def get_mfa_requirements_for_auth(*_: Any) -> Any:
            return requirements

        original.get_mfa_requirements_for_auth = get_mfa_requirements_for_auth
        return original

    return override


def recipes(functions: Callable[[Any], Any] | None = None) -> list[Any]:
    """A password, mailed codes, authenticator apps, and a policy."""
    return [
        session.init(),
        emailpassword.init(),
        passwordless.init(ContactEmailOnlyConfig(), "USER_INPUT_CODE"),
        totp.init(),
        multifactorauth.init(["emailpassword"], multifactorauth.OverrideConfig(functions=functions)),
        accountlinking.init(should_do_automatic_account_linking=link_in_session),
    ]


@pytest.fixture
async def app() -> AsyncIterator[testing.AppUnderTest]:
    """An application with the default policy."""
    async with testing.app(recipes()) as running:
        yield running


async def sign(way: str, email: str = EMAIL) -> Browser:
    """Return a browser that typed the password."""
    browser = Browser(routes(), "cookie")
    fields = [{"id": "email", "value": email}, {"id": "password", "value": PASSWORD}]
    assert (await browser.send("POST", f"/auth/{way}", {"formFields": fields})).json()["status"] == "OK"
    return browser


async def info(browser: Browser) -> Any:
    """Ask what comes next."""
    return (await browser.send("PUT", "/auth/mfa/info")).json()


async def mailed_code(app: testing.AppUnderTest, browser: Browser) -> Any:
    """Complete the mailed code and return the answer."""
    asked = (await browser.send("POST", "/auth/signinup/code", {"email": EMAIL, **LINK})).json()
    body = {"deviceId": asked["deviceId"], "preAuthSessionId": asked["preAuthSessionId"]}
    code = {"userInputCode": app.outbox.code(EMAIL), **LINK}
    return (await browser.send("POST", "/auth/signinup/code/consume", {**body, **code})).json()


async def test_nobody_is_asked_for_more_by_default(app: testing.AppUnderTest) -> None:
    """Without requirements the password is enough, and every second factor may be set up."""
    browser = await sign("signup")

    answer = await info(browser)

    assert (await browser.send("GET", "/me")).status_code == 200
    assert answer["factors"] == {
        "next": [],
        "alreadySetup": ["emailpassword"],
        "allowedToSetup": ["emailpassword", "otp-email", "totp"],
    }
    assert answer["emails"] == {"emailpassword": [EMAIL], "otp-email": [EMAIL]}


async def test_a_factor_required_of_a_user(app: testing.AppUnderTest) -> None:
    """From the next sign-in on the user does it, sees what it is, and gets in after it."""
    user_id = (await sign("signup")).payload()["sub"]
    await add_to_required_secondary_factors_for_user(user_id, "otp-email")
    await add_to_required_secondary_factors_for_user(user_id, "otp-email")
    browser = await sign("signin")

    closed = (await browser.send("GET", "/me")).status_code
    asked = (await info(browser))["factors"]
    done = await mailed_code(app, browser)

    assert await get_required_secondary_factors_for_user(user_id) == ["otp-email"]
    assert (closed, asked["next"], asked["allowedToSetup"]) == (403, ["otp-email"], ["otp-email"])
    assert done["status"] == "OK"
    assert (await browser.send("GET", "/me")).status_code == 200
    assert await get_factors_setup_for_user(user_id) == ["emailpassword", "otp-email"]


async def test_a_factor_required_no_longer(app: testing.AppUnderTest) -> None:
    """Other metadata and other requirements stay."""
    user_id = (await sign("signup")).payload()["sub"]
    await update_user_metadata(user_id, {"plan": "pro"})
    await add_to_required_secondary_factors_for_user(user_id, "otp-email")
    await add_to_required_secondary_factors_for_user(user_id, "totp")

    await remove_from_required_secondary_factors_for_user(user_id, "otp-email")
    await remove_from_required_secondary_factors_for_user(user_id, "never-there")

    assert await get_required_secondary_factors_for_user(user_id) == ["totp"]


async def test_a_factor_required_by_a_tenant(app: testing.AppUnderTest) -> None:
    """Everybody in the tenant does it."""
    await sign("signup")
    change = TenantConfigCreateOrUpdate(first_factors=["emailpassword"], required_secondary_factors=["otp-email"])
    await create_or_update_tenant("public", change)

    browser = await sign("signin")

    assert (await browser.send("GET", "/me")).status_code == 403
    assert (await info(browser))["factors"]["next"] == ["otp-email"]


async def test_a_half_session_reaches_only_its_next_factor(app: testing.AppUnderTest) -> None:
    """With an app set up and required, the password alone can neither mail itself a code nor add a factor."""
    user_id = (await sign("signup")).payload()["sub"]
    await add_to_required_secondary_factors_for_user(user_id, "totp")
    browser = await sign("signin")

    mailed = await browser.send("POST", "/auth/signinup/code", {"email": EMAIL, **LINK})

    assert mailed.status_code == 403
    assert mailed.json()["claimValidationErrors"][0]["id"] == "st-mfa"
    assert app.outbox.messages() == []


async def test_a_second_factor_alone_is_no_sign_in(app: testing.AppUnderTest) -> None:
    """Whoever reads the mail but does not know the password gets no session."""
    await sign("signup")
    stranger = Browser(routes(), "cookie")

    reply = await stranger.send("POST", "/auth/signinup/code", {"email": EMAIL})

    assert reply.status_code == 401
    assert app.outbox.messages() == []


async def test_a_factor_that_nobody_offers() -> None:
    """A policy that cannot be met is told to the developer rather than hidden from the user."""
    async with testing.app(recipes(policy(["carrier-pigeon"]))):
        browser = await sign("signup")

        with pytest.raises(GeneralError, match="carrier-pigeon"):
            await browser.send("PUT", "/auth/mfa/info")
        assert (await browser.send("GET", "/me")).status_code == 403


async def test_factors_of_the_application() -> None:
    """A factor of the application's own is completed by its own code."""
    async with testing.app(recipes(policy(["carrier-pigeon"]))):
        browser = await sign("signup")
        own: FastAPI = browser._asgi

        @own.post("/pigeon")
        async def pigeon(request: Request) -> Any:
            current = await get_session(request, override_global_claim_validators=lambda *_: [])
            assert current is not None
            await mark_factor_as_complete_in_session(current, "carrier-pigeon")
            return {"requirements": await get_mfa_requirements_for_auth(current)}

        answer = (await browser.send("POST", "/pigeon")).json()

        assert answer == {"requirements": ["carrier-pigeon"]}
        assert (await browser.send("GET", "/me")).status_code == 200


async def test_sessions_from_before(app: testing.AppUnderTest) -> None:
    """A session that was made without a factor counts as signed in with the login method's first factor."""
    user_id = (await sign("signup")).payload()["sub"]
    browser = Browser(routes(), "cookie")
    own: FastAPI = browser._asgi

    @own.post("/enter")
    async def enter(request: Request) -> Any:
        await create_new_session(request, "public", RecipeUserId(user_id))
        return {}

    await browser.send("POST", "/enter")

    assert (await browser.send("GET", "/me")).status_code == 200
    assert list(browser.payload()["st-mfa"]["c"]) == ["emailpassword"]


async def test_requirements_change_under_a_session(app: testing.AppUnderTest) -> None:
    """A session learns of a new requirement when it asks what comes next, and is closed from then on."""
    browser = await sign("signup")
    await add_to_required_secondary_factors_for_user(browser.payload()["sub"], "otp-email")
    before = (await browser.send("GET", "/me")).status_code

    await info(browser)

    assert (before, (await browser.send("GET", "/me")).status_code) == (200, 403)


async def test_the_api_can_be_switched_off() -> None:
    """A disabled API leaves its path to the application."""

    def switch_off(original: Any) -> Any:
        original.disable_resync_session_and_fetch_mfa_info_put = True
        return original

    mfa = multifactorauth.init(override=multifactorauth.OverrideConfig(apis=switch_off))
    async with testing.app([session.init(), emailpassword.init(), mfa]):
        assert (await (await sign("signup")).send("PUT", "/auth/mfa/info")).status_code == 404


async def test_unknown_users(app: testing.AppUnderTest) -> None:
    """Nobody has no factors."""
    with pytest.raises(GeneralError, match="Unknown user id"):
        await get_factors_setup_for_user("nobody")


def test_blocking_twins() -> None:
    """Blocking code has the same functions."""
    with testing.app(recipes()):
        assert syncio.get_required_secondary_factors_for_user("nobody") == []


async def test_first_factors_that_nobody_offers() -> None:
    """A list without any factor of a recipe, or an empty one, is a mistake at `init`: nobody could sign in."""
    for first_factors in ([], ["thirdparty"]):
        with pytest.raises(GeneralError):
            async with testing.app([session.init(), emailpassword.init(), multifactorauth.init(first_factors)]):
                pass
