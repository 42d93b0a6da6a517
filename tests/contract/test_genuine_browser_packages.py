# SPDX-License-Identifier: Apache-2.0
"""The genuine npm packages `supertokens-web-js` and `supertokens-website`, as published, in Node and in Chromium.

The stories are in `js/stories/`, told once for both, and for the application in FastAPI, Flask and Django.
Several are told in one run, each by people of its own: the report of a failure names the story. Tokens travel in
cookies (in Node a jar keeps them) and in headers.
"""

import contextlib
import json
import re
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Literal

import pytest
from oidc_provider_mock import run_server_in_thread  # type: ignore[import-untyped]
from playwright.sync_api import Browser, sync_playwright

from tests.contract.command_line import command_line_core
from tests.contract.js.app import (
    CHEAP_PASSWORDS,
    AntiCsrf,
    Serve,
    Site,
    embedded,
    listening,
    running_site,
    running_website,
    serving,
)
from tests.contract.js.django_site import serve_django_async, serve_django_sync
from tests.contract.js.flask_site import serve_flask
from tests.flows.conftest import ARGUMENTS
from twofold._app_info import AppInfo, FrameworkName, InputAppInfo
from twofold._core_client import CoreTransport
from twofold._core_http import HttpTransport
from twofold.core.app import create_core
from twofold.core.clock import TurnableClock
from twofold.core.http import CoreASGI

ROOT = Path(__file__).parents[2]
JS = Path(__file__).parent / "js"

Mode = Literal["cookie", "header"]
Tell = Callable[..., None]


def stories_of(name: str) -> list[str]:
    """Return the names of the stories of a file, in their order."""
    text = (JS / "stories" / f"{name}.mjs").read_text()
    return re.findall(r"^export async function (\w+)\(world\)", text, re.MULTILINE)


UNHURRIED = [*stories_of("passwords"), *stories_of("factors"), *stories_of("sessions")]
EXPIRY = stories_of("expiry")
IN_A_PAGE = stories_of("tabs")
AT_A_PROVIDER = stories_of("providers")
CHAPTERS = [
    pytest.param(UNHURRIED, id="people"),
    pytest.param(EXPIRY, id="expiry"),
    pytest.param(stories_of("website_alone"), id="website-alone"),
]


def over_http(core: str) -> CoreTransport:
    """Return the transport to a core elsewhere."""
    info = InputAppInfo("Harbour Notes", "http://localhost", website_domain="http://localhost")
    return HttpTransport(core, AppInfo.from_input(info, "fastapi", None))


@pytest.fixture(scope="module")
def website() -> Iterator[str]:
    """The origin of a website with the page that Chromium opens."""
    with running_website() as origin:
        yield origin


@pytest.fixture(scope="module")
def site(website: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """The application with its core on SQLite, for a website on another port."""
    folder = tmp_path_factory.mktemp("site")
    with embedded(f"sqlite:///{folder}/twofold.db", website=website) as running:
        yield running


@pytest.fixture
def provider() -> Iterator[str]:
    """The address of an OpenID provider."""
    with run_server_in_thread() as server:
        yield f"http://localhost:{server.server_port}"


@pytest.fixture(scope="module")
def browser(chromium: str) -> Iterator[Browser]:
    """One Chromium for all stories; each run has a window of its own."""
    with sync_playwright() as playwright:
        instance = playwright.chromium.launch(executable_path=chromium, args=ARGUMENTS)
        yield instance
        instance.close()


def settings_of(site: Site, stories: list[str], mode: Mode, anti_csrf: AntiCsrf) -> dict[str, Any]:
    """Return what the JavaScript side is told."""
    origins = {"api": site.api, "website": site.website, "backstage": site.backstage}
    return {**origins, "stories": stories, "mode": mode, "antiCsrf": anti_csrf}


def tell_in_node(
    site: Site, stories: list[str], mode: Mode = "header", anti_csrf: AntiCsrf = "VIA_CUSTOM_HEADER"
) -> None:
    """Run stories in Node, in their order; fail with what was not as it should be."""
    settings = json.dumps(settings_of(site, stories, mode, anti_csrf))
    command = ["node", str(JS / "in_node.mjs"), settings]
    ended = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert ended.returncode == 0, ended.stderr
    fail_with(json.loads(ended.stdout))


@pytest.fixture
def tell_in_chromium(browser: Browser) -> Iterator[Tell]:
    """Run stories in a page of the website, in their order; fail with what was not as it should be."""

    def tell(site: Site, stories: list[str], mode: Mode = "cookie", anti_csrf: AntiCsrf = "VIA_CUSTOM_HEADER") -> None:
        page = context.new_page()
        page.goto(f"{site.website}/page")
        fail_with(page.evaluate("settings => tellStories(settings)", settings_of(site, stories, mode, anti_csrf)))

    with contextlib.closing(browser.new_context()) as context:
        yield tell


def fail_with(failures: dict[str, str]) -> None:
    """Fail with each story that did not end well."""
    assert not failures, "\n".join(f"{story}: {failure}" for story, failure in failures.items())


@pytest.mark.needs_node
@pytest.mark.parametrize("mode", ["header", "cookie"])
@pytest.mark.parametrize("stories", CHAPTERS)
def test_in_node(site: Site, stories: list[str], mode: Mode) -> None:
    """Everything happens in Node as the packages' documentation says."""
    tell_in_node(site, stories, mode)


@pytest.mark.slow
@pytest.mark.needs_node
@pytest.mark.needs_chromium
@pytest.mark.parametrize("mode", ["header", "cookie"])
@pytest.mark.parametrize("stories", [*CHAPTERS, pytest.param(IN_A_PAGE, id="in-a-page")])
def test_in_chromium_on_another_port(site: Site, tell_in_chromium: Tell, stories: list[str], mode: Mode) -> None:
    """Everything happens in a page on another port than the API, with real cookies and preflight requests."""
    tell_in_chromium(site, stories, mode)


@pytest.mark.needs_node
@pytest.mark.needs_chromium
def test_in_chromium_on_the_same_port(sqlite_url: str, tell_in_chromium: Tell) -> None:
    """Everything happens where pages and API share an origin."""
    with embedded(sqlite_url) as site:
        tell_in_chromium(site, [*UNHURRIED, *EXPIRY, *IN_A_PAGE])


@pytest.mark.slow
@pytest.mark.needs_node
@pytest.mark.needs_chromium
def test_with_an_openid_provider(sqlite_url: str, website: str, provider: str, tell_in_chromium: Tell) -> None:
    """People come from a provider, and are known when they come again."""
    with embedded(sqlite_url, website=website, provider=provider) as site:
        tell_in_chromium(site, AT_A_PROVIDER)
        tell_in_node(site, AT_A_PROVIDER)


@pytest.mark.slow
@pytest.mark.needs_node
@pytest.mark.needs_chromium
@pytest.mark.parametrize("mode", ["header", "cookie"])
@pytest.mark.parametrize(
    ("framework", "serve"),
    [
        pytest.param("flask", serve_flask, id="flask"),
        pytest.param("django", serve_django_sync, id="django-sync"),
        pytest.param("django", serve_django_async, id="django-async"),
    ],
)
def test_in_other_frameworks(
    sqlite_url: str,
    website: str,
    provider: str,
    tell_in_chromium: Tell,
    framework: FrameworkName,
    serve: Serve,
    mode: Mode,
) -> None:
    """Everything happens with the application in Flask and in Django, of either stack, as in FastAPI."""
    with embedded(sqlite_url, website=website, provider=provider, framework=framework, serve=serve) as site:
        tell_in_chromium(site, [*AT_A_PROVIDER, *UNHURRIED, *EXPIRY, *IN_A_PAGE], mode)
        tell_in_chromium(site, stories_of("website_alone"), mode)


@pytest.mark.slow
@pytest.mark.needs_node
@pytest.mark.needs_chromium
def test_tokens_against_forgery(sqlite_url: str, website: str, tell_in_chromium: Tell) -> None:
    """Sessions that ask for an anti-CSRF token are created, renewed and ended as others are."""
    with embedded(sqlite_url, website=website, anti_csrf="VIA_TOKEN") as site:
        tell_in_chromium(site, [*stories_of("sessions"), *EXPIRY], "cookie", "VIA_TOKEN")
        tell_in_node(site, [*stories_of("sessions"), *EXPIRY], "cookie", "VIA_TOKEN")


@pytest.mark.slow
@pytest.mark.needs_node
@pytest.mark.needs_chromium
def test_on_postgres(postgres_url: str, website: str, tell_in_chromium: Tell) -> None:
    """Everything happens with the core in this process, on PostgreSQL."""
    with embedded(postgres_url, website=website) as site:
        tell_in_chromium(site, [*UNHURRIED, *EXPIRY])


@pytest.mark.slow
@pytest.mark.needs_node
@pytest.mark.needs_chromium
def test_with_a_core_elsewhere(sqlite_url: str, website: str, tell_in_chromium: Tell) -> None:
    """Everything but what needs a turned clock happens with `twofold serve`."""
    with (
        command_line_core(sqlite_url) as core,
        running_site(over_http(core), TurnableClock(), website) as site,
    ):
        tell_in_chromium(site, UNHURRIED)


@pytest.mark.slow
@pytest.mark.needs_node
def test_expiry_with_a_core_elsewhere(sqlite_url: str) -> None:
    """Access tokens are renewed by a core behind HTTP, too."""
    clock = TurnableClock()
    with (
        listening() as (listener, core),
        serving(CoreASGI(create_core(sqlite_url, CHEAP_PASSWORDS, clock=clock)), listener),
        running_site(over_http(core), clock) as site,
    ):
        tell_in_node(site, EXPIRY, "cookie")
