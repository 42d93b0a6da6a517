# SPDX-License-Identifier: Apache-2.0
"""SQLite: durable, by group commit, and safe with several event loops, threads and processes on one file.

Writes and transactions go to one thread that commits all that wait together (see `sqlite_thread.py`). Statements that
only read go to a second thread and do not wait for the disk: in WAL mode a reader and a writer do not disturb each
other. A caller sees its own writes, for they are acknowledged only after their commit.
"""

import sqlite3
from collections.abc import Mapping
from functools import partial
from typing import Any

from twofold.core.storage import forking
from twofold.core.storage.database import Body, Dialect, Row, T, Usage, refuse_nesting
from twofold.core.storage.query import Query, Value
from twofold.core.storage.sqlite_connection import (
    MEMORY,
    Operation,
    check_version,
    connect,
    execute,
    fetch_all,
    fetch_one,
    fetch_value,
)
from twofold.core.storage.sqlite_thread import StatementJob, TransactionJob, Worker, read_batch, write_batch


class SqliteDatabase:
    """A `Database` in one file, or in memory: then each object is a database of its own, shared by all its users.

    Nothing is opened before the first statement.
    """

    def __init__(self, path: str) -> None:
        """Take the file at `path`, which is made when it is not there; or ``":memory:"``.

        Raises:
            StorageError: the SQLite of this Python is too old.
        """
        check_version(sqlite3.sqlite_version_info)
        self._path = path
        self._writer = Worker("twofold-sqlite-writer", partial(connect, path, read_only=False), write_batch)
        self._reader = (
            self._writer
            if path == MEMORY
            else Worker("twofold-sqlite-reader", partial(connect, path, read_only=True), read_batch)
        )
        forking.watch(self)

    @property
    def dialect(self) -> Dialect:
        """Which database it is."""
        return "sqlite"

    async def fetch_one(self, query: Query, /, **values: Value) -> Row | None:
        """Return the first row, or None."""
        row: Row | None = await self._run(fetch_one, query, values)
        return row

    async def fetch_all(self, query: Query, /, **values: Value) -> list[Row]:
        """Return every row."""
        rows: list[Row] = await self._run(fetch_all, query, values)
        return rows

    async def fetch_value(self, query: Query, /, **values: Value) -> Any:
        """Return the first column of the first row, or None."""
        return await self._run(fetch_value, query, values)

    async def execute(self, query: Query, /, **values: Value) -> int:
        """Return the number of rows changed."""
        changed: int = await self._run(execute, query, values)
        return changed

    async def transaction(self, body: Body[T], serializable: bool = False) -> T:
        """Run `body` in one transaction (see `Database.transaction`). On SQLite each is serializable."""
        refuse_nesting()
        result: T = await self._writer.submit(TransactionJob(body))
        return result

    def usage(self) -> Usage:
        """Tell how busy it is."""
        workers = self._workers()
        return Usage(sum(worker.is_open for worker in workers), len(workers), sum(worker.waiting for worker in workers))

    async def close(self) -> None:
        """Finish what is queued, close the file and end the threads."""
        refuse_nesting()
        await self._reader.close()
        await self._writer.close()

    async def _run(self, operation: Operation, query: Query, values: Mapping[str, Value]) -> Any:
        refuse_nesting()
        worker = self._writer if query.writes else self._reader
        return await worker.submit(StatementJob(operation, query, values))

    def __repr__(self) -> str:
        return f"SqliteDatabase({self._path!r})"

    def before_fork(self) -> None:
        """See `forking.Forkable`."""
        for worker in self._workers():
            worker.rest()

    def after_fork_in_parent(self) -> None:
        """See `forking.Forkable`."""
        for worker in self._workers():
            worker.go_on()

    def after_fork_in_child(self) -> None:
        """See `forking.Forkable`. A database in memory begins empty in the child."""
        for worker in self._workers():
            worker.begin_anew()

    def _workers(self) -> tuple[Worker, ...]:
        return (self._writer,) if self._reader is self._writer else (self._writer, self._reader)
