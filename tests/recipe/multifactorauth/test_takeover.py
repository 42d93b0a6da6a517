# SPDX-License-Identifier: Apache-2.0
"""A password alone does not take a login away from the authenticator app that protects it."""

from collections.abc import Callable
from typing import Any

import pytest
from fastapi import FastAPI

from tests.recipe.session.application import Browser
from twofold import testing
from twofold.asyncio import get_user
from twofold.framework.fastapi import get_middleware
from twofold.recipe import accountlinking, emailpassword, multifactorauth, passwordless, session, totp
from twofold.recipe.accountlinking.asyncio import create_primary_user
from twofold.recipe.accountlinking.types import ShouldAutomaticallyLink, ShouldNotAutomaticallyLink
from twofold.recipe.emailpassword.asyncio import sign_up
from twofold.recipe.emailpassword.types import SignUpOkResult
from twofold.recipe.multifactorauth import OverrideConfig
from twofold.recipe.passwordless import ContactEmailOnlyConfig
from twofold.recipe.passwordless.asyncio import signinup
from twofold.types import User

VICTIM, PASSWORD = "victim@example.com", "correct horse battery"
SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"


async def link_in_session(_info: Any, _user: Any, given: Any, *_: Any) -> Any:
    """Link whatever signs in within a session."""
    return ShouldNotAutomaticallyLink() if given is None else ShouldAutomaticallyLink(False)


def with_push(has_it: Callable[[User], bool]) -> Any:
    """A factor of the application's own, and who has set it up."""

    def override(functions: Any) -> Any:
        built_in = functions.get_factors_setup_for_user

        async def get_factors_setup_for_user(user: User, user_context: Any) -> list[str]:
            return [*await built_in(user, user_context), *(["push"] if has_it(user) else [])]

        functions.get_factors_setup_for_user = get_factors_setup_for_user
        return functions

    return override


def has_password_of_victim(user: User) -> bool:
    """Whether the user signs in as the victim does."""
    return any(method.recipe_id == "emailpassword" and method.email == VICTIM for method in user.login_methods)


async def victim_with_password(app: testing.AppUnderTest, *, has_device: bool) -> SignUpOkResult:
    """The victim, whose password is known to the attacker."""
    victim = await sign_up("public", VICTIM, PASSWORD)
    assert isinstance(victim, SignUpOkResult)
    if has_device:
        device = {"userId": victim.user.id, "deviceName": "phone", "skew": 1, "period": 30, "secretKey": SECRET}
        await app.core.call("POST", "/recipe/totp/device/import", body=device)
    return victim


def new_browser() -> Browser:
    """A browser that nobody has signed in with."""
    application = FastAPI()
    application.add_middleware(get_middleware())
    return Browser(application, "cookie")


async def sign_in_as_victim_within_attackers_session(
    app: testing.AppUnderTest, *, has_device: bool
) -> tuple[Any, User]:
    """Mallory, who knows the victim's password, signs in with it as a second factor of his own session."""
    victim = await victim_with_password(app, has_device=has_device)
    browser = new_browser()
    await browser.send("POST", "/auth/signup", form("mallory@example.com"))
    linking = {"shouldTryLinkingWithSessionUser": True}
    if has_device:  # a wrong password must not tell that there is one
        wrong = await browser.send("POST", "/auth/signin", {**form(VICTIM, "wrong"), **linking})
        assert wrong.json() == {"status": "WRONG_CREDENTIALS_ERROR"}
    reply = await browser.send("POST", "/auth/signin", {**form(VICTIM), **linking})
    user = await get_user(victim.recipe_user_id.get_as_string())
    assert user is not None
    return reply, user


def form(email: str, password: str = PASSWORD) -> dict[str, Any]:
    """The fields of both forms."""
    return {"formFields": [{"id": "email", "value": email}, {"id": "password", "value": password}]}


def recipes(policy: Any = link_in_session, override: Any = None) -> list[Any]:
    """An application with passwords, codes by mail and authenticator apps."""
    return [
        session.init(),
        emailpassword.init(),
        passwordless.init(ContactEmailOnlyConfig(), "USER_INPUT_CODE"),
        totp.init(),
        multifactorauth.init(["emailpassword", "otp-email"], override=OverrideConfig(functions=override)),
        accountlinking.init(should_do_automatic_account_linking=policy),
    ]


async def test_a_login_with_an_authenticator_app_is_not_linked_away() -> None:
    """Class 12: the attack is to link the victim's login into the attacker's account, where no code is asked for."""
    async with testing.app(recipes()) as app:
        reply, user = await sign_in_as_victim_within_attackers_session(app, has_device=True)

    assert reply.json()["status"] == "SIGN_IN_NOT_ALLOWED"
    assert user.emails == [VICTIM]


async def test_a_login_with_a_factor_of_the_application_is_not_linked_away() -> None:
    """Class 12: what the application adds to the factors that are set up protects a login no less."""
    async with testing.app(recipes(override=with_push(has_password_of_victim))) as app:
        reply, user = await sign_in_as_victim_within_attackers_session(app, has_device=False)

    assert reply.json()["status"] == "SIGN_IN_NOT_ALLOWED"
    assert user.emails == [VICTIM]


@pytest.mark.parametrize(
    ("has_device", "has_push", "is_apart"),
    [
        (True, lambda _: False, True),
        (False, has_password_of_victim, True),
        (False, lambda _: True, False),  # who would be linked to has it, too
        (False, lambda _: False, False),
    ],
)
async def test_signing_in_links_no_login_away_from_its_factors(
    has_device: bool, has_push: Callable[[User], bool], is_apart: bool
) -> None:
    """Class 12: another account has the address and no factor, and the application begins to link by address."""
    links: list[bool] = []

    async def policy(*_: Any) -> Any:
        return ShouldAutomaticallyLink(False) if links else ShouldNotAutomaticallyLink()

    async with testing.app(recipes(policy, with_push(has_push))) as app:
        victim = await victim_with_password(app, has_device=has_device)
        by_code = await signinup("public", VICTIM, None)
        assert (await create_primary_user(by_code.recipe_user_id)).status == "OK"
        links.append(True)
        reply = (await new_browser().send("POST", "/auth/signin", form(VICTIM))).json()

    assert reply["status"] == "OK"
    assert reply["user"]["id"] == (victim if is_apart else by_code).user.id


async def test_a_login_without_a_second_factor_may_be_linked() -> None:
    """The refusal is about the device, not about linking."""
    async with testing.app(recipes()) as app:
        reply, user = await sign_in_as_victim_within_attackers_session(app, has_device=False)

    assert reply.json()["status"] == "OK"
    assert sorted(user.emails) == ["mallory@example.com", VICTIM]


async def test_asking_for_linking_where_there_is_no_policy_is_a_bad_request() -> None:
    """A client that asks for what the application does not offer is told so; it cannot make the server fail."""
    without_policy = [session.init(), emailpassword.init(), multifactorauth.init(["emailpassword"])]
    async with testing.app(without_policy) as app:
        reply, user = await sign_in_as_victim_within_attackers_session(app, has_device=False)

    assert reply.status_code == 400
    assert "should_do_automatic_account_linking" in reply.json()["message"]
    assert user.emails == [VICTIM]
