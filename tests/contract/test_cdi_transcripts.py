# SPDX-License-Identifier: Apache-2.0
"""What the incumbent's core was recorded to answer, replayed on both databases through both doors.

An answer may differ only where `docs/compatibility.md` says so, with the reason; a difference listed there that does
not occur fails as well, so that the page stays true.
"""

import asyncio
from pathlib import Path

import pytest

from tests.contract import doors
from tests.contract.deviations import groups_not_yet, listed_deviations
from tests.contract.replay import load, run
from tests.core.quick import quick_core
from twofold.core.clock import TurnableClock

TRANSCRIPTS = Path(__file__).parent / "transcripts" / "cdi"
EVERY_GROUP = sorted(path.stem for path in TRANSCRIPTS.glob("*.json"))
GROUPS = [group for group in EVERY_GROUP if group not in groups_not_yet()]
# The incumbent's default, which the recordings show.
CODE_LIFETIME_MS = 900_000
# PostgreSQL and HTTP are each replayed whole; together, one group stands for all, to save time.
CASES = [
    *[("core_sqlite_url", doors.in_process, group) for group in GROUPS],
    *[("core_sqlite_url", doors.over_http, group) for group in GROUPS],
    *[("core_postgres_url", doors.in_process, group) for group in GROUPS],
    ("core_postgres_url", doors.over_http, "mfa"),
]


@pytest.mark.parametrize(("database", "door", "group"), CASES)
async def test_every_answer_is_as_recorded_or_listed(
    request: pytest.FixtureRequest, database: str, door: doors.Door, group: str
) -> None:
    """Each step of the group is answered as recorded in status, headers, values and texts, except where listed."""
    clock = TurnableClock()
    core = quick_core(request.getfixturevalue(database), clock, passwordless_code_lifetime=CODE_LIFETIME_MS)

    async with door(core) as call:
        report = await asyncio.to_thread(
            run, call, load(TRANSCRIPTS, group), wait=lambda seconds: clock.turn(seconds=seconds)
        )

    listed = listed_deviations(group)
    unlisted = [str(item) for item in report.differences if not any(row.explains(item) for row in listed)]
    outdated = [row for row in listed if not any(row.explains(item) for item in report.differences)]
    assert not unlisted, "\n".join(unlisted)
    assert not outdated, f"listed, but answered as recorded: {outdated}"
    assert report.steps > 0


def test_every_group_that_is_not_replayed_is_a_recorded_one() -> None:
    """The list of what is missing names no group that does not exist."""
    assert set(groups_not_yet()) <= set(EVERY_GROUP)
