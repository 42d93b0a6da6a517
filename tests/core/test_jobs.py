# SPDX-License-Identifier: Apache-2.0
"""Housekeeping: each job once per period over all nodes, and what has expired is gone afterwards."""

import asyncio

from twofold.core.app import Core, create_core
from twofold.core.clock import TurnableClock
from twofold.core.jobs import run_due
from twofold.core.storage.query import Query

COUNT_DEVICES = Query("SELECT COUNT(*) AS n FROM passwordless_devices")
A_DAY_SECONDS = 24 * 3600


async def test_nothing_is_due_on_a_fresh_database(core: Core) -> None:
    """A first start does no work that a first day has not made."""
    begun = await run_due(core.services)

    assert begun == []


async def test_each_job_runs_once_per_period_over_all_nodes(
    core: Core, clock: TurnableClock, database_url: str
) -> None:
    """Two nodes look at the same time; every job is begun by exactly one of them, and again a period later."""
    other = create_core(database_url, clock=clock)
    names = sorted(job.name for recipe in core.services.recipes for job in recipe.jobs)
    await run_due(core.services)
    clock.turn(seconds=A_DAY_SECONDS)
    first = await asyncio.gather(run_due(core.services), run_due(other.services))
    again = await run_due(core.services)
    clock.turn(seconds=A_DAY_SECONDS)
    next_day = await run_due(other.services)
    await other.stop()

    assert sorted([*first[0], *first[1]]) == names
    assert again == []
    assert sorted(next_day) == names


async def test_expired_challenges_are_deleted(core: Core, clock: TurnableClock) -> None:
    """Codes that nobody used do not stay for ever."""
    await core.call("POST", "/recipe/signinup/code", body={"email": "somebody@example.com"})
    await run_due(core.services)
    before = await core.services.database.fetch_value(COUNT_DEVICES)
    clock.turn(seconds=A_DAY_SECONDS)
    await run_due(core.services)
    after = await core.services.database.fetch_value(COUNT_DEVICES)

    assert (before, after) == (1, 0)
