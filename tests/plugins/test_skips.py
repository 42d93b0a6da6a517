# SPDX-License-Identifier: Apache-2.0
"""A test run says what it left out, and a build machine may leave out nothing."""

import pytest

from tests.plugins import skips


@pytest.fixture
def run_without_chromium(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> pytest.Pytester:
    """A project with one browser test, on a machine that has no browser."""
    pytester.makeini("[pytest]\nmarkers = needs_chromium\naddopts = -p tests.plugins.skips -p no:asyncio")
    pytester.makepyfile("import pytest\n@pytest.mark.needs_chromium\ndef test_page(): pass\n")
    monkeypatch.setenv("PATH", "")
    monkeypatch.delenv(skips.CHROMIUM_VARIABLE, raising=False)
    monkeypatch.delenv(skips.REQUIRE_ALL_VARIABLE, raising=False)
    return pytester


def test_lists_what_was_not_run(run_without_chromium: pytest.Pytester) -> None:
    """The end of the run names each test that was left out, under the reason."""
    result = run_without_chromium.runpytest_inprocess()

    result.assert_outcomes(skipped=1)
    result.stdout.fnmatch_lines(["*not run*", "1 × chromium is not installed*", "*test_page"])


def test_fails_where_everything_is_required(
    run_without_chromium: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With TWOFOLD_TESTS_REQUIRE_ALL=1 a missing tool is a failure."""
    monkeypatch.setenv(skips.REQUIRE_ALL_VARIABLE, "1")

    result = run_without_chromium.runpytest_inprocess()

    result.assert_outcomes(errors=1)
