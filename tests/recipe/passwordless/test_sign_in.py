# SPDX-License-Identifier: Apache-2.0
"""Signing in and up with codes and links, from a browser's view."""

from typing import Any

import pytest

from tests.recipe.passwordless.application import Application, ask, use
from tests.recipe.passwordless.conftest import StartApplication
from twofold.exceptions import GeneralError
from twofold.ingredients.emaildelivery.types import EmailDeliveryConfig, EmailDeliveryInterface
from twofold.recipe import accountlinking, emailpassword, passwordless
from twofold.recipe.accountlinking.types import ShouldAutomaticallyLink
from twofold.recipe.emailpassword.asyncio import sign_up
from twofold.recipe.passwordless import ContactEmailOnlyConfig, ContactEmailOrPhoneConfig, ContactPhoneOnlyConfig
from twofold.recipe.passwordless.types import EmailTemplateVars

ADDRESS = "ada@example.com"
RESTART = {"status": "RESTART_FLOW_ERROR"}


@pytest.fixture
def by_code(start: StartApplication) -> Application:
    """Codes by mail."""
    return start(passwordless.init(ContactEmailOnlyConfig(), "USER_INPUT_CODE"))


@pytest.fixture
def by_both(start: StartApplication) -> Application:
    """Codes and links, by mail or to phones."""
    return start(passwordless.init(ContactEmailOrPhoneConfig(), "USER_INPUT_CODE_AND_MAGIC_LINK"))


async def test_code_signs_up_then_in(by_code: Application) -> None:
    """The first right code makes the account, the next one opens the same account; each makes a session."""
    browser = by_code.browser()

    first = await use(browser, **await ask(browser, email=f" {ADDRESS} "), userInputCode=by_code.last_code)
    me = (await browser.send("GET", "/me")).json()
    other = by_code.browser()
    second = await use(other, **await ask(other, email="ADA@example.com"), userInputCode=by_code.last_code)

    assert (first["status"], first["createdNewRecipeUser"]) == ("OK", True)
    assert first["user"]["emails"] == [ADDRESS]
    assert first["user"]["loginMethods"][0]["verified"] is True
    assert me["user"] == first["user"]["id"]
    assert (second["createdNewRecipeUser"], second["user"]["id"]) == (False, first["user"]["id"])


async def test_answer_to_asking(by_code: Application) -> None:
    """The browser learns what to wait for, and the secrets only from the mail."""
    reply = await by_code.browser().send("POST", "/auth/public/signinup/code", {"email": ADDRESS})

    assert set(reply.json()) == {"status", "deviceId", "preAuthSessionId", "flowType"}
    assert reply.json()["flowType"] == "USER_INPUT_CODE"
    assert by_code.last_code not in reply.text


async def test_mail_has_the_code_and_no_link(by_code: Application) -> None:
    """A flow with codes sends no link."""
    await ask(by_code.browser(), email=ADDRESS)
    mail = by_code.last_message

    assert (mail.channel, mail.to, mail.subject) == ("email", ADDRESS, "Login to your account")
    assert by_code.last_code in (mail.html or "")
    assert "/verify" not in mail.text + (mail.html or "")
    assert "This is valid for 10 minutes" in mail.text


async def test_code_works_once(by_code: Application) -> None:
    """A used code is worth nothing, in any browser."""
    browser = by_code.browser()
    device = await ask(browser, email=ADDRESS)
    await use(browser, **device, userInputCode=by_code.last_code)

    again = await use(by_code.browser(), **device, userInputCode=by_code.last_code)

    assert again == RESTART


async def test_wrong_codes_are_counted(by_code: Application) -> None:
    """Four wrong codes are counted; the fifth ends the sign-in, and the right code comes too late."""
    browser = by_code.browser()
    device = await ask(browser, email=ADDRESS)

    answers = [await use(browser, **device, userInputCode="wrong") for _ in range(5)]
    late = await use(browser, **device, userInputCode=by_code.last_code)

    counted = {"status": "INCORRECT_USER_INPUT_CODE_ERROR", "maximumCodeInputAttempts": 5}
    assert answers[:4] == [counted | {"failedCodeInputAttemptCount": number} for number in (1, 2, 3, 4)]
    assert answers[4] == late == RESTART
    assert "sAccessToken" not in browser.cookies


async def test_expired_code(by_code: Application) -> None:
    """After its lifetime a right code is refused and counted."""
    browser = by_code.browser()
    device = await ask(browser, email=ADDRESS)
    by_code.clock.turn(seconds=601)

    answer = await use(browser, **device, userInputCode=by_code.last_code)

    assert answer == {
        "status": "EXPIRED_USER_INPUT_CODE_ERROR",
        "failedCodeInputAttemptCount": 1,
        "maximumCodeInputAttempts": 5,
    }


async def test_expired_link(by_both: Application) -> None:
    """After its lifetime a link leads to the beginning."""
    await ask(by_both.browser(), email=ADDRESS)
    by_both.clock.turn(seconds=601)

    assert await use(by_both.browser(), **by_both.last_link) == RESTART


async def test_link_in_another_browser(by_both: Application) -> None:
    """A link signs in the browser that opens it, not the one that asked for it."""
    asking, opening = by_both.browser(), by_both.browser()
    await ask(asking, email=ADDRESS)

    answer = await use(opening, **by_both.last_link)

    assert answer["status"] == "OK"
    assert (await opening.send("GET", "/me")).status_code == 200
    assert (await asking.send("GET", "/me")).status_code == 401


async def test_code_or_link_not_both(by_both: Application) -> None:
    """Of the code and the link of one message, the second one to be used is worth nothing."""
    browser = by_both.browser()
    device = await ask(browser, email=ADDRESS)
    link = by_both.last_link

    with_code = await use(browser, **device, userInputCode=by_both.last_code)
    with_link = await use(by_both.browser(), **link)

    assert with_code["status"] == "OK"
    assert with_link == RESTART


async def test_text_message(by_both: Application) -> None:
    """A phone number in any spelling gets a text message, and is stored in one spelling."""
    browser = by_both.browser()

    device = await ask(browser, phoneNumber="+49 1511 2345678")
    message = by_both.last_message
    answer = await use(browser, **device, userInputCode=by_both.last_code)

    assert (message.channel, message.to, message.html) == ("sms", "+4915112345678", None)
    lines = message.text.split("\n")
    assert lines[0] == f"OTP to login is {by_both.last_code} for Shop"
    assert lines[1].startswith("Or click http://localhost:3000/auth/verify?preAuthSessionId=")
    assert lines[1].endswith(" to login.")
    assert lines[2:] == ["This is valid for 10 minutes."]
    assert answer["user"]["phoneNumbers"] == ["+4915112345678"]


async def test_resending(by_code: Application) -> None:
    """Another message of the same sign-in has another code; the earlier one still works."""
    browser = by_code.browser()
    device = await ask(browser, email=ADDRESS)
    first_code = by_code.last_code

    reply = await browser.send("POST", "/auth/signinup/code/resend", device)
    second_code = by_code.last_code
    answer = await use(browser, **device, userInputCode=first_code)

    assert reply.json() == {"status": "OK"}
    assert first_code != second_code
    assert answer["status"] == "OK"


async def test_resending_what_is_gone(by_code: Application) -> None:
    """A sign-in that is unknown, or mixed up with another one, begins anew; nothing is sent."""
    browser = by_code.browser()
    one, other = await ask(browser, email=ADDRESS), await ask(browser, email="eve@example.com")
    sent = len(by_code.app.inbox.messages())

    unknown = await browser.send(
        "POST", "/auth/signinup/code/resend", {**one, "deviceId": "QUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUE="}
    )
    mixed = await browser.send(
        "POST", "/auth/signinup/code/resend", {**one, "preAuthSessionId": other["preAuthSessionId"]}
    )

    assert unknown.json() == mixed.json() == RESTART
    assert len(by_code.app.inbox.messages()) == sent


async def test_mixed_up_sign_ins(by_code: Application) -> None:
    """A device that does not belong to the sign-in is no server error but a fresh beginning."""
    browser = by_code.browser()
    one = await ask(browser, email=ADDRESS)
    other = await ask(browser, email="eve@example.com")

    answer = await use(
        browser, deviceId=one["deviceId"], preAuthSessionId=other["preAuthSessionId"], userInputCode="123456"
    )

    assert answer == RESTART


async def test_custom_code_that_repeats(start: StartApplication) -> None:
    """A callback that makes the same code again is asked three times, then the person is told to try again."""
    asked: list[str] = []

    async def same_code(tenant_id: str, user_context: dict[str, Any]) -> str:
        asked.append(tenant_id)
        return "424242"

    application = start(
        passwordless.init(ContactEmailOnlyConfig(), "USER_INPUT_CODE", get_custom_user_input_code=same_code)
    )
    browser = application.browser()
    device = await ask(browser, email=ADDRESS)
    asked_at_first = len(asked)

    reply = await browser.send("POST", "/auth/signinup/code/resend", device)

    assert application.last_code == "424242"
    assert asked_at_first == 1
    assert asked[1:] == ["public"] * 3
    assert reply.json() == {
        "status": "GENERAL_ERROR",
        "message": "Failed to generate a one time code. Please try again",
    }


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ({"email": "no address"}, "Email is invalid"),
        ({"email": "ada@stfakeemail.supertokens.com"}, "Email is invalid"),
        ({"phoneNumber": "12"}, "Phone number is invalid"),
        ({"phoneNumber": "015112345678"}, "Phone number is invalid"),
    ],
)
async def test_contact_that_cannot_be_reached(by_both: Application, body: dict[str, str], message: str) -> None:
    """The person is told what is wrong, and nothing is sent."""
    reply = await by_both.browser().send("POST", "/auth/signinup/code", body)

    assert reply.json() == {"status": "GENERAL_ERROR", "message": message}
    assert by_both.app.inbox.messages() == []


@pytest.mark.parametrize("body", [{}, {"email": ADDRESS, "phoneNumber": "+4915112345678"}])
async def test_one_contact_is_needed(by_both: Application, body: dict[str, str]) -> None:
    """A request without a contact, or with two, is malformed."""
    reply = await by_both.browser().send("POST", "/auth/signinup/code", body)

    assert reply.status_code == 400
    assert reply.json() == {"message": "Please provide exactly one of email or phoneNumber"}


async def test_contact_of_the_other_kind(start: StartApplication) -> None:
    """An application that sends to phones refuses emails, and the other way round."""
    phones = start(passwordless.init(ContactPhoneOnlyConfig(), "MAGIC_LINK"))
    to_phones = await phones.browser().send("POST", "/auth/signinup/code", {"email": ADDRESS})
    mails = start(passwordless.init(ContactEmailOnlyConfig(), "MAGIC_LINK"))
    by_mail = await mails.browser().send("POST", "/auth/signinup/code", {"phoneNumber": "+4915112345678"})

    assert to_phones.status_code == by_mail.status_code == 400
    assert 'contactMethod to "PHONE"' in to_phones.json()["message"]
    assert 'contactMethod to "EMAIL"' in by_mail.json()["message"]


async def test_own_validation(start: StartApplication) -> None:
    """The application's check replaces ours and gets the tenant."""

    async def only_staff(value: str, tenant_id: str) -> str | None:
        return None if value.endswith("@staff.example") else f"Not for {tenant_id}"

    application = start(passwordless.init(ContactEmailOnlyConfig(only_staff), "USER_INPUT_CODE"))
    reply = await application.browser().send("POST", "/auth/signinup/code", {"email": ADDRESS})

    assert reply.json() == {"status": "GENERAL_ERROR", "message": "Not for public"}


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ({"linkCode": "x"}, "Please provide preAuthSessionId"),
        (
            {"preAuthSessionId": "p"},
            "Please provide one of (linkCode) or (deviceId+userInputCode) and not both",
        ),
        (
            {"preAuthSessionId": "p", "linkCode": "l", "deviceId": "d"},
            "Please provide one of (linkCode) or (deviceId+userInputCode) and not both",
        ),
        ({"preAuthSessionId": "p", "deviceId": "d"}, "Please provide both deviceId and userInputCode"),
        ({"preAuthSessionId": "p", "userInputCode": "1"}, "Please provide both deviceId and userInputCode"),
    ],
)
async def test_malformed_use_of_a_code(by_both: Application, body: dict[str, str], message: str) -> None:
    """A malformed request is a 400 that says what to send."""
    reply = await by_both.browser().send("POST", "/auth/signinup/code/consume", body)

    assert reply.status_code == 400
    assert reply.json() == {"message": message}


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ({}, "Please provide preAuthSessionId"),
        ({"preAuthSessionId": "p"}, "Please provide deviceId"),
        ({"preAuthSessionId": "p", "deviceId": 7}, "deviceId must be a string"),
    ],
)
async def test_malformed_resending(by_both: Application, body: dict[str, Any], message: str) -> None:
    """A malformed request is a 400 that says what to send."""
    reply = await by_both.browser().send("POST", "/auth/signinup/code/resend", body)

    assert (reply.status_code, reply.json()) == (400, {"message": message})


@pytest.mark.parametrize("path", ["/passwordless/email/exists", "/signup/email/exists"])
async def test_email_exists(by_both: Application, path: str) -> None:
    """Front ends can ask, on the path of today and the older one, whether an address has a login method."""
    browser = by_both.browser()
    before = (await browser.send("GET", f"/auth{path}?email={ADDRESS}")).json()
    await use(browser, **await ask(browser, email=ADDRESS), userInputCode=by_both.last_code)

    after = (await browser.send("GET", f"/auth{path}?email={ADDRESS}")).json()
    missing = await browser.send("GET", f"/auth{path}")

    assert (before, after) == ({"status": "OK", "exists": False}, {"status": "OK", "exists": True})
    assert (missing.status_code, missing.json()) == (400, {"message": "Please provide the email as a GET param"})


@pytest.mark.parametrize("path", ["/passwordless/phonenumber/exists", "/signup/phonenumber/exists"])
async def test_phone_number_exists(by_both: Application, path: str) -> None:
    """The same for phone numbers, in any spelling."""
    browser = by_both.browser()
    device = await ask(browser, phoneNumber="+4915112345678")
    await use(browser, **device, userInputCode=by_both.last_code)

    known = (await browser.send("GET", f"/auth{path}?phoneNumber=%2B49%201511%202345678")).json()
    unknown = (await browser.send("GET", f"/auth{path}?phoneNumber=%2B4915112345679")).json()
    empty = await browser.send("GET", f"/auth{path}?phoneNumber=")

    assert (known["exists"], unknown["exists"]) == (True, False)
    assert (empty.status_code, empty.json()["message"]) == (400, "Please provide the phoneNumber as a GET param")


async def test_path_shared_with_passwords(start: StartApplication) -> None:
    """On the old shared path the recipe that the client names answers."""
    application = start(emailpassword.init(), passwordless.init(ContactEmailOnlyConfig(), "USER_INPUT_CODE"))
    await sign_up("public", ADDRESS, "correct horse")
    path = f"/auth/signup/email/exists?email={ADDRESS}"

    of_passwords = (await application.browser().send("GET", path, rid="emailpassword")).json()
    of_codes = (await application.browser().send("GET", path, rid="passwordless")).json()

    assert (of_passwords["exists"], of_codes["exists"]) == (True, False)


async def test_unsafe_sign_up(start: StartApplication) -> None:
    """Where accounts are linked by address, a stranger's unverified account with the address stops the sign-up."""

    async def link_verified(*_: Any) -> ShouldAutomaticallyLink:
        return ShouldAutomaticallyLink(should_require_verification=True)

    application = start(
        emailpassword.init(),
        passwordless.init(ContactEmailOnlyConfig(), "USER_INPUT_CODE"),
        accountlinking.init(should_do_automatic_account_linking=link_verified),
    )
    await sign_up("public", ADDRESS, "correct horse")

    reply = await application.browser().send("POST", "/auth/signinup/code", {"email": ADDRESS})

    assert reply.json() == {
        "status": "SIGN_IN_UP_NOT_ALLOWED",
        "reason": "Cannot sign in / up due to security reasons. Please try a different login method or contact "
        "support. (ERR_CODE_002)",
    }
    assert application.app.inbox.messages() == []


async def test_failed_sending_is_not_hidden(start: StartApplication) -> None:
    """A mail that could not be sent is an error: nobody must wait for it in vain."""

    class Broken(EmailDeliveryInterface[EmailTemplateVars]):
        async def send_email(self, template_vars: EmailTemplateVars, user_context: dict[str, Any]) -> None:
            raise ConnectionError("no mail server")

    application = start(
        passwordless.init(
            ContactEmailOnlyConfig(), "USER_INPUT_CODE", email_delivery=EmailDeliveryConfig(service=Broken())
        )
    )

    with pytest.raises(ConnectionError, match="no mail server"):
        await application.browser().send("POST", "/auth/signinup/code", {"email": ADDRESS})


async def test_no_inbox_on_the_internet(start: StartApplication) -> None:
    """Beyond localhost an application without a sender is told to configure one; no message vanishes."""
    application = start(
        passwordless.init(ContactEmailOnlyConfig(), "USER_INPUT_CODE"), api_domain="https://api.example.com"
    )

    with pytest.raises(GeneralError, match="email_delivery="):
        await application.browser().send("POST", "/auth/signinup/code", {"email": ADDRESS})
    assert application.app.inbox.messages() == []


async def test_override_of_the_sender(start: StartApplication) -> None:
    """An override sees every mail with its secrets, and may pass it on."""
    seen: list[EmailTemplateVars] = []

    def watch(original: EmailDeliveryInterface[EmailTemplateVars]) -> EmailDeliveryInterface[EmailTemplateVars]:
        send = original.send_email

        async def send_email(template_vars: EmailTemplateVars, user_context: dict[str, Any]) -> None:
            seen.append(template_vars)
            await send(template_vars, user_context)

        original.send_email = send_email  # type: ignore[method-assign]  # how applications override
        return original

    application = start(
        passwordless.init(
            ContactEmailOnlyConfig(),
            "USER_INPUT_CODE_AND_MAGIC_LINK",
            email_delivery=EmailDeliveryConfig(override=watch),
        )
    )
    await ask(application.browser(), email=ADDRESS)

    assert [(mail.email, mail.is_first_factor, mail.code_life_time) for mail in seen] == [(ADDRESS, True, 600_000)]
    assert seen[0].user_input_code == application.last_code
    assert str(seen[0].url_with_link_code) in application.last_message.text
