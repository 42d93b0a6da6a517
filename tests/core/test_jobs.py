# SPDX-License-Identifier: Apache-2.0
"""Housekeeping: each job once per period over all nodes, and what has expired is gone afterwards."""

import asyncio
import dataclasses
import threading

from twofold.core._endpoint import Endpoints
from twofold.core._recipe import CoreRecipe, Job
from twofold.core.app import Core, create_core
from twofold.core.clock import TurnableClock
from twofold.core.jobs import LEASE_SECONDS, Housekeeper, JobRuns, run_due
from twofold.core.services import Services
from twofold.core.storage.query import Query

COUNT_DEVICES = Query("SELECT COUNT(*) AS n FROM passwordless_devices")
A_DAY_SECONDS = 24 * 3600


async def fail(_: Services) -> None:
    """A job that is broken."""
    raise LookupError("broken")


async def work(services: Services) -> None:
    """A job that is not."""
    await services.database.fetch_value(COUNT_DEVICES)


def with_jobs(core: Core, *jobs: Job) -> Services:
    """What a core with these jobs alone would work with."""
    return dataclasses.replace(core.services, recipes=(CoreRecipe("jobs", Endpoints(), jobs=jobs),))


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


async def test_job_of_a_node_that_died_is_taken_up(core: Core, clock: TurnableClock) -> None:
    """A job that was begun and never finished is due again when its lease ends, and then not before its period."""
    is_begun = asyncio.Event()

    async def hang_at_first(_: Services) -> None:
        if not is_begun.is_set():
            is_begun.set()
            await asyncio.Event().wait()

    services = with_jobs(core, Job("hanging", A_DAY_SECONDS, hang_at_first))
    await run_due(services)
    clock.turn(seconds=A_DAY_SECONDS)
    dying = asyncio.create_task(run_due(services))
    await is_begun.wait()
    dying.cancel()
    await asyncio.gather(dying, return_exceptions=True)
    clock.turn(seconds=LEASE_SECONDS - 1)
    in_between = await run_due(services)
    clock.turn(seconds=1)
    taken_up = await run_due(services)
    clock.turn(seconds=LEASE_SECONDS)
    again = await run_due(services)

    assert in_between == []
    assert taken_up == ["hanging"]
    assert again == []


async def test_failing_job_is_tried_again(core: Core, clock: TurnableClock) -> None:
    """A job that fails holds up no other, and is tried again before its period is over."""
    services = with_jobs(core, Job("broken", A_DAY_SECONDS, fail), Job("working", A_DAY_SECONDS, work))
    await run_due(services)
    clock.turn(seconds=A_DAY_SECONDS)
    runs: dict[str, JobRuns] = {}
    begun = await run_due(services, runs)
    clock.turn(seconds=LEASE_SECONDS)
    again = await run_due(services, runs)

    assert begun == ["broken", "working"]
    assert again == ["broken"]
    assert (runs["broken"].failures, runs["working"].failures) == (2, 0)


async def test_it_ends_though_it_was_begun_on_another_loop(core: Core) -> None:
    """As where blocking functions began it. It would go on with a database that is closed."""
    elsewhere, ended = asyncio.new_event_loop(), threading.Event()
    thread = threading.Thread(target=elsewhere.run_forever)
    thread.start()
    housekeeper = Housekeeper(core.services)

    async def begin() -> None:
        housekeeper.start()
        (task,) = asyncio.all_tasks() - {asyncio.current_task()}
        task.add_done_callback(lambda _: ended.set())

    await asyncio.wrap_future(asyncio.run_coroutine_threadsafe(begin(), elsewhere))
    await housekeeper.stop()
    has_ended = await asyncio.to_thread(ended.wait, 60)
    elsewhere.call_soon_threadsafe(elsewhere.stop)
    thread.join()
    elsewhere.close()

    assert has_ended
