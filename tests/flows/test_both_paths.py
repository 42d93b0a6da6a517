# SPDX-License-Identifier: Apache-2.0
"""The two paths of the demo: a password is enough for Ann, and not for the administrator."""

import pytest
from playwright.sync_api import Page, expect

from tests.flows.conftest import ADMIN, ANN, Window, give_code, sign_in, sign_up
from tests.flows.demo import Running

pytestmark = pytest.mark.needs_chromium


def test_an_ordinary_user_is_in_after_the_password(ann: Page) -> None:
    """Signing up is one form, and the start page opens."""
    expect(ann).to_have_url("/")
    expect(ann.get_by_text(ANN)).to_be_visible()


def test_an_ordinary_user_is_told_what_is_not_for_them(ann: Page) -> None:
    """Status 403 and a sentence, not a loop through sign-in."""
    reply = ann.goto("/admin")

    assert reply is not None
    assert reply.status == 403
    expect(ann.get_by_role("heading", name="You cannot open this page")).to_be_visible()


def test_an_administrator_is_asked_for_a_code_before_anything_opens(half_admin: Page) -> None:
    """Whatever address is tried, the code is asked for."""
    for path in ("/", "/admin", "/auth/sign-in", "/auth/sign-up", "/auth/factor"):
        half_admin.goto(path)
        expect(half_admin).to_have_url("/auth/code")


def test_the_code_from_the_inbox_opens_everything(half_admin: Page) -> None:
    """As a newcomer does it: the hint under the form, the inbox in another tab, the code, the page."""
    with half_admin.context.expect_page() as other_tab:
        half_admin.get_by_role("link", name="Open the inbox").click()
    code = other_tab.value.get_by_role("status").first.inner_text()

    give_code(half_admin, code)

    expect(half_admin).to_have_url("/")
    half_admin.get_by_role("link", name="Harbour office").click()
    expect(half_admin.get_by_role("heading", name="Harbour office")).to_be_visible()


def test_the_page_that_was_wanted_opens_after_both_factors(demo: Running, half_admin: Page, window: Window) -> None:
    """The way leads through sign-in and the code, and ends where it began."""
    give_code(half_admin, demo.newest_code())
    elsewhere = window().new_page()

    elsewhere.goto("/admin")
    expect(elsewhere.get_by_text("Please sign in to open that page.")).to_be_visible()
    sign_in(elsewhere, ADMIN)
    give_code(elsewhere, demo.newest_code())

    expect(elsewhere).to_have_url("/admin")


def test_a_wrong_password_says_so_and_keeps_the_address(ann: Page, window: Window) -> None:
    """The same sentence whether or not the address is known (attack class 34)."""
    page = window().new_page()
    page.goto("/auth/sign-in")

    for email in (ANN, "nobody@example.com"):
        sign_in(page, email, "not the password")

        expect(page.get_by_role("alert")).to_contain_text("The email address or the password is not right.")
        expect(page.get_by_label("Email address")).to_have_value(email)
        expect(page.get_by_label("Email address")).to_be_focused()


def test_signing_up_twice_says_that_there_is_an_account(ann: Page, window: Window) -> None:
    """And the way to sign in is on the page."""
    page = window().new_page()

    sign_up(page, ANN)

    expect(page.get_by_role("alert")).to_contain_text("This email already exists")
    expect(page.get_by_role("link", name="Sign in", exact=True)).to_be_visible()


@pytest.mark.parametrize("to", ["//evil.example/", "https://evil.example/", "/\\evil.example", "/%09/evil.example"])
def test_signing_in_never_leads_to_another_site(demo: Running, ann: Page, window: Window, to: str) -> None:
    """Attack class 45, as a browser reads addresses."""
    page = window().new_page()
    page.goto(f"/auth/sign-in?to={to}")

    sign_in(page, ANN)

    page.wait_for_load_state()
    assert page.url.startswith(demo.address)
