# SPDX-License-Identifier: Apache-2.0
"""Skips tests whose tool is missing, and says at the end of the run which ones and why.

A test marked ``needs_node``, ``needs_chromium``, ``needs_go`` or ``needs_supertokens_python`` runs where the tool is
there. Elsewhere it is skipped, and the run closes with a list of what did not run. With
``TWOFOLD_TESTS_REQUIRE_ALL=1`` each such test fails instead, so that a build machine cannot pass by lacking something.
"""

import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.plugins.pgbouncer import pgbouncer_path

REQUIRE_ALL_VARIABLE = "TWOFOLD_TESTS_REQUIRE_ALL"
CHROMIUM_VARIABLE = "TWOFOLD_CHROMIUM"
NODE_MODULES = Path(__file__).resolve().parents[2] / "node_modules"
GENUINE = Path(__file__).resolve().parents[2] / ".genuine"
NOT_RUN = "not run: "


def missing_node() -> str | None:
    """Say what JavaScript tests lack, or None."""
    if shutil.which("node") is None:
        return "node is not installed"
    if not NODE_MODULES.is_dir():
        return "the npm packages are not installed (npm ci)"
    return None


def missing_go() -> str | None:
    """Say what Go tests lack, or None."""
    if shutil.which("go") is None:
        return "go is not installed"
    if not (GENUINE / "go").is_file():
        return "the Go modules are not there (scripts/tools)"
    return None


def missing_supertokens_python() -> str | None:
    """Say what tests with the genuine Python SDK lack, or None."""
    installed = (GENUINE / "python" / ".installed").is_file()
    return None if installed else "supertokens-python is not installed (scripts/tools)"


def missing_chromium() -> str | None:
    """Say what browser tests lack, or None."""
    return None if chromium_path() else f"chromium is not installed, and {CHROMIUM_VARIABLE} names no other browser"


def missing_pgbouncer() -> str | None:
    """Say what tests of clusters lack, or None."""
    return None if pgbouncer_path() else "pgbouncer is not installed"


def chromium_path() -> str | None:
    """Return the browser that the tests drive: ``TWOFOLD_CHROMIUM``, or what the system has."""
    names = (os.environ.get(CHROMIUM_VARIABLE), "chromium", "chromium-browser", "google-chrome")
    return next((path for name in names if name and (path := shutil.which(name))), None)


MISSING: dict[str, Callable[[], str | None]] = {
    "needs_node": missing_node,
    "needs_chromium": missing_chromium,
    "needs_pgbouncer": missing_pgbouncer,
    "needs_go": missing_go,
    "needs_supertokens_python": missing_supertokens_python,
}


@pytest.fixture(scope="session")
def chromium() -> str:
    """Path of the browser, for ``playwright.chromium.launch(executable_path=chromium)``."""
    path = chromium_path()
    if path is None:
        pytest.fail("mark this test with needs_chromium")
    return path


def pytest_runtest_setup(item: pytest.Item) -> None:
    """Skip the test, or fail it where everything is required, when its tool is missing."""
    for marker, missing in MISSING.items():
        reason = missing() if item.get_closest_marker(marker) else None
        if reason and os.environ.get(REQUIRE_ALL_VARIABLE) == "1":
            pytest.fail(f"{NOT_RUN}{reason}", pytrace=False)
        if reason:
            pytest.skip(f"{NOT_RUN}{reason}")


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """List what did not run, grouped by reason."""
    tests_by_reason: dict[str, list[str]] = {}
    for report in terminalreporter.getreports("skipped"):
        reason = str(report.longrepr[2]) if isinstance(report.longrepr, tuple) else str(report.longrepr)
        tests_by_reason.setdefault(reason.removeprefix("Skipped: "), []).append(report.nodeid)
    if tests_by_reason:
        terminalreporter.section("not run")
    for reason, tests in sorted(tests_by_reason.items()):
        terminalreporter.write_line(f"{len(tests)} × {reason.removeprefix(NOT_RUN)}")
        for test in sorted(tests):
            terminalreporter.write_line(f"    {test}")
