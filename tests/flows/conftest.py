# SPDX-License-Identifier: Apache-2.0
"""The demo, a browser, and the people in it."""

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

from tests.flows.demo import Running, run_demo

ADMIN, ANN = "admin@example.com", "ann@example.com"
PASSWORD = "correct horse battery"
# Chromium would otherwise look for its maker's hosts, and as root it needs to run without its sandbox.
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
# How long at most a busy machine may take to show a page; nothing waits for it.
LONGEST_MS = 30_000
expect.set_options(timeout=LONGEST_MS)


@pytest.fixture
def demo(core_sqlite_url: str) -> Iterator[Running]:
    """The demo application, new for each test."""
    with run_demo(core_sqlite_url) as running:
        yield running


@pytest.fixture(scope="module")
def browser(chromium: str) -> Iterator[Browser]:
    """One Chromium for the tests of a module; each opens windows of its own.

    Not for the whole session: while it is there, Playwright's event loop runs, and no test with a loop of its own can.
    """
    with sync_playwright() as playwright:
        instance = playwright.chromium.launch(executable_path=chromium, args=ARGUMENTS)
        yield instance
        instance.close()


Window = Callable[..., BrowserContext]


@pytest.fixture
def window(browser: Browser, demo: Running) -> Iterator[Window]:
    """Open a window with cookies of its own: another person, or another device. Its complaints fail the test."""
    opened: list[BrowserContext] = []
    complaints: list[str] = []

    def open_window(**options: object) -> BrowserContext:
        context = browser.new_context(base_url=demo.address, **options)  # type: ignore[arg-type]
        context.set_default_timeout(LONGEST_MS)
        context.on("weberror", lambda error: complaints.append(str(error.error)))
        context.on("console", lambda line: complaints.append(line.text) if "Content Security" in line.text else None)
        opened.append(context)
        return context

    yield open_window
    for context in opened:
        context.close()
    assert complaints == []


@pytest.fixture
def page(window: Window) -> Page:
    """A tab of somebody who was never here."""
    return window().new_page()


@pytest.fixture
def ann(page: Page) -> Page:
    """A tab of Ann, an ordinary user, signed in."""
    sign_up(page, ANN)
    return page


@pytest.fixture
def half_admin(page: Page) -> Page:
    """A tab of the administrator, who has given the password and is asked for the code."""
    sign_up(page, ADMIN)
    return page


def sign_up(page: Page, email: str) -> None:
    """Create an account."""
    page.goto("/auth/sign-up")
    page.get_by_label("Email address").fill(email)
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Create account").click()


def sign_in(page: Page, email: str, password: str = PASSWORD) -> None:
    """Give address and password on the page that asks for them."""
    page.get_by_label("Email address").fill(email)
    page.get_by_label("Password", exact=True).fill(password)
    page.get_by_role("button", name="Sign in").click()


def give_code(page: Page, code: str) -> None:
    """Give a code on the page that asks for it."""
    page.get_by_label("One-time code").fill(code)
    page.get_by_role("button", name="Continue").click()


def wrong(code: str) -> str:
    """Return a code that is surely not this one."""
    return f"{(int(code) + 1) % 1_000_000:06}"
