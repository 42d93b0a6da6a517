# SPDX-License-Identifier: Apache-2.0
"""Housekeeping on a schedule: each recipe's jobs, once per period over all nodes, without a leader.

A node that finds a job due claims it with one statement; the others then find it not due. Correctness never depends on
a job: what has expired is refused whether or not its row is still there.
"""

import asyncio
import logging
from collections.abc import Iterator
from contextlib import suppress

from twofold.core._recipe import Job
from twofold.core.services import Services
from twofold.core.storage.query import Query

CHECK_EVERY_SECONDS = 60

# A job that nobody has begun yet is due after one period, like any other: a fresh database has nothing that expired.
CLAIM = Query(
    "UPDATE job_runs SET begun_at = :now_ms WHERE name = :name AND begun_at <= :due_before_ms RETURNING begun_at"
)
KNOW = Query("INSERT INTO job_runs (name, begun_at) VALUES (:name, :now_ms) ON CONFLICT (name) DO NOTHING")

logger = logging.getLogger("twofold.core")


class Housekeeper:
    """Runs the jobs of one core while its event loop runs."""

    def __init__(self, services: Services) -> None:
        self._services = services
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Begin to look for due jobs on the running loop; harmless when that is going on already."""
        if self._task is None or self._task.done():
            self._task = asyncio.get_running_loop().create_task(self._repeat(), name="twofold-housekeeping")

    async def stop(self) -> None:
        """End it. A task whose loop is gone ended with the loop."""
        task, self._task = self._task, None
        if task is None or task.get_loop() is not asyncio.get_running_loop():
            return
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task

    async def _repeat(self) -> None:
        while True:
            await asyncio.sleep(CHECK_EVERY_SECONDS)
            try:
                await run_due(self._services)
            except Exception:  # a database that is down now may be up in a minute
                logger.exception("housekeeping failed; it is tried again in %s seconds", CHECK_EVERY_SECONDS)


async def run_due(services: Services) -> list[str]:
    """Run every job that is due and that no other node has claimed; return their names. Safe on all nodes at once."""
    begun: list[str] = []
    for job in _jobs(services):
        now_ms = services.clock.now_ms()
        await services.database.execute(KNOW, name=job.name, now_ms=now_ms)
        due_before_ms = now_ms - job.interval_seconds * 1000
        if await services.database.fetch_one(CLAIM, name=job.name, now_ms=now_ms, due_before_ms=due_before_ms):
            await job.run(services)
            begun.append(job.name)
    return begun


def _jobs(services: Services) -> Iterator[Job]:
    return (job for recipe in services.recipes for job in recipe.jobs)
