# SPDX-License-Identifier: Apache-2.0
"""Codes within a session, and codes whose account changed while they were on their way."""

from typing import Any

import pytest

from tests.recipe.passwordless.application import Application, ask, use
from tests.recipe.passwordless.conftest import StartApplication
from tests.recipe.session.application import Browser
from twofold.asyncio import get_user
from twofold.recipe import accountlinking, emailpassword, emailverification, multifactorauth, passwordless, totp
from twofold.recipe.accountlinking.asyncio import create_primary_user
from twofold.recipe.accountlinking.types import ShouldAutomaticallyLink, ShouldNotAutomaticallyLink
from twofold.recipe.emailpassword.asyncio import sign_up
from twofold.recipe.emailverification.asyncio import is_email_verified
from twofold.recipe.multifactorauth.types import FactorIds
from twofold.recipe.multitenancy.asyncio import associate_user_to_tenant, create_or_update_tenant
from twofold.recipe.multitenancy.interfaces import TenantConfigCreateOrUpdate
from twofold.recipe.passwordless import (
    ContactEmailOnlyConfig,
    ContactEmailOrPhoneConfig,
    ContactPhoneOnlyConfig,
    PasswordlessOverrideConfig,
)
from twofold.recipe.passwordless.asyncio import revoke_all_codes, signinup
from twofold.recipe.passwordless.interfaces import CreateNewCodeForDeviceRestartFlowError
from twofold.recipe.totp.asyncio import create_device, verify_device
from twofold.recipe.totp.types import CreateDeviceOkResult
from twofold.testing import VirtualTotp
from twofold.types import RecipeUserId

ADDRESS, PASSWORD = "ada@example.com", "correct horse battery"
RESTART = {"status": "RESTART_FLOW_ERROR"}
SUPPORT = "Cannot sign in / up due to security reasons. Please contact support."
LINK = {"shouldTryLinkingWithSessionUser": True}


async def link_in_session(_info: Any, _user: Any, session: Any, *_: Any) -> Any:
    """Link whatever signs in within a session."""
    return ShouldAutomaticallyLink(False) if session is not None else ShouldNotAutomaticallyLink()


@pytest.fixture
def application(start: StartApplication) -> Application:
    """A password first, then a mailed code."""
    return start(
        emailpassword.init(),
        passwordless.init(ContactEmailOrPhoneConfig(), "USER_INPUT_CODE_AND_MAGIC_LINK"),
        multifactorauth.init(first_factors=[FactorIds.EMAILPASSWORD]),
        accountlinking.init(should_do_automatic_account_linking=link_in_session),
    )


async def signed_in(
    application: Application, email: str = ADDRESS, tenant: str = "public", way: str = "signup"
) -> Browser:
    """Return a browser that typed the password."""
    browser = application.browser()
    fields = [{"id": "email", "value": email}, {"id": "password", "value": PASSWORD}]
    reply = await browser.send("POST", f"/auth/{tenant}/{way}", {"formFields": fields})
    assert reply.json()["status"] == "OK"
    return browser


async def test_no_link_in_a_session(application: Application) -> None:
    """Within a session a code is sent, even where links are configured: a link would open another browser."""
    browser = await signed_in(application)

    reply = await browser.send("POST", "/auth/signinup/code", {"email": ADDRESS, **LINK})
    first = application.last_message.text
    resent = await browser.send("POST", "/auth/signinup/code/resend", _device(reply.json()) | LINK)

    assert reply.json()["flowType"] == "USER_INPUT_CODE"
    assert resent.json() == {"status": "OK"}
    assert len(application.app.inbox.messages()) == 2
    assert "/verify" not in first + application.last_message.text


async def test_resending_outside_the_session(application: Application) -> None:
    """What was begun in a session cannot be continued without it, where a code is no first factor (ASVS 6.6.2)."""
    browser = await signed_in(application)
    device = await ask(browser, email=ADDRESS, **LINK)

    reply = await application.browser().send("POST", "/auth/signinup/code/resend", device)

    assert reply.json() == RESTART
    assert len(application.app.inbox.messages()) == 1


async def test_resending_while_the_account_is_taken(start: StartApplication) -> None:
    """Another code is not sent to a session that can no longer be linked to its address's owner."""
    application = start(
        emailpassword.init(),
        passwordless.init(ContactEmailOnlyConfig(), "USER_INPUT_CODE"),
        accountlinking.init(should_do_automatic_account_linking=link_in_session),
    )
    browser = await signed_in(application)
    device = await ask(browser, email="new@example.com", **LINK)
    taken = await signinup("public", ADDRESS, None)
    await create_primary_user(taken.recipe_user_id)

    resent = await browser.send("POST", "/auth/signinup/code/resend", device | LINK)
    used = await use(browser, **device, **LINK, userInputCode=application.last_code)
    asked = await browser.send("POST", "/auth/signinup/code", {"email": "new@example.com", **LINK})

    # Looking leaves the session's user as it is, so only using the code meets the other owner of the address.
    assert resent.json() == {"status": "OK"}
    assert used == {"status": "SIGN_IN_UP_NOT_ALLOWED", "reason": f"{SUPPORT} (ERR_CODE_019)"}
    assert asked.json()["status"] == "OK"


async def test_code_of_another_account(start: StartApplication) -> None:
    """A right code for a mailbox that belongs to another user does not join the two."""
    application = start(
        emailpassword.init(),
        passwordless.init(ContactEmailOnlyConfig(), "USER_INPUT_CODE"),
        accountlinking.init(should_do_automatic_account_linking=link_in_session),
    )
    other = await signinup("public", "other@example.com", None)
    await create_primary_user(other.recipe_user_id)
    browser = await signed_in(application)
    device = await ask(browser, email="other@example.com", **LINK)

    answer = await use(browser, **device, **LINK, userInputCode=application.last_code)

    assert answer == {"status": "SIGN_IN_UP_NOT_ALLOWED", "reason": f"{SUPPORT} (ERR_CODE_017)"}


async def test_who_has_second_factors_is_not_told(start: StartApplication) -> None:
    """Attack class 34.

    Within a session somebody else's address is answered like one that nobody has, whatever its account has set up,
    until a right code was given; and then the account is not linked away from its authenticator app.
    """
    application = start(
        emailpassword.init(),
        passwordless.init(ContactEmailOnlyConfig(), "USER_INPUT_CODE"),
        totp.init(),
        multifactorauth.init(first_factors=[FactorIds.EMAILPASSWORD]),
        accountlinking.init(should_do_automatic_account_linking=link_in_session),
    )
    protected, plain = [await signinup("public", f"{name}@example.com", None) for name in ("protected", "plain")]
    app = await create_device(protected.user.id)
    assert isinstance(app, CreateDeviceOkResult)
    code = VirtualTotp(app.secret, application.clock).code()
    assert (await verify_device("public", protected.user.id, app.device_name, code)).status == "OK"
    browser = await signed_in(application)

    told, device = [], dict[str, Any]()
    for name in ("nobody", "plain", "protected"):
        asked = (await browser.send("POST", "/auth/signinup/code", {"email": f"{name}@example.com", **LINK})).json()
        device = {key: asked.pop(key) for key in ("deviceId", "preAuthSessionId")}
        resent = await browser.send("POST", "/auth/signinup/code/resend", device | LINK)
        told.append((asked, resent.json(), await use(browser, **device, **LINK, userInputCode="wrong")))
    right = await use(browser, **device, **LINK, userInputCode=application.last_code)
    user = await get_user(protected.recipe_user_id.get_as_string())

    assert told[0][0]["status"] == "OK"
    assert told[0] == told[1] == told[2]
    assert right == {"status": "SIGN_IN_UP_NOT_ALLOWED", "reason": f"{SUPPORT} (ERR_CODE_017)"}
    assert user is not None
    assert user.emails == ["protected@example.com"]
    assert plain.user.id != user.id


async def test_account_made_unsafe_meanwhile(start: StartApplication) -> None:
    """What became unsafe after the code was sent is refused when it is used, before it is used up."""

    async def link_verified(*_: Any) -> ShouldAutomaticallyLink:
        return ShouldAutomaticallyLink(should_require_verification=True)

    application = start(
        emailpassword.init(),
        passwordless.init(ContactEmailOnlyConfig(), "USER_INPUT_CODE"),
        accountlinking.init(should_do_automatic_account_linking=link_verified),
    )
    browser = application.browser()
    device = await ask(browser, email=ADDRESS)
    await sign_up("public", ADDRESS, PASSWORD)

    answer = await use(browser, **device, userInputCode=application.last_code)

    assert answer["status"] == "SIGN_IN_UP_NOT_ALLOWED"
    assert answer["reason"].endswith("(ERR_CODE_002)")


async def test_contact_kind_that_was_switched_off(start: StartApplication) -> None:
    """After the configuration changed, a sign-in of the other kind begins anew."""
    before = start(passwordless.init(ContactPhoneOnlyConfig(), "USER_INPUT_CODE"))
    device = await ask(before.browser(), phoneNumber="+4915112345678")
    after = start(passwordless.init(ContactEmailOnlyConfig(), "USER_INPUT_CODE"))

    reply = await after.browser().send("POST", "/auth/signinup/code/resend", device)

    assert reply.json() == RESTART


async def test_sign_in_that_ends_while_resending(start: StartApplication) -> None:
    """A sign-in that is used up at the same moment begins anew; nothing is sent."""

    def override(original: Any) -> Any:
        async def create_new_code_for_device(*_: Any) -> CreateNewCodeForDeviceRestartFlowError:
            await revoke_all_codes("public", email=ADDRESS)
            return CreateNewCodeForDeviceRestartFlowError()

        original.create_new_code_for_device = create_new_code_for_device
        return original

    application = start(
        passwordless.init(ContactEmailOnlyConfig(), "USER_INPUT_CODE", PasswordlessOverrideConfig(functions=override))
    )
    browser = application.browser()
    device = await ask(browser, email=ADDRESS)

    reply = await browser.send("POST", "/auth/signinup/code/resend", device)

    assert reply.json() == RESTART
    assert len(application.app.inbox.messages()) == 1


async def test_mailbox_of_another_tenant(application: Application) -> None:
    """A session's mailbox from another tenant is brought along by a right code; a wrong one counts once."""
    await create_or_update_tenant("shop", TenantConfigCreateOrUpdate(first_factors=["emailpassword"]))
    first = await signed_in(application)
    done = await use(first, **await ask(first, email=ADDRESS, **LINK), **LINK, userInputCode=application.last_code)
    await associate_user_to_tenant("shop", RecipeUserId(done["user"]["id"]))
    browser = await signed_in(application, tenant="shop", way="signin")
    device = await ask(browser, email=ADDRESS, **LINK)

    wrong = await use(browser, **device, **LINK, userInputCode="wrong")
    right = await use(browser, **device, **LINK, userInputCode=application.last_code)

    assert (wrong["status"], wrong["failedCodeInputAttemptCount"]) == ("INCORRECT_USER_INPUT_CODE_ERROR", 1)
    assert (right["status"], right["createdNewRecipeUser"]) == ("OK", False)
    methods = {method["recipeId"]: sorted(method["tenantIds"]) for method in right["user"]["loginMethods"]}
    assert methods == {"emailpassword": ["public", "shop"], "passwordless": ["public", "shop"]}


async def test_code_verifies_the_sessions_address(start: StartApplication) -> None:
    """Who types a code that was mailed to the address of the password has proved to own it; nobody else has."""

    async def link_verified_in_session(_info: Any, _user: Any, session: Any, *_: Any) -> Any:
        return ShouldAutomaticallyLink(True) if session is not None else ShouldNotAutomaticallyLink()

    application = start(
        emailpassword.init(),
        emailverification.init("OPTIONAL"),
        passwordless.init(ContactEmailOnlyConfig(), "USER_INPUT_CODE"),
        accountlinking.init(should_do_automatic_account_linking=link_verified_in_session),
    )
    browser = await signed_in(application)
    user_id = (await browser.send("GET", "/me")).json()["user"]
    device = await ask(browser, email=ADDRESS, **LINK)

    code = application.last_code

    wrong = await browser.send("POST", "/auth/signinup/code/consume", {**device, **LINK, "userInputCode": "wrong"})
    after_wrong = await is_email_verified(RecipeUserId(user_id), ADDRESS)
    answer = await use(browser, **device, **LINK, userInputCode=code)

    assert wrong.status_code == 403  # the password's address must be verified before anything is linked to it
    assert after_wrong is False
    assert (answer["status"], answer["user"]["id"]) == ("OK", user_id)
    assert await is_email_verified(RecipeUserId(user_id), ADDRESS)


def _device(answer: dict[str, Any]) -> dict[str, Any]:
    return {key: answer[key] for key in ("deviceId", "preAuthSessionId")}
