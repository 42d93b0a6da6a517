# SPDX-License-Identifier: Apache-2.0
"""The functions that applications call, async and blocking, and their overrides."""

import inspect
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from tests.recipe.passwordless.application import Application, ask, use
from tests.recipe.passwordless.conftest import StartApplication
from twofold.exceptions import CoreError, GeneralError
from twofold.recipe import passwordless
from twofold.recipe.passwordless import ContactEmailOrPhoneConfig, PasswordlessOverrideConfig, syncio
from twofold.recipe.passwordless import asyncio as codes
from twofold.recipe.passwordless.contact import FlowType
from twofold.recipe.passwordless.interfaces import (
    CheckCodeIncorrectUserInputCodeError,
    CheckCodeOkResult,
    CheckCodeRestartFlowError,
    ConsumeCodeIncorrectUserInputCodeError,
    ConsumeCodeOkResult,
    ConsumeCodeRestartFlowError,
    CreateNewCodeForDeviceOkResult,
    CreateNewCodeForDeviceRestartFlowError,
    CreateNewCodeForDeviceUserInputCodeAlreadyUsedError,
    UpdateUserEmailAlreadyExistsError,
    UpdateUserOkResult,
    UpdateUserPhoneNumberAlreadyExistsError,
    UpdateUserUnknownUserIdError,
)
from twofold.recipe.passwordless.types import (
    CreateAndSendCustomEmailParameters,
    CreateAndSendCustomTextMessageParameters,
)
from twofold.types import RecipeUserId

ADDRESS, NUMBER = "ada@example.com", "+4915112345678"
BOTH: FlowType = "USER_INPUT_CODE_AND_MAGIC_LINK"


@pytest.fixture
def application(start: StartApplication) -> Application:
    """Codes and links, by mail or to phones."""
    return start(passwordless.init(ContactEmailOrPhoneConfig(), BOTH))


async def test_sign_in_up(application: Application) -> None:
    """An application that knows the contact in another way signs its owner up, and in the next time."""
    first = await codes.signinup("public", ADDRESS, None)
    second = await codes.signinup("public", ADDRESS, None)

    assert (first.created_new_recipe_user, second.created_new_recipe_user) == (True, False)
    assert first.recipe_user_id == second.recipe_user_id
    assert first.consumed_device.email == ADDRESS
    assert first.consumed_device.to_json()["failedCodeInputAttemptCount"] == 0
    assert application.app.inbox.messages() == []


async def test_sign_in_up_that_fails(start: StartApplication) -> None:
    """When the code cannot be used, the application is told to try again."""

    def override(original: Any) -> Any:
        async def consume_code(*_: Any) -> ConsumeCodeRestartFlowError:
            return ConsumeCodeRestartFlowError()

        original.consume_code = consume_code
        return original

    start(passwordless.init(ContactEmailOrPhoneConfig(), BOTH, PasswordlessOverrideConfig(functions=override)))

    with pytest.raises(GeneralError, match="Please retry"):
        await codes.signinup("public", ADDRESS, None)


async def test_magic_link(application: Application) -> None:
    """A link is on the website, names the tenant, and has its secret behind the `#`, where servers do not see it."""
    link = urlsplit(await codes.create_magic_link("public", None, NUMBER))

    query = parse_qs(link.query)
    assert f"{link.scheme}://{link.netloc}{link.path}" == "http://localhost:3000/auth/verify"
    assert query["tenantId"] == ["public"]
    answer = await use(application.browser(), preAuthSessionId=query["preAuthSessionId"][0], linkCode=link.fragment)
    assert answer["user"]["phoneNumbers"] == [NUMBER]


async def test_checking_a_code(application: Application) -> None:
    """A checked code stays usable; a wrong one is counted as when it is used."""
    made = await codes.create_code("public", ADDRESS)

    wrong = await codes.check_code("public", made.pre_auth_session_id, "wrong", made.device_id)
    right = await codes.check_code("public", made.pre_auth_session_id, made.user_input_code, made.device_id)
    link = await codes.check_code("public", made.pre_auth_session_id, link_code=made.link_code)
    used = await codes.consume_code("public", made.pre_auth_session_id, made.user_input_code, made.device_id)
    gone = await codes.check_code("public", made.pre_auth_session_id, made.user_input_code, made.device_id)

    assert isinstance(wrong, CheckCodeIncorrectUserInputCodeError)
    assert (wrong.failed_code_input_attempt_count, wrong.maximum_code_input_attempts) == (1, 5)
    assert isinstance(right, CheckCodeOkResult)
    assert right.consumed_device.failed_code_input_attempt_count == 1
    assert isinstance(link, CheckCodeOkResult)
    assert isinstance(used, ConsumeCodeOkResult)
    assert isinstance(gone, CheckCodeRestartFlowError)


async def test_another_code(application: Application) -> None:
    """A sign-in may have several codes, but each once; an unknown one has none."""
    made = await codes.create_code("public", ADDRESS, user_input_code="111111")

    other = await codes.create_new_code_for_device("public", made.device_id, "222222")
    same = await codes.create_new_code_for_device("public", made.device_id, "222222")
    await codes.revoke_all_codes("public", email=ADDRESS)
    gone = await codes.create_new_code_for_device("public", made.device_id)

    assert isinstance(other, CreateNewCodeForDeviceOkResult)
    assert "222222" not in repr(other)
    assert isinstance(same, CreateNewCodeForDeviceUserInputCodeAlreadyUsedError)
    assert isinstance(gone, CreateNewCodeForDeviceRestartFlowError)


async def test_listing_and_revoking(application: Application) -> None:
    """What was sent can be listed, without its secrets, and made useless."""
    made = await codes.create_code("public", ADDRESS)
    await codes.create_code("public", phone_number=NUMBER)

    by_email = await codes.list_codes_by_email("public", ADDRESS)
    by_number = await codes.list_codes_by_phone_number("public", NUMBER)
    by_device = await codes.list_codes_by_device_id("public", made.device_id)
    by_sign_in = await codes.list_codes_by_pre_auth_session_id("public", made.pre_auth_session_id)
    await codes.revoke_code("public", made.code_id)
    left = await codes.list_codes_by_device_id("public", made.device_id)

    assert by_email == [by_device] == [by_sign_in]
    assert [(code.code_id, code.code_life_time) for code in by_email[0].codes] == [(made.code_id, 600_000)]
    assert by_number[0].phone_number == NUMBER
    assert left is None


async def test_changing_contacts(application: Application) -> None:
    """Contacts can be changed and taken away, but not to what another login method has."""
    ada = (await codes.signinup("public", ADDRESS, None)).recipe_user_id
    await codes.signinup("public", "eve@example.com", None)
    await codes.signinup("public", None, NUMBER)

    results = [
        await codes.update_user(ada, email="eve@example.com"),
        await codes.update_user(ada, phone_number=NUMBER),
        await codes.update_user(ada, "ada@example.org", "+4915112345679"),
        await codes.delete_email_for_user(ada),
        await codes.update_user(RecipeUserId("unknown"), email="x@example.com"),
    ]
    number_only = await codes.signinup("public", None, "+4915112345679")

    assert [type(result) for result in results] == [
        UpdateUserEmailAlreadyExistsError,
        UpdateUserPhoneNumberAlreadyExistsError,
        UpdateUserOkResult,
        UpdateUserOkResult,
        UpdateUserUnknownUserIdError,
    ]
    assert (number_only.recipe_user_id, number_only.user.emails) == (ada, [])
    with pytest.raises(CoreError):  # the last contact: nobody could sign in any more
        await codes.delete_phone_number_for_user(ada)


async def test_sending(application: Application) -> None:
    """Applications send through the recipe's senders."""
    await codes.send_email(CreateAndSendCustomEmailParameters("public", 5_400_000, "sign-in", ADDRESS, True, "123456"))
    await codes.send_sms(
        CreateAndSendCustomTextMessageParameters("public", 1_000, "sign-in", NUMBER, True, None, "http://link")
    )

    sms, mail = application.app.inbox.messages()
    assert (mail.to, "valid for 1.5 hours" in mail.text) == (ADDRESS, True)
    assert sms.text == "Click http://link to login to Shop\nThis is valid for 1 second."
    assert "123456" not in repr(mail)


def test_blocking(application: Application) -> None:
    """The blocking functions do the same from code without a loop."""
    made = syncio.create_code("public", ADDRESS)

    wrong = syncio.consume_code("public", made.pre_auth_session_id, "wrong", made.device_id)
    right = syncio.consume_code("public", made.pre_auth_session_id, made.user_input_code, made.device_id)

    assert isinstance(wrong, ConsumeCodeIncorrectUserInputCodeError)
    assert isinstance(right, ConsumeCodeOkResult)


def test_blocking_twins() -> None:
    """Every async function has a blocking one with the same parameters."""
    functions = [name for name in codes.__all__ if inspect.iscoroutinefunction(getattr(codes, name))]

    assert len(functions) == 17
    for name in functions:
        assert inspect.signature(getattr(syncio, name)) == inspect.signature(getattr(codes, name))


async def test_overrides_are_called(start: StartApplication) -> None:
    """What an application replaces is what browsers reach: first the API, then the function below it."""
    called: list[str] = []

    def functions(original: Any) -> Any:
        create_code = original.create_code

        async def watched(*arguments: Any) -> Any:
            called.append("function")
            return await create_code(*arguments)

        original.create_code = watched
        return original

    def apis(original: Any) -> Any:
        create_code_post = original.create_code_post

        async def watched(*arguments: Any) -> Any:
            called.append("API")
            return await create_code_post(*arguments)

        original.create_code_post = watched
        original.disable_resend_code_post = True
        return original

    override = PasswordlessOverrideConfig(functions=functions, apis=apis)
    application = start(passwordless.init(ContactEmailOrPhoneConfig(), BOTH, override))
    browser = application.browser()
    device = await ask(browser, email=ADDRESS)
    switched_off = await browser.send("POST", "/auth/signinup/code/resend", device)

    assert called == ["API", "function"]
    assert switched_off.status_code == 404
