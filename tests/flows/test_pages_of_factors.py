# SPDX-License-Identifier: Apache-2.0
"""Every factor in a real browser: set up, used, lost; the settings; with a keyboard, on a phone, for everybody."""

from typing import Literal

import pytest
from playwright.sync_api import Page, expect

from tests.flows.conftest import ADMIN, ANN, PASSWORD, Window, give_code, sign_in, sign_up
from tests.flows.demo import Running
from tests.flows.test_accessibility import findings
from tests.flows.test_for_everybody import SMALLEST, UNLABELLED
from tests.flows.tour import (
    HALF_AN_HOUR,
    SETTINGS,
    BrowserAuthenticator,
    create_recovery_codes,
    give_app_code,
    set_authenticator_up,
    tour,
)

pytestmark = [pytest.mark.needs_chromium, pytest.mark.slow]


def sign_out(page: Page) -> None:
    """Sign out, from wherever."""
    page.goto("/auth/sign-out")
    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_text("You are signed out.")).to_be_visible()


@pytest.mark.parametrize("javascript", [True, False])
def test_an_app_and_recovery_codes(demo: Running, window: Window, javascript: bool) -> None:
    """Set up from the settings, asked for at the next sign-in, replaced by a recovery code; without JavaScript, too."""
    page = window(java_script_enabled=javascript).new_page()
    sign_up(page, ANN)
    page.get_by_role("link", name="Settings").click()
    page.get_by_role("link", name="Authenticator apps").click()
    page.get_by_role("link", name="Add an authenticator app").click()
    app = set_authenticator_up(page, demo)
    codes = create_recovery_codes(page)
    assert len(codes) == 10
    page.get_by_role("link", name="I have kept them").click()
    expect(page.get_by_role("heading", name="My phone")).to_be_visible()
    sign_out(page)

    page.goto("/auth/sign-in")
    sign_in(page, ANN)
    demo.clock.turn(seconds=30)
    give_app_code(page, app.code())
    expect(page).to_have_url("/")
    sign_out(page)
    sign_in(page, ANN)
    page.get_by_role("link", name="Use a recovery code instead").click()
    page.get_by_label("Recovery code").fill(codes[3])
    page.get_by_role("button", name="Continue").click()
    expect(page).to_have_url("/")
    page.goto(f"{SETTINGS}/authenticators")
    page.get_by_text("Remove", exact=True).click()
    page.get_by_role("button", name="Remove My phone").click()

    expect(page.get_by_text("None yet")).to_be_visible()


def test_the_codes_can_be_downloaded(demo: Running, ann: Page) -> None:
    """As a text file with all of them, from the page itself: nothing is asked of the server."""
    ann.goto("/auth/authenticator/set-up")
    set_authenticator_up(ann, demo)
    codes = create_recovery_codes(ann)
    expect(ann.get_by_role("button", name="Print")).to_be_visible()

    with ann.expect_download() as download:
        ann.get_by_role("link", name="Download").click()

    assert download.value.suggested_filename == "recovery-codes.txt"
    assert set(codes) <= set(download.value.path().read_text().split())


def test_an_account_with_a_passkey_alone(page: Page) -> None:
    """Signed up and signed in without a password; the browser is asked at once, without another click."""
    passkeys = BrowserAuthenticator(page)
    passkeys.touch()
    page.goto("/auth/sign-up")
    page.get_by_role("link", name="Use a passkey instead").click()
    page.get_by_label("Email address").fill(ANN)
    page.get_by_role("button", name="Continue").click()
    expect(page).to_have_url("/")
    assert passkeys.count() == 1
    sign_out(page)

    page.get_by_role("link", name="Sign in with a passkey").click()

    expect(page).to_have_url("/")
    expect(page.get_by_text(ANN)).to_be_visible()


def test_a_passkey_that_is_not_given_can_be_given_again(page: Page) -> None:
    """Cancelled, or none there: the page says so, and its button asks again."""
    passkeys = BrowserAuthenticator(page)
    passkeys.touch()
    page.goto("/auth/sign-in/passkey")

    expect(page.get_by_text("No passkey was given. You can try again.")).to_be_visible()
    page.get_by_role("button", name="Use passkey").click()
    expect(page.get_by_text("No passkey was given. You can try again.")).to_be_visible()
    page.get_by_role("link", name="Go on in another way").click()

    expect(page).to_have_url("/auth/sign-in")


def test_a_passkey_as_second_factor(ann: Page) -> None:
    """Added in the settings, asked for after the password from then on, removed again."""
    passkeys = BrowserAuthenticator(ann)
    passkeys.touch()
    ann.goto(f"{SETTINGS}/passkeys")
    ann.get_by_role("link", name="Add a passkey").click()
    expect(ann.get_by_role("heading", name="Recovery codes")).to_be_visible()
    ann.get_by_role("link", name="Not now").click()
    expect(ann.get_by_role("heading", name="Passkey 1")).to_be_visible()
    passkeys.touch(present=False)
    sign_out(ann)
    sign_in(ann, ANN)
    expect(ann).to_have_url("/auth/passkey")
    ann.goto("/")
    expect(ann.get_by_role("heading", name="Use your passkey")).to_be_visible()
    passkeys.touch()

    ann.get_by_role("button", name="Use passkey").click()
    expect(ann).to_have_url("/")
    ann.goto(f"{SETTINGS}/passkeys")
    ann.get_by_text("Remove", exact=True).click()
    ann.get_by_role("button", name="Remove Passkey 1").click()
    expect(ann.get_by_text("None yet")).to_be_visible()


def test_without_javascript_the_page_of_a_passkey_says_so(window: Window) -> None:
    """And leads to the other ways."""
    page = window(java_script_enabled=False).new_page()
    page.goto("/auth/sign-in/passkey")

    expect(page.get_by_text("Passkeys need JavaScript.")).to_be_visible()
    expect(page.get_by_role("button", name="Use passkey")).to_be_hidden()
    page.get_by_role("link", name="Go on in another way").click()
    expect(page).to_have_url("/auth/sign-in")


def test_a_trusted_device_is_not_asked_again(demo: Running, ann: Page, window: Window) -> None:
    """Here; elsewhere the code is asked for. Signing out does not end the trust; removing it ends the session, too."""
    ann.goto("/auth/authenticator/set-up")
    app = set_authenticator_up(ann, demo)
    sign_out(ann)
    sign_in(ann, ANN)
    demo.clock.turn(seconds=30)
    ann.get_by_role("checkbox", name="Do not ask again on this device for 30 days").check()
    give_app_code(ann, app.code())
    expect(ann).to_have_url("/")
    sign_out(ann)

    sign_in(ann, ANN)

    expect(ann).to_have_url("/")
    elsewhere = window().new_page()
    elsewhere.goto("/auth/sign-in")
    sign_in(elsewhere, ANN)
    expect(elsewhere).to_have_url("/auth/authenticator")
    ann.goto(f"{SETTINGS}/trusted-devices")
    ann.get_by_role("button", name="Remove").click()
    expect(ann.get_by_role("heading", name="Sign in", exact=True)).to_be_visible()
    sign_in(ann, ANN)
    expect(ann.get_by_role("heading", name="Enter the code of your app")).to_be_visible()


def test_what_changes_factors_asks_for_a_fresh_one_and_goes_on(demo: Running, ann: Page) -> None:
    """Half an hour after the last code, the settings ask for another, and the page that was wanted opens."""
    ann.goto("/auth/authenticator/set-up")
    app = set_authenticator_up(ann, demo)
    demo.clock.turn(seconds=HALF_AN_HOUR)
    ann.goto(f"{SETTINGS}/recovery-codes")
    expect(ann).to_have_url(f"/auth/authenticator?factors=totp&to={SETTINGS}/recovery-codes")

    give_app_code(ann, app.code())

    expect(ann).to_have_url(f"{SETTINGS}/recovery-codes")
    assert len(create_recovery_codes(ann)) == 10


def test_the_password_is_changed_and_other_sessions_are_over(ann: Page, window: Window) -> None:
    """Seen in another window that was signed in."""
    elsewhere = window().new_page()
    elsewhere.goto("/auth/sign-in")
    sign_in(elsewhere, ANN)
    expect(elsewhere).to_have_url("/")
    ann.goto(f"{SETTINGS}/sessions")
    expect(ann.get_by_role("button", name="End the session: Chrome on Linux")).to_have_count(1)

    ann.goto(f"{SETTINGS}/password")
    ann.get_by_label("Current password", exact=True).fill(PASSWORD)
    ann.get_by_label("New password", exact=True).fill("another horse battery")
    ann.get_by_role("button", name="Save").click()

    expect(ann.get_by_role("status")).to_contain_text("Your password is changed.")
    elsewhere.goto(SETTINGS)
    expect(elsewhere.get_by_role("heading", name="Sign in")).to_be_visible()


def test_after_the_code_the_page_opens_that_was_asked_for_last(demo: Running, half_admin: Page) -> None:
    """The code was sent before; the way leads to what was opened since."""
    half_admin.goto("/admin")
    expect(half_admin).to_have_url("/auth/code")

    give_code(half_admin, demo.newest_code())

    expect(half_admin).to_have_url("/admin")
    assert len(demo.app.inbox.messages()) == 1


def test_an_administrator_may_use_an_app_instead_of_mail(demo: Running, half_admin: Page) -> None:
    """Set up once, with the code by mail; asked for instead of it from then on."""
    give_code(half_admin, demo.newest_code())
    half_admin.goto("/auth/authenticator/set-up?to=/admin")
    app = set_authenticator_up(half_admin, demo)
    half_admin.get_by_role("link", name="Not now").click()
    expect(half_admin).to_have_url("/admin")
    sign_out(half_admin)
    sign_in(half_admin, ADMIN)
    demo.clock.turn(seconds=30)

    give_app_code(half_admin, app.code())

    expect(half_admin).to_have_url("/")
    assert len(demo.app.inbox.messages()) == 1


def test_by_keyboard_alone(demo: Running, ann: Page) -> None:
    """Set an app up: every field is reached by Tab, opened and sent by Enter, and codes have the focus already."""
    ann.goto("/auth/authenticator/set-up")
    ann.get_by_label("Name of the app or device").focus()
    ann.keyboard.press("Enter")
    expect(ann.locator("#code")).to_be_focused()
    ann.keyboard.press("Shift+Tab")
    ann.keyboard.press("Enter")
    secret = ann.locator(".secret code").inner_text().replace(" ", "")
    expect(ann.locator(".secret code")).to_be_visible()
    assert len(secret) >= 32

    ann.locator("#code").focus()
    ann.keyboard.type("000000")
    ann.keyboard.press("Enter")

    expect(ann.get_by_role("alert")).to_contain_text("4 tries left")
    expect(ann.locator("#code")).to_be_focused()


@pytest.mark.needs_node
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing(demo: Running, window: Window, scheme: Literal["light", "dark"]) -> None:
    """WCAG 2.2 AA, as far as a machine can judge it, at every stop of the tour."""
    found = [
        f"{stop}: {finding}"
        for stop, page in tour(demo, window(bypass_csp=True, color_scheme=scheme))
        for finding in findings(page)
    ]

    assert found == []


def test_every_page_fits_the_smallest_phone_and_names_its_controls(demo: Running, window: Window) -> None:
    """320 CSS pixels, which is also 1280 at 400 percent (WCAG 1.4.10); a screen reader can say each control (4.1.2)."""
    wrong: list[str] = []
    for stop, page in tour(demo, window(viewport=SMALLEST)):
        width = page.evaluate("document.documentElement.scrollWidth")
        wrong += [f"{stop} is {width} wide"] if width > SMALLEST["width"] else []
        wrong += [f"{stop}: {element}" for element in page.evaluate(UNLABELLED)]
        wrong += [f"{stop} has not one heading"] if page.get_by_role("heading", level=1).count() != 1 else []

    assert wrong == []
