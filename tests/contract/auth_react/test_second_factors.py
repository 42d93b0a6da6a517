# SPDX-License-Identifier: Apache-2.0
"""The choice of a second factor, step-up, and the limits of guesses."""

import pytest
from playwright.sync_api import expect

from tests.contract.auth_react.conftest import Enter
from tests.contract.js.app import STEP_UP_SECONDS, Site
from tests.contract.js.react_visitor import new_address, new_number, wrong

pytestmark = [pytest.mark.slow, pytest.mark.needs_node, pytest.mark.needs_chromium]

QUARTER_OF_AN_HOUR = 15 * 60


def test_the_choice_of_a_second_factor(site: Site, enter: Enter) -> None:
    """The screen offers what would do, and after one was set up, that one."""
    email, number = new_address("otp-phone", "totp"), new_number()
    visitor = enter(site)
    visitor.sign_up(email)
    visitor.sees("Please select a factor")
    expect(visitor.page.locator("[data-supertokens~=factorChooserOption]")).to_have_count(2)
    visitor.choose("SMS based OTP")
    visitor.fill(phoneNumber_text=number)
    visitor.press("Continue")
    visitor.sees("An OTP was sent to you at")
    visitor.give_code(visitor.code_to(number))
    user_id = visitor.sees_notes("emailpassword", "otp-phone")
    visitor.sign_out()

    visitor.sign_in(email)
    visitor.sees("An OTP was sent to you at")
    visitor.give_code(visitor.code_to(number))

    assert visitor.sees_notes("emailpassword", "otp-phone") == user_id


def test_passkeys_after_passwords(site: Site, enter: Enter) -> None:
    """A passkey is set up when it is required, and asked for at the next sign-in."""
    email = new_address("webauthn")
    visitor = enter(site)
    visitor.plug_in_authenticator()
    visitor.sign_up(email)
    visitor.sees("Register a passkey")
    visitor.press("Continue")
    user_id = visitor.sees_notes("emailpassword", "webauthn")
    visitor.sign_out()

    visitor.sign_in(email)
    visitor.sees("Use a Passkey")
    visitor.press("Continue")

    assert visitor.sees_notes("emailpassword", "webauthn") == user_id


@pytest.mark.parametrize("factor", ["link-email", "link-phone"])
def test_a_second_factor_without_a_screen(site: Site, enter: Enter, factor: str) -> None:
    """Links begin sessions alone: the package has no screen for them as second factors, and says so."""
    visitor = enter(site)

    visitor.sign_up(new_address(factor))

    visitor.sees("You have no available secondary factors")


def test_factors_added_later(site: Site, enter: Enter) -> None:
    """An authenticator app and a number are added from the settings, which are there again afterwards."""
    number = new_number()
    visitor = enter(site)
    visitor.sign_up(new_address())
    visitor.sees_notes("emailpassword")

    visitor.press("Add totp")
    app = visitor.sets_authenticator_app_up()
    visitor.sees_notes("emailpassword", "totp")
    visitor.press("Add otp-phone")
    visitor.fill(phoneNumber_text=number)
    visitor.press("Continue")
    visitor.sees("An OTP was sent to you at")
    visitor.give_code(visitor.code_to(number))
    visitor.sees_notes("emailpassword", "otp-phone", "totp")

    visitor.site.clock.turn(seconds=30)
    visitor.press("Confirm with totp")
    visitor.give_totp(app.code())
    visitor.sees_notes("emailpassword", "otp-phone", "totp")


def test_an_api_that_wants_a_fresh_factor(site: Site, enter: Enter) -> None:
    """The claim error of the API leads to the factor, and its screen back to where the person was."""
    visitor = enter(site)
    visitor.sign_up(new_address("totp"))
    app = visitor.sets_authenticator_app_up()
    visitor.sees_notes("emailpassword", "totp")
    visitor.asks("Ask for payments", "200")
    visitor.site.clock.turn(seconds=STEP_UP_SECONDS + 60)

    visitor.press("Ask for payments")
    visitor.sees("Enter TOTP")
    visitor.give_totp(app.code())

    visitor.sees_notes("emailpassword", "totp")
    visitor.asks("Ask for payments", "200")


def test_a_factor_added_after_a_while(site: Site, enter: Enter) -> None:
    """Who was signed in too long ago to change factors is led to a factor, and then may."""
    number = new_number()
    visitor = enter(site)
    visitor.sign_up(new_address("totp"))
    app = visitor.sets_authenticator_app_up()
    visitor.sees_notes("emailpassword", "totp")
    visitor.site.clock.turn(seconds=QUARTER_OF_AN_HOUR + 60)

    visitor.press("Add otp-phone")
    visitor.fill(phoneNumber_text=number)
    visitor.press("Continue")
    visitor.sees("Enter TOTP")
    visitor.give_totp(app.code())

    visitor.fill(phoneNumber_text=number)
    visitor.press("Continue")
    visitor.sees("An OTP was sent to you at")
    visitor.give_code(visitor.code_to(number))
    visitor.sees_notes("emailpassword", "otp-phone", "totp")


def test_a_code_that_is_too_old(site: Site, enter: Enter) -> None:
    """The screen says so, and sends another one."""
    email = new_address()
    visitor = enter(site, "otp-email")
    visitor.open("/auth")
    visitor.fill(email=email)
    visitor.press("Continue")
    visitor.sees("sent to you at")
    old = visitor.code_to(email)
    visitor.site.clock.turn(seconds=QUARTER_OF_AN_HOUR + 60)

    visitor.give_code(old)

    visitor.sees_error("Expired OTP")
    with visitor.page.expect_response("**/signinup/code/resend"):
        visitor.press("Resend Email")
    visitor.give_code(visitor.code_to(email))
    visitor.sees_notes("otp-email")


def test_too_many_wrong_codes(site: Site, enter: Enter) -> None:
    """The challenge is over after five wrong codes, and the person begins anew."""
    email = new_address("otp-email")
    visitor = enter(site)
    visitor.sign_up(email)
    visitor.sees("An OTP was sent to you at")
    code = visitor.code_to(email)
    for _ in range(5):
        with visitor.page.expect_response("**/signinup/code/consume"):
            visitor.give_code(wrong(code))

    visitor.sees("Login unsuccessful")
    visitor.open("/")
    visitor.sees("An OTP was sent to you at")
    visitor.give_code(visitor.code_to(email))

    visitor.sees_notes("emailpassword", "otp-email")


def test_the_lock_of_an_authenticator_app(site: Site, enter: Enter) -> None:
    """Who gives too many wrong codes sees for how long to wait, and gets in after that."""
    email = new_address("totp")
    visitor = enter(site)
    visitor.sign_up(email)
    app = visitor.sets_authenticator_app_up()
    visitor.sees_notes("emailpassword", "totp")
    visitor.sign_out()
    visitor.site.clock.turn(seconds=30)
    visitor.sign_in(email)
    for _ in range(6):
        with visitor.page.expect_response("**/totp/verify"):
            visitor.give_totp(wrong(app.code()))

    visitor.sees("Account locked")
    visitor.site.clock.turn(seconds=QUARTER_OF_AN_HOUR)
    visitor.page.reload()
    visitor.give_totp(app.code())

    visitor.sees_notes("emailpassword", "totp")
