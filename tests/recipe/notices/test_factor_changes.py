# SPDX-License-Identifier: Apache-2.0
"""Whoever changes a factor or a way in, through whatever API or function: the owner hears of it."""

import logging
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from tests.recipe.recoverycodes.application import EMAIL, PASSWORD, recipes
from tests.recipe.recoverycodes.application import Person as Owner
from twofold import testing
from twofold.asyncio import delete_user
from twofold.exceptions import GeneralError
from twofold.ingredients._unobserved import all_sent
from twofold.ingredients.emaildelivery.types import EmailDeliveryConfig, EmailDeliveryInterface
from twofold.ingredients.exceptions import DeliveryError
from twofold.recipe import accountlinking, notices, passwordless, thirdparty, webauthn
from twofold.recipe.accountlinking.asyncio import create_primary_user, link_accounts, unlink_account
from twofold.recipe.accountlinking.types import ShouldAutomaticallyLink, ShouldNotAutomaticallyLink
from twofold.recipe.emailpassword.asyncio import create_reset_password_link, update_email_or_password
from twofold.recipe.notices import EmailTemplateVars, FactorChange
from twofold.recipe.notices.asyncio import tell_of_factor_change
from twofold.recipe.notices.syncio import tell_of_factor_change as tell_blocking
from twofold.recipe.passwordless import asyncio as codes
from twofold.recipe.recoverycodes.asyncio import remove_codes
from twofold.recipe.thirdparty.asyncio import manually_create_or_update_user
from twofold.recipe.thirdparty.results import ManuallyCreateOrUpdateUserOkResult
from twofold.types import RecipeUserId, User

PHONE, NEW_PHONE = "+41791234567", "+41797654321"


async def _link(_info: Any, _user: Any, given: Any, *_: Any) -> Any:
    return ShouldNotAutomaticallyLink() if given is None else ShouldAutomaticallyLink(should_require_verification=False)


def every_recipe(told: Any) -> list[Any]:
    """Every kind of factor, with an application's word on notices."""
    return recipes(
        passwordless.init(passwordless.ContactEmailOrPhoneConfig(), "USER_INPUT_CODE"),
        webauthn.init(),
        thirdparty.init(),
        accountlinking.init(should_do_automatic_account_linking=_link),
        told,
    )


@pytest.fixture
async def app() -> AsyncIterator[testing.AppUnderTest]:
    """An application that tells of changes."""
    async with testing.app(every_recipe(notices.init(tells_of_factor_changes=True))) as running:
        yield running


async def told(app: testing.AppUnderTest, to: str = EMAIL) -> list[str]:
    """What one address or number heard since it was last asked, oldest first: the subjects, or the texts."""
    await all_sent()
    messages = [message for message in reversed(app.outbox.messages()) if message.to == to]
    subjects = [message.subject or message.text for message in messages if "to login" not in message.text]
    app.outbox.clear()
    return subjects


async def user_id_of(owner: Owner) -> str:
    """Whose session this is."""
    payload: dict[str, str] = owner.browser.payload()
    return payload["sub"]


async def test_authenticator_apps_and_codes(app: testing.AppUnderTest) -> None:
    """Not a word of one that only began, of a wrong code, or of what was not there."""
    owner = await Owner(app).sign("signup")
    await owner.post("/totp/device", deviceName="begun")
    await owner.post("/totp/device/verify", deviceName="begun", totp="000000")
    await owner.post("/totp/device/remove", deviceName="begun")
    assert await told(app) == []

    await owner.set_up("<b>phone</b>\nhttp://evil.example/ " + "x" * 40)
    await all_sent()
    (mail,) = app.outbox.messages(EMAIL)
    assert mail.subject == "An authenticator app was added to your account"
    assert "“<b>phone</b> http://evil.example/ xxxxxx”." in mail.text
    assert "&lt;b&gt;phone" in (mail.html or "")
    assert owner.secret not in f"{mail.text}{mail.html}"
    app.outbox.clear()

    await owner.set_up("second")
    made = (await owner.post("/recoverycodes"))["codes"]
    await owner.post("/totp/device/remove", deviceName="second")
    await owner.post("/totp/device/remove", deviceName="second")
    await all_sent()
    assert not [code for code in made for message in app.outbox.messages() if code in message.text]
    await remove_codes(await user_id_of(owner))
    await remove_codes(await user_id_of(owner))

    assert await told(app) == [
        "An authenticator app was added to your account",
        "Recovery codes were made for your account",
        "An authenticator app was removed from your account",
        "The recovery codes of your account were removed",
    ]


async def test_passkeys(app: testing.AppUnderTest) -> None:
    """The first one, a second one, and what is removed; a passkey that is refused is none."""
    owner, authenticator = await Owner(app).sign("signup"), testing.VirtualAuthenticator(testing.ADDRESS)

    async def register(path: str) -> Any:
        begun = await owner.post("/webauthn/options/register", email=EMAIL)
        body = {
            "webauthnGeneratedOptionsId": begun["webauthnGeneratedOptionsId"],
            "credential": authenticator.create(begun),
        }
        await owner.post(path, **body, shouldTryLinkingWithSessionUser=True)
        return body

    await register("/webauthn/signup")
    used = await register("/webauthn/credential")
    await owner.post("/webauthn/credential", **used)
    for _ in range(2):
        await owner.post("/webauthn/credential/remove", webauthnCredentialId=used["credential"]["id"])

    assert await told(app) == [
        "A passkey was added to your account",
        "A passkey was added to your account",
        "A passkey was removed from your account",
    ]


async def test_a_password_by_mail(app: testing.AppUnderTest) -> None:
    """Whoever read the mailbox and set it: the owner hears of it. So of a login method that was deleted alone."""
    owner = await Owner(app).sign("signup")
    user_id = await user_id_of(owner)
    link = await create_reset_password_link("public", user_id, EMAIL)
    token = parse_qs(urlsplit(str(link)).query)["token"][0]
    new = {"method": "token", "token": "wrong", "formFields": [{"id": "password", "value": "another good one 1"}]}
    await owner.post("/user/password/reset", **new)
    assert await told(app) == []
    assert (await owner.post("/user/password/reset", **{**new, "token": token}))["status"] == "OK"
    by_code = (await codes.signinup("public", "ann@codes.example", None)).recipe_user_id
    await create_primary_user(RecipeUserId(user_id))
    await link_accounts(by_code, user_id)
    await delete_user(by_code.get_as_string(), remove_all_linked_accounts=False)
    await delete_user(user_id, remove_all_linked_accounts=False)

    assert await told(app) == [
        "Your password was changed",
        "An email address for codes was added to your account",
        "An email address for codes was removed from your account",
    ]


async def test_ways_to_sign_in(app: testing.AppUnderTest) -> None:
    """Addresses and numbers for codes, accounts elsewhere, passwords: all addresses of before hear, and no number."""
    owner = await Owner(app).sign("signup")
    user_id = await user_id_of(owner)
    begun = await owner.post("/signinup/code", phoneNumber=PHONE, shouldTryLinkingWithSessionUser=True)
    ids = {key: begun[key] for key in ("preAuthSessionId", "deviceId")}
    body = {**ids, "shouldTryLinkingWithSessionUser": True}
    await owner.post("/signinup/code/consume", **body, userInputCode="wrong")
    await owner.post("/signinup/code/consume", **body, userInputCode=app.outbox.code(PHONE))
    assert await told(app) == ["A phone number for codes was added to your account"]
    by_phone = (await codes.signinup("public", None, PHONE)).recipe_user_id
    elsewhere = await manually_create_or_update_user("public", "google", "g1", "ann@elsewhere.example", True)
    assert isinstance(elsewhere, ManuallyCreateOrUpdateUserOkResult)
    await link_accounts(elsewhere.recipe_user_id, user_id)
    await link_accounts(elsewhere.recipe_user_id, user_id)
    assert await told(app) == ["An account elsewhere was connected with yours"]

    await codes.update_user(by_phone, phone_number=NEW_PHONE)
    await codes.update_user(by_phone, phone_number=NEW_PHONE)
    await codes.update_user(by_phone, email="ann@codes.example")
    await codes.delete_phone_number_for_user(by_phone)
    await codes.delete_phone_number_for_user(by_phone)
    await update_email_or_password(RecipeUserId(user_id), email="ann@new.example", password="another good 1")
    await unlink_account(elsewhere.recipe_user_id)

    assert await told(app, "ann@elsewhere.example") == [
        "Your phone number was changed",
        "An email address for codes was added to your account",
        "A phone number for codes was removed from your account",
        "Your email address was changed",
        "Your password was changed",
        "An account elsewhere was disconnected from yours",
    ]


async def test_who_has_a_number_alone_gets_a_text_message(app: testing.AppUnderTest) -> None:
    """An application tells of its own factors in the same way; of what did not happen it is not told."""
    user_id = (await codes.signinup("public", None, PHONE)).user.id
    now = datetime.fromtimestamp(app.clock.now_ms() / 1000, UTC).strftime("%Y-%m-%d %H:%M UTC")
    await tell_of_factor_change(user_id, "added", "smart-card", "blue")
    tell_blocking(user_id, "removed", "smart-card")
    await tell_of_factor_change("nobody", "removed", "smart-card")
    await update_email_or_password(RecipeUserId(user_id), password="another good 1")

    assert await told(app, PHONE) == [
        f"Test: A way to sign in was {what} your account ({now})."
        " If it was not you, tell the people who run this service."
        for what in ("added to", "removed from")
    ]


class _Broken(EmailDeliveryInterface[EmailTemplateVars]):
    """Fails, like a mail server that is gone; the answer would wait for it where `is_awaited`."""

    def __init__(self, is_awaited: bool) -> None:
        self.is_awaited = is_awaited

    async def send_email(self, template_vars: EmailTemplateVars, user_context: dict[str, Any]) -> None:
        raise DeliveryError("The mail server is gone")


def _broken_override(original: Any) -> Any:
    async def tell_of_factor_change(user: User, recipients: Any, change: FactorChange, user_context: Any) -> None:
        raise GeneralError(f"{user.id} {recipients.emails} {change.action} {change.factor} {change.name}")

    original.tell_of_factor_change = tell_of_factor_change
    return original


@pytest.mark.parametrize(
    ("override", "is_awaited"), [(None, False), (notices.OverrideConfig(functions=_broken_override), True)]
)
async def test_a_change_stays_when_nobody_can_be_told(
    override: Any, is_awaited: bool, caplog: pytest.LogCaptureFixture
) -> None:
    """The operator reads of it in the log, without a secret; an override that fails is no worse."""
    service = EmailDeliveryConfig(_Broken(is_awaited))
    recipe = notices.init(tells_of_factor_changes=True, email_delivery=service, override=override)
    async with testing.app(every_recipe(recipe)) as app:
        with caplog.at_level(logging.ERROR, "twofold.notices"):
            owner = await (await Owner(app).sign("signup")).set_up()
            await all_sent()

        assert (await owner.info())["factors"]["alreadySetup"] == ["emailpassword", "totp"]
        assert f"['{EMAIL}'] added totp phone" in caplog.text or "could not be sent" in caplog.text
        assert len([record for record in caplog.records if record.name == "twofold.notices"]) == 1
        assert owner.secret not in caplog.text


async def test_nobody_hears_of_anything_unless_asked(app: testing.AppUnderTest) -> None:
    """Applications that come from elsewhere send no mails that they do not know of."""
    async with testing.app(every_recipe(notices.init())) as silent:
        owner = await (await Owner(silent).sign("signup")).set_up()
        await update_email_or_password(RecipeUserId(await user_id_of(owner)), password=PASSWORD + "1")

        assert await told(silent) == []
