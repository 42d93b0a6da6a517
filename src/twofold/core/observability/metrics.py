# SPDX-License-Identifier: Apache-2.0
"""Figures for Prometheus. Needs the extra `metrics`.

With several workers each writes its own into files of one directory, and whichever is asked adds them up.
"""

import asyncio
import contextlib
import os
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Protocol

import prometheus_client as prometheus
from prometheus_client import multiprocess

from twofold.core.observability.requests import CurrentRequest

if TYPE_CHECKING:
    from twofold.core.app import Core

REFRESH_SECONDS: Final = 1.0
BUCKETS: Final = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)

_UNKNOWN_ROUTE: Final = "none"
_PROCESS_METRICS: Final = ("process_resident_memory_bytes", "process_cpu_seconds_total", "process_open_fds")


class _Children(Protocol):
    """A metric of `prometheus_client`, by its labels."""

    def labels(self, *values: str) -> Any:
        """Return the one with these values."""
        ...


class Metrics:
    """The figures of one process."""

    def __init__(self, core: "Core", directory: str | None = None) -> None:
        """Begin to count. directory: where the library shares the figures of several workers, if it does."""
        self._core = core
        self._directory = directory
        self._registry = registry = prometheus.CollectorRegistry()
        self._process = prometheus.ProcessCollector(registry=None if directory else registry)
        self._requests: _Children = prometheus.Counter(
            "twofold_http_requests", "Requests answered.", ("method", "route", "status"), registry=registry
        )
        self._durations: _Children = prometheus.Histogram(
            "twofold_http_request_duration_seconds",
            "Time from a whole request to its answer.",
            ("method", "route"),
            buckets=BUCKETS,
            registry=registry,
        )
        self._in_flight = self._gauge("twofold_http_requests_in_flight", "Requests being answered.")
        self._connections = self._gauge("twofold_database_connections", "Connections of the database in use.")
        self._limit = self._gauge("twofold_database_connections_limit", "How many connections there may be.")
        self._waiting = self._gauge(
            "twofold_database_waiting", "Who waits for a connection or a thread of the database."
        )
        self._hashes = self._gauge("twofold_password_hashes_unfinished", "Password hashes being made or waiting.")
        self._job_runs: _Children = prometheus.Gauge(
            "twofold_job_last_begun_timestamp_seconds",
            "When a job was last begun by this node.",
            ("job",),
            multiprocess_mode="max",
            registry=registry,
        )
        self._job_failures: _Children = prometheus.Counter(
            "twofold_job_failures", "Runs of a job that failed on this node.", ("job",), registry=registry
        )
        self._failures_told: dict[str, int] = {}
        # For several workers: the library's own collector sees only the process that is asked.
        self._per_process: dict[str, Any] = {
            name: prometheus.Gauge(name, "Of each worker.", multiprocess_mode="liveall", registry=registry)
            for name in (_PROCESS_METRICS if directory else ())
        }
        self._known: dict[tuple[str, str | None, int], tuple[Any, Any]] = {}
        self._begun = 0
        self._task: asyncio.Task[None] | None = None

    def begin(self) -> None:
        """Count a request as being answered."""
        self._begun += 1

    def end(self, request: CurrentRequest, seconds: float) -> None:
        """Count a request that was answered, by the template of its path."""
        self._begun -= 1
        key = (request.method, request.route, request.status or 0)
        found = self._known.get(key)
        if found is None:
            method, route = request.known_method, request.route or _UNKNOWN_ROUTE
            found = (self._requests.labels(method, route, str(key[2])), self._durations.labels(method, route))
            if method == request.method:  # what callers make up must not fill the memory
                self._known[key] = found
        found[0].inc()
        found[1].observe(seconds)

    def page(self) -> tuple[str, bytes]:
        """Content type and text of what Prometheus fetches."""
        self.refresh()
        registry = self._registry
        if self._directory is not None:
            registry = prometheus.CollectorRegistry()
            forget_dead_workers(Path(self._directory))
            multiprocess.MultiProcessCollector(registry)  # type: ignore[no-untyped-call]  # published without types
        return prometheus.CONTENT_TYPE_LATEST, prometheus.generate_latest(registry)

    def start(self) -> None:
        """Keep the figures of this worker fresh for whichever worker is asked, on the running loop."""
        if self._directory is not None:
            self._task = asyncio.get_running_loop().create_task(self._repeat(), name="twofold-metrics")

    async def stop(self) -> None:
        """End that."""
        if self._task is not None:
            self._task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._task
            self._task = None

    def refresh(self) -> None:
        """Read what is kept elsewhere: requests, database, hashing, jobs."""
        self._in_flight.set(self._begun)
        usage = self._core.services.database.usage()
        self._connections.set(usage.connections)
        self._limit.set(usage.limit)
        self._waiting.set(usage.waiting)
        self._hashes.set(self._core.services.passwords.unfinished)
        for name, run in self._core.housekeeper.runs.items():
            self._job_runs.labels(name).set(run.last_begun_ms / 1000)
            self._job_failures.labels(name).inc(run.failures - self._failures_told.get(name, 0))
            self._failures_told[name] = run.failures
        if self._per_process:
            for metric in self._process.collect():
                for sample in metric.samples:
                    if sample.name in self._per_process:
                        self._per_process[sample.name].set(sample.value)

    async def _repeat(self) -> None:
        while True:
            self.refresh()
            await asyncio.sleep(REFRESH_SECONDS)

    def _gauge(self, name: str, text: str) -> Any:
        return prometheus.Gauge(name, text, multiprocess_mode="livesum", registry=self._registry)


def forget_dead_workers(directory: Path) -> None:
    """What is true only of a living process (its requests in flight) goes with it; what it has counted stays."""
    for pid in {file.stem.rpartition("_")[2] for file in directory.glob("gauge_live*_*.db")}:
        try:
            os.kill(int(pid), 0)
        except ProcessLookupError:
            multiprocess.mark_process_dead(int(pid))  # type: ignore[no-untyped-call]  # published without types
