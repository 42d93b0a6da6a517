# SPDX-License-Identifier: Apache-2.0
"""The pages are for everybody: without JavaScript, by keyboard alone, on a small screen, with a screen reader."""

import pytest
from playwright.sync_api import Page, expect

from tests.flows.conftest import ADMIN, ANN, PASSWORD, Window, give_code, sign_in, sign_up, wrong
from tests.flows.demo import Running

pytestmark = pytest.mark.needs_chromium

PUBLIC = [
    "/auth/sign-in",
    "/auth/sign-up",
    "/auth/forgot-password",
    "/auth/reset-password?token=x",
    "/auth/verify?preAuthSessionId=x#y",
    "/auth/sign-out",
    "/auth/denied",
    "/auth/inbox",
]
SMALLEST = {"width": 320, "height": 568}
UNLABELLED = """() => [...document.querySelectorAll("input:not([type=hidden]), button, a[href]")]
    .filter((element) => !(element.labels?.length || element.ariaLabel || element.textContent.trim()))
    .map((element) => element.outerHTML)"""


def test_without_javascript_everything_works(demo: Running, window: Window) -> None:
    """Sign up, a wrong code, the right code, sign out, a wrong password, in again."""
    page = window(java_script_enabled=False).new_page()

    sign_up(page, ADMIN)
    give_code(page, wrong(demo.newest_code()))
    expect(page.get_by_role("alert")).to_contain_text("4 tries left")
    give_code(page, demo.newest_code())
    expect(page).to_have_url("/")
    page.get_by_role("button", name="Sign out").click()
    sign_in(page, ADMIN, "not the password")
    expect(page.get_by_role("alert")).to_be_visible()
    sign_in(page, ADMIN)
    give_code(page, demo.newest_code())

    expect(page).to_have_url("/")


def test_by_keyboard_alone(demo: Running, page: Page) -> None:
    """Tab leads through the form in its order, Enter sends it, and the code's field has the focus already."""
    page.goto("/auth/sign-up")
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to content")).to_be_focused()
    expect(page.get_by_role("link", name="Skip to content")).to_be_in_viewport()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    expect(page.get_by_label("Email address")).to_be_focused()
    page.keyboard.type(ADMIN)
    page.keyboard.press("Tab")
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")

    expect(page.get_by_label("One-time code")).to_be_focused()
    page.keyboard.type(demo.newest_code())
    page.keyboard.press("Enter")

    expect(page).to_have_url("/")


def test_the_password_can_be_shown_by_keyboard(page: Page) -> None:
    """The button says what it does, and the field is hidden again when the form is sent."""
    page.goto("/auth/sign-in")
    page.get_by_label("Password", exact=True).fill("secret")
    page.keyboard.press("Tab")
    expect(page.get_by_role("button", name="Show password")).to_be_focused()

    page.keyboard.press("Enter")

    expect(page.get_by_label("Password", exact=True)).to_have_attribute("type", "text")
    expect(page.get_by_role("button", name="Hide password")).to_be_focused()


def test_errors_lead_to_their_fields(page: Page) -> None:
    """Several errors: the summary has the focus, and each of its links goes to the field that is meant."""
    page.goto("/auth/sign-up")
    page.get_by_role("button", name="Create account").click()

    expect(page.get_by_role("alert")).to_be_focused()
    page.get_by_role("alert").get_by_role("link", name="Enter a password.").click()
    expect(page.get_by_label("Password", exact=True)).to_be_focused()
    expect(page.get_by_label("Password", exact=True)).to_have_accessible_description(
        "Enter a password. At least 8 characters. A few words in a row make a good one."
    )
    assert page.title().startswith("Error: ")


@pytest.mark.parametrize("path", PUBLIC)
def test_nothing_scrolls_sideways_on_the_smallest_phone(window: Window, path: str) -> None:
    """320 CSS pixels, which is also 1280 at 400 percent (WCAG 1.4.10)."""
    page = window(viewport=SMALLEST).new_page()
    page.goto(path)

    assert page.evaluate("document.documentElement.scrollWidth") <= SMALLEST["width"]


def test_the_code_page_fits_the_smallest_phone(window: Window) -> None:
    """With its six cells, and with an error."""
    page = window(viewport=SMALLEST).new_page()
    sign_up(page, ADMIN)
    give_code(page, "123")

    assert page.evaluate("document.documentElement.scrollWidth") <= SMALLEST["width"]


@pytest.mark.parametrize("path", PUBLIC)
def test_every_control_has_a_name(page: Page, path: str) -> None:
    """A screen reader can say what each one is (WCAG 4.1.2), and the page has one heading of the first level."""
    page.goto(path)

    assert page.evaluate(UNLABELLED) == []
    expect(page.get_by_role("heading", level=1)).to_have_count(1)
    expect(page.locator("html")).to_have_attribute("lang", "en")


@pytest.mark.parametrize(
    ("path", "label", "autocomplete"),
    [
        ("/auth/sign-in", "Email address", "username"),
        ("/auth/sign-in", "Password", "current-password"),
        ("/auth/sign-up", "Password", "new-password"),
        ("/auth/reset-password?token=x", "New password", "new-password"),
    ],
)
def test_password_managers_know_the_fields(page: Page, path: str, label: str, autocomplete: str) -> None:
    """They fill in and save what belongs there (WCAG 1.3.5; ASVS 6.2.6, 6.2.7) (ASVS 6.2.6, 6.2.7)."""
    page.goto(path)

    field = page.get_by_label(label, exact=True)
    expect(field).to_have_attribute("autocomplete", autocomplete)
    expect(field).to_have_attribute("type", "password" if "password" in autocomplete else "email")


def test_phones_offer_the_code_of_the_message(half_admin: Page) -> None:
    """By `one-time-code`, with a keyboard of digits."""
    field = half_admin.get_by_label("One-time code")

    expect(field).to_have_attribute("autocomplete", "one-time-code")
    expect(field).to_have_attribute("inputmode", "numeric")


def test_a_forgotten_password_is_replaced(demo: Running, ann: Page, window: Window) -> None:
    """The link of the message sets a new one, once; the old sessions end."""
    page = window().new_page()
    page.goto("/auth/sign-in")
    page.get_by_role("link", name="Forgot your password?").click()
    page.get_by_label("Email address").fill(ANN)
    page.get_by_role("button", name="Send link").click()
    expect(page.get_by_role("status")).to_contain_text(ANN)
    text = demo.app.inbox.messages()[0].text
    link = next(word for word in text.split() if word.startswith("http"))

    page.goto(link)
    page.get_by_label("New password").fill("another horse battery")
    page.get_by_role("button", name="Set password").click()

    expect(page.get_by_text("Your password is changed.")).to_be_visible()
    sign_in(page, ANN, "another horse battery")
    expect(page).to_have_url("/")
    page.goto(link)
    page.get_by_label("New password").fill("a third horse battery")
    page.get_by_role("button", name="Set password").click()
    expect(page.get_by_role("heading", name="This link no longer works")).to_be_visible()
