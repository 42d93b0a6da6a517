# SPDX-License-Identifier: Apache-2.0
"""Sessions in a real browser: renewing, signing out, the back button, a thief with a copy of the cookies."""

from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.flows.conftest import ANN, Window
from twofold.recipe.session.constants import ACCESS_TOKEN_COOKIE_KEY, REFRESH_TOKEN_COOKIE_KEY

pytestmark = pytest.mark.needs_chromium


def make_access_token_old(context: BrowserContext) -> None:
    """Make the access token one that cannot be verified, as an old one cannot."""
    cookie = next(cookie for cookie in context.cookies() if cookie.get("name") == ACCESS_TOKEN_COOKIE_KEY)
    header, payload, signature = str(cookie.get("value")).split(".")
    old: Any = {
        "name": ACCESS_TOKEN_COOKIE_KEY,
        "value": f"{header}.{payload}.{signature[::-1]}",
        "domain": cookie.get("domain"),
        "path": cookie.get("path"),
    }
    context.add_cookies([old])


def refresh_token(context: BrowserContext) -> str:
    """Return the refresh token of a window."""
    return next(
        str(cookie.get("value")) for cookie in context.cookies() if cookie.get("name") == REFRESH_TOKEN_COOKIE_KEY
    )


def test_an_old_access_token_is_renewed_unseen(ann: Page) -> None:
    """The page opens, with new tokens."""
    before = refresh_token(ann.context)
    make_access_token_old(ann.context)

    ann.goto("/")

    expect(ann.get_by_text(ANN)).to_be_visible()
    assert refresh_token(ann.context) != before


def test_scripts_cannot_read_the_session(ann: Page) -> None:
    """Every cookie is HttpOnly."""
    assert ann.evaluate("document.cookie") == ""
    assert all(cookie.get("httpOnly") for cookie in ann.context.cookies())


def test_signing_out_leads_to_sign_in(ann: Page) -> None:
    """And the start page asks for it again."""
    ann.get_by_role("button", name="Sign out").click()

    expect(ann.get_by_text("You are signed out.")).to_be_visible()
    ann.goto("/")
    expect(ann).to_have_url("/auth/sign-in")


def test_the_back_button_shows_nothing_after_signing_out(ann: Page) -> None:
    """Somebody else at the same screen does not see what was there."""
    ann.get_by_role("button", name="Sign out").click()
    expect(ann.get_by_text("You are signed out.")).to_be_visible()

    ann.go_back()

    expect(ann.get_by_role("heading", name="Sign in")).to_be_visible()
    expect(ann.get_by_text(ANN)).to_have_count(0)


def test_a_copy_of_the_cookies_dies_with_the_session(ann: Page, window: Window) -> None:
    """Signing out ends the session, not only the cookies in one browser."""
    thief = window()
    thief.add_cookies(ann.context.cookies())  # type: ignore[arg-type]
    ann.get_by_role("button", name="Sign out").click()
    expect(ann.get_by_text("You are signed out.")).to_be_visible()
    make_access_token_old(thief)

    tab = thief.new_page()
    tab.goto("/")

    expect(tab.get_by_role("heading", name="Sign in")).to_be_visible()


def test_a_stolen_refresh_token_ends_the_session_for_both(ann: Page, window: Window) -> None:
    """Attack class 41: the owner has gone on with newer tokens; the thief's old one gives the theft away."""
    thief = window()
    thief.add_cookies(ann.context.cookies())  # type: ignore[arg-type]
    for _ in range(2):
        make_access_token_old(ann.context)
        ann.goto("/")
    make_access_token_old(thief)

    tab = thief.new_page()
    tab.goto("/")

    expect(tab.get_by_text("an old copy of it was used")).to_be_visible()
    make_access_token_old(ann.context)
    ann.goto("/")
    expect(ann.get_by_role("heading", name="Sign in")).to_be_visible()


def test_a_form_on_another_site_cannot_sign_out(ann: Page, window: Window) -> None:
    """Cross-site request forgery with a real browser: a form in a sandboxed page, its origin is nobody's."""
    ann.route(
        "http://elsewhere.localhost/*", lambda route: route.fulfill(body=_hostile_form(ann), content_type="text/html")
    )
    ann.goto("http://elsewhere.localhost/")

    with ann.expect_navigation():
        ann.get_by_role("button").click()

    expect(ann.get_by_role("heading", name="That was refused")).to_be_visible()
    ann.goto("/")
    expect(ann.get_by_text(ANN)).to_be_visible()


def _hostile_form(page: Page) -> str:
    return f'<form method="post" action="{page.url}auth/sign-out"><button>You have won</button></form>'
