# SPDX-License-Identifier: Apache-2.0
"""Two kinds of thread, each with a connection of its own: one writes, with group commit; one reads.

A thread takes everything that waits, does it as one batch, and tells each event loop once. A write is told only after
the commit of its batch reached the disk; a failing job undoes only itself.
"""

import asyncio
import contextlib
import sqlite3
import threading
import weakref
from collections.abc import Callable, Mapping
from queue import Empty, SimpleQueue
from typing import Any, Final, TypeAlias

from twofold.core.storage.database import Body, DatabaseUnavailable, StorageError, inside_transaction
from twofold.core.storage.query import Query, Value
from twofold.core.storage.sqlite_connection import DRIVER_ERRORS, Operation, run_body, translated, try_busy

# One commit serves at most so many jobs, so that the first of them does not wait for an endless queue.
_BATCH: Final = 500
# Each attempt already waits for SQLite's busy timeout.
_LOCK_ATTEMPTS: Final = 6

_SAVEPOINT: Final = "SAVEPOINT job"
_RELEASE: Final = "RELEASE job"
_ROLLBACK: Final = "ROLLBACK TO job"


class Job:
    """What one caller waits for: `future` lives in `loop`, which is the loop of the caller."""

    __slots__ = ("error", "future", "loop", "result")

    def __init__(self) -> None:
        self.loop = asyncio.get_running_loop()
        self.future: asyncio.Future[Any] = self.loop.create_future()
        self.result: Any = None
        self.error: BaseException | None = None

    def run(self, connection: sqlite3.Connection) -> None:
        """Do the work and keep its result or its error. Leaves nothing behind when it fails."""
        self.result = self.error = None
        try:
            self.result = self.work(connection)
        except DRIVER_ERRORS as error:
            self.error = translated(error)
        except BaseException as error:  # noqa: BLE001 - whatever it is, it is the caller's, and the thread lives on
            self.error = error

    def work(self, connection: sqlite3.Connection) -> Any:
        """Do the work and return its result."""
        raise NotImplementedError

    def resolve(self) -> None:
        """Tell the caller. Runs in its loop."""
        if self.future.done():
            return
        if self.error is None:
            self.future.set_result(self.result)
        else:
            self.future.set_exception(self.error)


class StatementJob(Job):
    """One statement. SQLite itself undoes a statement that fails."""

    __slots__ = ("_operation", "_query", "_values")

    def __init__(self, operation: Operation, query: Query, values: Mapping[str, Value]) -> None:
        super().__init__()
        self._operation = operation
        self._query = query
        self._values = values

    def work(self, connection: sqlite3.Connection) -> Any:
        """Run the statement."""
        return self._operation(connection, self._query, self._values)


class TransactionJob(Job):
    """A transaction's body, in a savepoint of the batch."""

    __slots__ = ("_body",)

    def __init__(self, body: Body[Any]) -> None:
        super().__init__()
        self._body = body

    def run(self, connection: sqlite3.Connection) -> None:
        """Run the body and undo all of it when it fails."""
        connection.execute(_SAVEPOINT)
        super().run(connection)
        # After a full disk or an I/O error SQLite has already rolled back the whole batch.
        if connection.in_transaction:
            if self.error is not None:
                connection.execute(_ROLLBACK)
            connection.execute(_RELEASE)

    def work(self, connection: sqlite3.Connection) -> Any:
        """Run the body."""
        return run_body(connection, self._body)


Process: TypeAlias = Callable[[sqlite3.Connection, list[Job]], None]
"""How a batch is done: leaves a result or an error in every job, or raises for all of them."""


def read_batch(connection: sqlite3.Connection, jobs: list[Job]) -> None:
    """Run statements that only read, on one snapshot taken after all of them were asked for."""
    if len(jobs) == 1:
        jobs[0].run(connection)
        return
    connection.execute("BEGIN")
    for job in jobs:
        job.run(connection)
    connection.execute("COMMIT")


def write_batch(connection: sqlite3.Connection, jobs: list[Job]) -> None:
    """Run all jobs in one durable transaction. When it is lost for the sake of one job, run each in its own."""
    if not _write_together(connection, jobs):
        for job in jobs:
            _write_together(connection, [job])


def _write_together(connection: sqlite3.Connection, jobs: list[Job]) -> bool:
    """Return False when nothing was done and each job should be tried alone."""
    _begin(connection)
    for job in jobs:
        job.run(connection)
        if not connection.in_transaction:
            return len(jobs) == 1
    try:
        connection.execute("COMMIT")
    except sqlite3.Error as error:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        if len(jobs) > 1 and isinstance(error, sqlite3.IntegrityError):
            return False
        # A failed flush leaves open what is on the disk, so nothing is run again.
        for job in jobs:
            job.error = job.error or translated(error)
    return True


def _begin(connection: sqlite3.Connection) -> None:
    for _ in range(_LOCK_ATTEMPTS):
        if try_busy(connection, "BEGIN IMMEDIATE"):
            return
    raise DatabaseUnavailable("SQLite: another process keeps the file locked")


class Worker:
    """A thread that serves jobs with its own connection. It starts with the first job and ends with `close`.

    Any thread may submit. When the object is forgotten without `close`, the thread ends as well.
    """

    def __init__(self, name: str, connect: Callable[[], sqlite3.Connection], process: Process) -> None:
        self._name = name
        self._connect = connect
        self._process = process
        self._closed = False
        self._renew()

    def _renew(self) -> None:
        self._lock = threading.Lock()
        self._resting = threading.Lock()
        self._jobs: SimpleQueue[Job | None] = SimpleQueue()
        self._thread: threading.Thread | None = None

    def submit(self, job: Job) -> asyncio.Future[Any]:
        """Queue `job` and return its future."""
        with self._lock:
            if self._closed:
                raise StorageError("the database was closed")
            if self._thread is None:
                self._thread = self._start()
            self._jobs.put(job)
        return job.future

    def _start(self) -> threading.Thread:
        # The thread knows its queue but not the worker: so the worker can be collected, and then tells it to end. The
        # connection is a variable of the thread: so a forked child, which must not even close it, cannot reach it.
        arguments = (self._jobs, self._resting, self._connect, self._process)
        thread = threading.Thread(target=_serve, args=arguments, name=self._name, daemon=True)
        thread.start()
        weakref.finalize(self, self._jobs.put, None)
        return thread

    @property
    def is_open(self) -> bool:
        """Whether its thread runs."""
        return self._thread is not None

    @property
    def waiting(self) -> int:
        """How many jobs its thread has not taken yet."""
        return self._jobs.qsize()

    async def close(self) -> None:
        """Do what is queued, then close the connection and end the thread. Harmless when repeated."""
        with self._lock:
            self._closed = True
            thread = self._thread
            self._thread = None
            if thread is None:
                return
            last = _Last()
            self._jobs.put(last)
        await last.future
        # Its last act was to say so: this does not wait.
        thread.join()

    def rest(self) -> None:
        """Wait for the end of the running batch and let no other begin."""
        self._lock.acquire()
        self._resting.acquire()

    def go_on(self) -> None:
        """Undo `rest`."""
        self._resting.release()
        self._lock.release()

    def begin_anew(self) -> None:
        """Forget the thread and its connection, which were left in another process."""
        self._renew()


class _Last(Job):
    """Ends the thread. Its caller is told when the connection is closed."""

    __slots__ = ()


def _serve(
    jobs: "SimpleQueue[Job | None]",
    resting: threading.Lock,
    connect: Callable[[], sqlite3.Connection],
    process: Process,
) -> None:
    inside_transaction.set(True)
    connection: sqlite3.Connection | None = None
    ended = False
    while not ended:
        batch, ended = _take(jobs)
        last = [batch.pop()] if batch and isinstance(batch[-1], _Last) else []
        with resting:
            try:
                if batch:
                    connection = connection or connect()
                    process(connection, batch)
            except BaseException as error:  # noqa: BLE001 - nobody is above this thread: the callers are told
                _fail(batch, error)
                if connection is not None and connection.in_transaction:
                    connection.execute("ROLLBACK")
            if ended and connection is not None:
                connection.close()
        _deliver(batch)
        _deliver(last)


def _take(jobs: "SimpleQueue[Job | None]") -> tuple[list[Job], bool]:
    """Wait for a job, then take all that are there; True when the thread is to end."""
    batch: list[Job] = []
    job = jobs.get()
    with contextlib.suppress(Empty):
        while job is not None:
            if isinstance(job, _Last):
                return [*batch, job], True
            if not job.future.cancelled():
                batch.append(job)
            if len(batch) == _BATCH:
                return batch, False
            job = jobs.get_nowait()
        return batch, True
    return batch, False


def _fail(batch: list[Job], error: BaseException) -> None:
    failure = translated(error) if isinstance(error, DRIVER_ERRORS) else error
    for job in batch:
        job.error = failure


def _deliver(batch: list[Job]) -> None:
    by_loop: dict[asyncio.AbstractEventLoop, list[Job]] = {}
    for job in batch:
        by_loop.setdefault(job.loop, []).append(job)
    for loop, jobs in by_loop.items():
        # A loop that was closed has nobody who waits.
        with contextlib.suppress(RuntimeError):
            loop.call_soon_threadsafe(_resolve, jobs)


def _resolve(jobs: list[Job]) -> None:
    for job in jobs:
        job.resolve()
