# SPDX-License-Identifier: Apache-2.0
"""WCAG 2.2 AA, as far as a machine can judge it: axe-core finds nothing on any page, light or dark."""

from typing import Literal

import pytest
from playwright.sync_api import Page

from tests.flows.conftest import ADMIN, Window, give_code, sign_up, wrong
from tests.flows.demo import Running
from tests.plugins.skips import NODE_MODULES

pytestmark = [pytest.mark.needs_chromium, pytest.mark.needs_node]

PATHS = [
    "/auth/sign-in?to=/admin&notice=needed",
    "/auth/sign-up",
    "/auth/forgot-password",
    "/auth/reset-password?token=x",
    "/auth/verify?preAuthSessionId=x#y",
    "/auth/sign-out",
    "/auth/denied",
]


def findings(page: Page) -> list[str]:
    """Let axe-core look at the page."""
    page.evaluate((NODE_MODULES / "axe-core" / "axe.min.js").read_text())
    report = page.evaluate("axe.run()")
    return [f"{page.url} {finding['id']}: {finding['help']}" for finding in report["violations"]]


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing(demo: Running, window: Window, scheme: Literal["light", "dark"]) -> None:
    """On every page, with and without errors, signed in and not."""
    page = window(bypass_csp=True, color_scheme=scheme).new_page()
    found: list[str] = []
    for path in PATHS:
        page.goto(path)
        found += findings(page)

    page.goto("/auth/sign-up")
    page.get_by_role("button", name="Create account").click()
    found += findings(page)
    sign_up(page, ADMIN)
    found += findings(page)
    give_code(page, wrong(demo.newest_code()))
    found += findings(page)
    page.goto("/auth/inbox")
    found += findings(page)
    page.goto("/auth/code")
    give_code(page, demo.newest_code())
    page.wait_for_url("/")
    found += findings(page)
    for path in ("/login-methods", "/login-methods/contact?channel=phone", "/email"):
        page.goto(f"/auth/settings{path}")
        found += findings(page)

    assert found == []
