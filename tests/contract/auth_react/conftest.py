# SPDX-License-Identifier: Apache-2.0
"""The application and its pages, and people who enter it."""

from collections.abc import Callable, Iterator

import pytest
from oidc_provider_mock import run_server_in_thread  # type: ignore[import-untyped]
from playwright.sync_api import Browser, sync_playwright

from tests.contract.js.app import Site, embedded
from tests.contract.js.react_site import react_recipes, running_react_website
from tests.contract.js.react_visitor import Mode, Visitor
from tests.flows.conftest import ARGUMENTS

# Pictures of flags, and the provider's style sheet, would come from elsewhere.
NOWHERE_ELSE = "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE localhost"

Enter = Callable[..., Visitor]


@pytest.fixture(scope="package")
def website() -> Iterator[str]:
    """The origin of the application's pages."""
    with running_react_website() as origin:
        yield origin


@pytest.fixture(scope="package")
def provider() -> Iterator[str]:
    """The address of an OpenID provider."""
    with run_server_in_thread() as server:
        yield f"http://localhost:{server.server_port}"


@pytest.fixture(scope="package")
def site(website: str, provider: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """The application in FastAPI, on another port than its pages."""
    database_url = f"sqlite:///{tmp_path_factory.mktemp('site')}/twofold.db"
    with embedded(database_url, website=website, recipe_list=react_recipes(provider)) as running:
        yield running


@pytest.fixture(scope="package")
def browser(chromium: str) -> Iterator[Browser]:
    """One Chromium for everybody."""
    with sync_playwright() as playwright:
        instance = playwright.chromium.launch(executable_path=chromium, args=[*ARGUMENTS, NOWHERE_ELSE])
        yield instance
        instance.close()


@pytest.fixture
def enter(browser: Browser) -> Iterator[Enter]:
    """Let somebody enter a site: in a window of their own, whose complaints fail the test."""
    visitors: list[Visitor] = []

    def open_window(site: Site, *first_factors: str, mode: Mode = "cookie") -> Visitor:
        visitors.append(Visitor(browser, site, first_factors or ["emailpassword", "thirdparty"], mode))
        return visitors[-1]

    yield open_window
    for visitor in visitors:
        visitor.leave()
    assert [visitor.complaints for visitor in visitors if visitor.complaints] == []
