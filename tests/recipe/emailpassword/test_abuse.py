# SPDX-License-Identifier: Apache-2.0
"""Forms, made-up addresses and reset mails in the hands of somebody who means ill."""

from collections.abc import AsyncIterator
from typing import Any

import pytest
from fastapi import FastAPI

from tests.recipe.session.application import Browser
from twofold import testing
from twofold.asyncio import get_user
from twofold.framework.fastapi import get_middleware
from twofold.recipe import accountlinking, emailpassword, emailverification, multifactorauth, passwordless, session
from twofold.recipe.accountlinking.types import ShouldAutomaticallyLink, ShouldNotAutomaticallyLink
from twofold.recipe.emailpassword.asyncio import create_reset_password_token
from twofold.recipe.emailpassword.interfaces import CreateResetPasswordOkResult
from twofold.recipe.emailpassword.types import InputFormField, InputSignUpFeature
from twofold.recipe.multitenancy.asyncio import create_or_update_tenant
from twofold.recipe.multitenancy.interfaces import TenantConfigCreateOrUpdate
from twofold.recipe.passwordless import ContactEmailOnlyConfig
from twofold.recipe.passwordless.asyncio import signinup
from twofold.recipe.session.asyncio import get_all_session_handles_for_user

ADDRESS, PASSWORD = "ada@example.com", "correct horse battery"
LINK = {"shouldTryLinkingWithSessionUser": True}
STRANGERS_STAND_IN = "12345.github@stfakeemail.supertokens.com"


async def link_verified(_info: Any, _user: Any, given: Any, *_: Any) -> Any:
    """Link what is verified, to the session's user or by address."""
    return ShouldAutomaticallyLink(should_require_verification=True)


async def link_in_session(_info: Any, _user: Any, given: Any, *_: Any) -> Any:
    """Link whatever signs in within a session, verified or not."""
    return ShouldAutomaticallyLink(False) if given is not None else ShouldNotAutomaticallyLink()


@pytest.fixture
async def browser() -> AsyncIterator[Browser]:
    """A browser before an application whose form for signing up has a field that may stay empty."""
    form = InputSignUpFeature(form_fields=[InputFormField("name", optional=True)])
    async with testing.app(
        [
            session.init(),
            emailpassword.init(sign_up_feature=form),
            passwordless.init(ContactEmailOnlyConfig(), "USER_INPUT_CODE"),
            multifactorauth.init(),
            accountlinking.init(should_do_automatic_account_linking=link_in_session),
        ]
    ):
        yield _browser()


def _browser() -> Browser:
    application = FastAPI()
    application.add_middleware(get_middleware())
    return Browser(application, "cookie")


async def _sign_up(browser: Browser, *fields: tuple[str, str], **body: Any) -> Any:
    form = [{"id": id_, "value": value} for id_, value in fields]
    return await browser.send("POST", "/auth/signup", {"formFields": form, **body})


@pytest.mark.parametrize(
    "fields",
    [
        (("password", "a"), ("password", PASSWORD), ("email", ADDRESS)),
        (("email", "no address"), ("email", ADDRESS), ("password", PASSWORD)),
    ],
)
async def test_a_field_cannot_come_twice(browser: Browser, fields: tuple[tuple[str, str], ...]) -> None:
    """The value that was checked is the value that is used: a good one cannot cover for a bad one."""
    reply = await _sign_up(browser, *fields)

    assert reply.status_code == 400
    assert "twice" in reply.json()["message"]


async def test_nobody_takes_the_made_up_address_of_another(browser: Browser) -> None:
    """Class 26: it counts as verified, so whoever had it would be linked to the provider's user it stands in for."""
    await _sign_up(browser, ("email", ADDRESS), ("password", PASSWORD))

    reply = await _sign_up(browser, ("email", STRANGERS_STAND_IN), ("password", PASSWORD), **LINK)

    assert reply.json()["status"] == "FIELD_ERROR"


async def test_a_user_without_address_takes_their_own_made_up_one() -> None:
    """What is offered to who signed in by phone number is accepted."""
    async with testing.app(
        [
            session.init(),
            emailpassword.init(),
            passwordless.init(passwordless.ContactPhoneOnlyConfig(), "USER_INPUT_CODE"),
            multifactorauth.init(),
            accountlinking.init(should_do_automatic_account_linking=link_in_session),
        ]
    ) as app:
        browser = _browser()
        device = (await browser.send("POST", "/auth/signinup/code", {"phoneNumber": "+41791234567"})).json()
        code = {"userInputCode": app.outbox.code("+41791234567")}
        ids = {key: device[key] for key in ("deviceId", "preAuthSessionId")}
        await browser.send("POST", "/auth/signinup/code/consume", ids | code)
        offered = (await browser.send("PUT", "/auth/mfa/info")).json()["emails"]["emailpassword"]

        reply = await _sign_up(browser, ("email", offered[0]), ("password", PASSWORD), **LINK)

    assert offered[0].endswith("@stfakeemail.supertokens.com")
    assert reply.json()["status"] == "OK"


async def test_a_policy_that_asks_for_verification_needs_the_recipe() -> None:
    """Class 37: where nothing can verify the session's address, nothing is linked to it; it does not count as good."""
    async with testing.app(
        [
            session.init(),
            emailpassword.init(),
            passwordless.init(ContactEmailOnlyConfig(), "USER_INPUT_CODE"),
            accountlinking.init(should_do_automatic_account_linking=link_verified),
        ]
    ) as app:
        browser = _browser()
        user_id = (await _sign_up(browser, ("email", ADDRESS), ("password", PASSWORD))).json()["user"]["id"]
        device = (await browser.send("POST", "/auth/signinup/code", {"email": "eve@example.com", **LINK})).json()
        ids = {key: device[key] for key in ("deviceId", "preAuthSessionId")}
        code = {"userInputCode": app.outbox.code("eve@example.com")}

        with pytest.raises(Exception, match=r"emailverification\.init"):
            await browser.send("POST", "/auth/signinup/code/consume", ids | code | LINK)
        user = await get_user(user_id)

    assert user is not None
    assert not user.is_primary_user


async def test_a_reset_signs_everybody_out_though_the_policy_fails() -> None:
    """Attack classes 33 and 37: once the password is set, who had the old one is out, whatever fails then."""
    is_down = False

    async def failing(*_: Any) -> Any:
        if is_down:
            raise RuntimeError("the policy's own database is down")
        return ShouldNotAutomaticallyLink()

    async with testing.app(
        [
            session.init(),
            emailpassword.init(),
            accountlinking.init(should_do_automatic_account_linking=failing),
        ]
    ):
        user_id = (await _sign_up(_browser(), ("email", ADDRESS), ("password", PASSWORD))).json()["user"]["id"]
        token = await create_reset_password_token("public", user_id, ADDRESS)
        assert isinstance(token, CreateResetPasswordOkResult)
        is_down = True
        body = {"token": token.token, "formFields": [{"id": "password", "value": "another good one"}]}

        with pytest.raises(RuntimeError):
            await _browser().send("POST", "/auth/user/password/reset", body)
        left = await get_all_session_handles_for_user(user_id)

    assert left == []


async def test_a_reset_mail_of_one_tenant_makes_no_account_in_another() -> None:
    """Class 47: the token, which is the app's, sets a password only where its reader is a user."""
    async with testing.app(
        [
            session.init(),
            emailpassword.init(),
            emailverification.init("OPTIONAL"),
            passwordless.init(ContactEmailOnlyConfig(), "USER_INPUT_CODE"),
            accountlinking.init(should_do_automatic_account_linking=link_verified),
        ]
    ):
        await create_or_update_tenant("closed", TenantConfigCreateOrUpdate(first_factors=["emailpassword"]))
        user = (await signinup("public", ADDRESS, None)).user
        made = [await create_reset_password_token("public", user.id, ADDRESS) for _ in range(2)]
        answers = []
        for tenant_id, token in zip(("closed", "public"), made, strict=True):
            assert isinstance(token, CreateResetPasswordOkResult)
            body = {"token": token.token, "formFields": [{"id": "password", "value": PASSWORD}]}
            answers.append(await _browser().send("POST", f"/auth/{tenant_id}/user/password/reset", body))
            made[1:] = [await create_reset_password_token("public", user.id, ADDRESS)]

    assert [answer.json()["status"] for answer in answers] == ["RESET_PASSWORD_INVALID_TOKEN_ERROR", "OK"]
