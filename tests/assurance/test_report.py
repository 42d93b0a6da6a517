# SPDX-License-Identifier: Apache-2.0
"""The report says what the tables and the tests say."""

import pytest

from scripts.assurance_report import PAGE, named_in, with_report
from twofold._assurance import PROFILES, Profile


@pytest.mark.parametrize("profile", PROFILES.values(), ids=PROFILES)
def test_each_clause_has_its_test(profile: Profile) -> None:
    """What is met, or met in part, is shown by a test; and no test names a clause that is not in the table."""
    named = named_in(profile)
    shown = {rule.clause for rule in profile.rules if rule.status.is_shown}

    assert set(named) == shown


def test_the_report_is_up_to_date() -> None:
    """Repaired by `python -m scripts.assurance_report`."""
    page = PAGE.read_text(encoding="utf-8")

    assert page == with_report(page)
