# SPDX-License-Identifier: Apache-2.0
"""The page of a sign-in link, the only one that needs JavaScript: its secret is behind the `#`."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi import Depends, FastAPI
from playwright.sync_api import Browser, BrowserContext, expect

from tests.flows.demo import Running, serve
from twofold import ui
from twofold.framework.fastapi import get_middleware
from twofold.recipe import passwordless, session
from twofold.recipe.passwordless import ContactEmailOnlyConfig
from twofold.recipe.session.framework.fastapi import verify_session

pytestmark = pytest.mark.needs_chromium


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Running]:
    """An application that signs in by link alone."""
    app = FastAPI()
    app.add_middleware(get_middleware())

    @app.get("/", dependencies=[Depends(verify_session())])
    async def home() -> str:
        return "home"

    recipes = [session.init(), passwordless.init(ContactEmailOnlyConfig(), flow_type="MAGIC_LINK"), ui.init()]
    with serve(app, recipes, f"sqlite:///{tmp_path}/twofold.db") as running:
        yield running


@pytest.fixture
def window(browser: Browser, site: Running) -> Iterator[BrowserContext]:
    """A window at that application, whose user has asked for a link."""
    with browser.new_context(base_url=site.address) as context:
        page = context.new_page()
        page.goto("/")
        page.get_by_label("Email address").fill("ann@example.com")
        page.get_by_role("button", name="Send code").click()
        expect(page.get_by_text("We sent a sign-in link to")).to_be_visible()
        yield context


def link(site: Running) -> str:
    """Return the link of the newest message."""
    found = re.search(r"https?://\S+", site.app.inbox.messages()[0].text)
    assert found is not None
    return found.group()


def test_in_the_same_browser_the_link_signs_in_at_once(site: Running, window: BrowserContext) -> None:
    """One click, in the mail."""
    page = window.new_page()

    page.goto(link(site))

    expect(page).to_have_url("/")


def test_in_another_browser_a_button_signs_in(browser: Browser, site: Running, window: BrowserContext) -> None:
    """And the secret is gone from the address bar before anything else happens."""
    with browser.new_context(base_url=site.address) as elsewhere:
        page = elsewhere.new_page()
        page.goto(link(site))

        expect(page.get_by_text("Press the button to sign in on this device.")).to_be_visible()
        assert "#" not in page.url
        page.get_by_role("button", name="Sign in").click()

        expect(page).to_have_url("/")


def test_without_javascript_the_page_says_why_it_cannot(
    browser: Browser, site: Running, window: BrowserContext
) -> None:
    """And leads back."""
    with browser.new_context(base_url=site.address, java_script_enabled=False) as elsewhere:
        page = elsewhere.new_page()
        page.goto(link(site))

        expect(page.get_by_text("so this page needs JavaScript")).to_be_visible()
        expect(page.get_by_role("button", name="Sign in")).to_be_hidden()
        expect(page.get_by_role("link", name="Back to sign-in")).to_be_visible()


def test_a_link_that_was_cut_says_so(site: Running, window: BrowserContext) -> None:
    """Some programs cut addresses at the `#`."""
    page = window.new_page()

    page.goto(link(site).partition("#")[0])

    expect(page.get_by_role("alert")).to_contain_text("This link is not complete")
