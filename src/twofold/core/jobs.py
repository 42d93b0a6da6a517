# SPDX-License-Identifier: Apache-2.0
"""Housekeeping on a schedule: each recipe's jobs, once per period over all nodes, without a leader.

A node that finds a job due claims it with one statement; the others then find it not due. The claim is a lease: when
the node dies in the middle, or the job fails, another one takes it up LEASE_SECONDS later, and a job that takes longer
may run twice at once. Correctness never depends on a job: what has expired is refused though its row is still there.
"""

import asyncio
import logging
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass

from twofold.core._recipe import Job
from twofold.core.services import Services
from twofold.core.storage.query import Query

CHECK_EVERY_SECONDS = 60
LEASE_SECONDS = 600

# A job that nobody has begun yet is due after one period, like any other: a fresh database has nothing that expired.
CLAIM = Query(
    "UPDATE job_runs SET begun_at = :leased_ms WHERE name = :name AND begun_at <= :due_before_ms RETURNING begun_at"
)
DONE = Query("UPDATE job_runs SET begun_at = :now_ms WHERE name = :name AND begun_at = :leased_ms")
KNOW = Query("INSERT INTO job_runs (name, begun_at) VALUES (:name, :now_ms) ON CONFLICT (name) DO NOTHING")

logger = logging.getLogger("twofold.core")


@dataclass(slots=True)
class JobRuns:
    """What became of a job in this process. Another node may have run it as well."""

    last_begun_ms: int = 0
    failures: int = 0


class Housekeeper:
    """Runs the jobs of one core while its event loop runs.

    Attributes:
        runs: of each job that this process has begun, by its name.
    """

    def __init__(self, services: Services) -> None:
        self._services = services
        self.runs: dict[str, JobRuns] = {}
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Begin to look for due jobs on the running loop; harmless when that is going on already."""
        if self._task is None or self._task.done():
            self._task = asyncio.get_running_loop().create_task(self._repeat(), name="twofold-housekeeping")

    async def stop(self) -> None:
        """End it, also where it runs on another thread's loop. A task whose loop is gone ended with the loop."""
        task, self._task = self._task, None
        if task is None:
            return
        if task.get_loop() is not asyncio.get_running_loop():
            with suppress(RuntimeError):  # of a loop that was closed
                task.get_loop().call_soon_threadsafe(task.cancel)
            return
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task

    async def _repeat(self) -> None:
        while True:
            await asyncio.sleep(CHECK_EVERY_SECONDS)
            try:
                await run_due(self._services, self.runs)
            except Exception:  # a database that is down now may be up in a minute
                logger.exception("housekeeping failed; it is tried again in %s seconds", CHECK_EVERY_SECONDS)


async def run_due(services: Services, runs: dict[str, JobRuns] | None = None) -> list[str]:
    """Run every job that is due and that no other node has claimed; return their names. Safe on all nodes at once.

    A job that fails is logged, counted in `runs`, and due again when its lease ends; the others are run all the same.
    """
    begun: list[str] = []
    for job in _jobs(services):
        now_ms = services.clock.now_ms()
        await services.database.execute(KNOW, name=job.name, now_ms=now_ms)
        due_before_ms = now_ms - job.interval_seconds * 1000
        # As if it had been begun so long ago that it is due again when the lease ends.
        leased_ms = due_before_ms + LEASE_SECONDS * 1000
        if await services.database.fetch_one(CLAIM, name=job.name, leased_ms=leased_ms, due_before_ms=due_before_ms):
            begun.append(job.name)
            if await _run(job, services, {} if runs is None else runs):
                await services.database.execute(DONE, name=job.name, now_ms=now_ms, leased_ms=leased_ms)
    return begun


async def _run(job: Job, services: Services, runs: dict[str, JobRuns]) -> bool:
    run = runs.setdefault(job.name, JobRuns())
    run.last_begun_ms = services.clock.now_ms()
    try:
        await job.run(services)
    except Exception:  # whatever it is, the other jobs are not to wait for its repair
        run.failures += 1
        logger.exception("the job %s failed; it is tried again in %s seconds", job.name, LEASE_SECONDS)
        return False
    return True


def _jobs(services: Services) -> Iterator[Job]:
    return (job for recipe in services.recipes for job in recipe.jobs)
