# SPDX-License-Identifier: Apache-2.0
"""`twofold migrate`: what is applied, and what would be."""

from pathlib import Path

from tests.cli.conftest import Twofold, on_an_empty_database


@on_an_empty_database
def test_tells_what_it_did_and_then_that_nothing_is_left(twofold: Twofold) -> None:
    """`--check` changes nothing and exits with 1 while something waits; afterwards there is nothing to do."""
    waiting, applied, again, checked = (
        twofold("migrate", "--check"), twofold("migrate"), twofold("migrate"), twofold("migrate", "--check")
    )  # fmt: skip

    assert (waiting.status, applied.status, again.status, checked.status) == (1, 0, 0, 0)
    assert "users/0001" in waiting.out
    assert "applied users/0001" in applied.out
    assert again.out.strip() == checked.out.strip() == "up to date"


def test_a_database_that_cannot_be_reached_is_told_in_one_sentence(twofold: Twofold, tmp_path: Path) -> None:
    """No traceback for a wrong address: what is wrong and what to do."""
    outcome = twofold("migrate", "--db", f"sqlite:////{tmp_path}/no/such/folder/twofold.db")

    assert str(outcome.status).startswith("twofold: cannot open the SQLite file ")
    assert "Check that --db (TWOFOLD_DB) names it" in str(outcome.status)
