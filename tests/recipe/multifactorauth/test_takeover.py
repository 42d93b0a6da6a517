# SPDX-License-Identifier: Apache-2.0
"""A password alone does not take a login away from the authenticator app that protects it."""

from typing import Any

from fastapi import FastAPI

from tests.recipe.session.application import Browser
from twofold import testing
from twofold.asyncio import get_user
from twofold.framework.fastapi import get_middleware
from twofold.recipe import accountlinking, emailpassword, multifactorauth, session, totp
from twofold.recipe.accountlinking.types import ShouldAutomaticallyLink, ShouldNotAutomaticallyLink
from twofold.recipe.emailpassword.asyncio import sign_up
from twofold.recipe.emailpassword.types import SignUpOkResult
from twofold.types import User

PASSWORD = "correct horse battery"
SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"


async def link_in_session(_info: Any, _user: Any, given: Any, *_: Any) -> Any:
    """Link whatever signs in within a session."""
    return ShouldNotAutomaticallyLink() if given is None else ShouldAutomaticallyLink(False)


async def sign_in_as_victim_within_attackers_session(
    app: testing.AppUnderTest, *, has_device: bool
) -> tuple[Any, User]:
    """Mallory, who knows the victim's password, signs in with it as a second factor of his own session."""
    victim = await sign_up("public", "victim@example.com", PASSWORD)
    assert isinstance(victim, SignUpOkResult)
    if has_device:
        device = {"userId": victim.user.id, "deviceName": "phone", "skew": 1, "period": 30, "secretKey": SECRET}
        await app.core.call("POST", "/recipe/totp/device/import", body=device)
    application = FastAPI()
    application.add_middleware(get_middleware())
    browser = Browser(application, "cookie")
    await browser.send("POST", "/auth/signup", form("mallory@example.com"))
    linking = {"shouldTryLinkingWithSessionUser": True}
    if has_device:  # a wrong password must not tell that there is one
        wrong = await browser.send("POST", "/auth/signin", {**form("victim@example.com", "wrong"), **linking})
        assert wrong.json() == {"status": "WRONG_CREDENTIALS_ERROR"}
    reply = await browser.send("POST", "/auth/signin", {**form("victim@example.com"), **linking})
    user = await get_user(victim.recipe_user_id.get_as_string())
    assert user is not None
    return reply, user


def form(email: str, password: str = PASSWORD) -> dict[str, Any]:
    """The fields of both forms."""
    return {"formFields": [{"id": "email", "value": email}, {"id": "password", "value": password}]}


def recipes() -> list[Any]:
    """An application with passwords and authenticator apps."""
    return [
        session.init(),
        emailpassword.init(),
        totp.init(),
        multifactorauth.init(["emailpassword"]),
        accountlinking.init(should_do_automatic_account_linking=link_in_session),
    ]


async def test_a_login_with_an_authenticator_app_is_not_linked_away() -> None:
    """Class 12: the attack is to link the victim's login into the attacker's account, where no code is asked for."""
    async with testing.app(recipes()) as app:
        reply, user = await sign_in_as_victim_within_attackers_session(app, has_device=True)

    assert reply.json()["status"] == "SIGN_IN_NOT_ALLOWED"
    assert user.emails == ["victim@example.com"]


async def test_a_login_without_a_second_factor_may_be_linked() -> None:
    """The refusal is about the device, not about linking."""
    async with testing.app(recipes()) as app:
        reply, user = await sign_in_as_victim_within_attackers_session(app, has_device=False)

    assert reply.json()["status"] == "OK"
    assert sorted(user.emails) == ["mallory@example.com", "victim@example.com"]


async def test_asking_for_linking_where_there_is_no_policy_is_a_bad_request() -> None:
    """A client that asks for what the application does not offer is told so; it cannot make the server fail."""
    without_policy = [session.init(), emailpassword.init(), multifactorauth.init(["emailpassword"])]
    async with testing.app(without_policy) as app:
        reply, user = await sign_in_as_victim_within_attackers_session(app, has_device=False)

    assert reply.status_code == 400
    assert "should_do_automatic_account_linking" in reply.json()["message"]
    assert user.emails == ["victim@example.com"]
