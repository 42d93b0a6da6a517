# SPDX-License-Identifier: Apache-2.0
"""PostgreSQL through asyncpg: a pool of connections for each event loop, and retries that never repeat a write.

What is tried again: a transaction that the server rolled back because it conflicted with another one; and one whose
connection was lost while it had only read. A connection lost after a write was sent is `DatabaseUnavailable`: nobody
knows whether the write is there, so only the caller may decide to repeat it.

Nobody waits for long: attempts end after some seconds, and while no connection can be made, each caller tries once.
"""

import asyncio
import contextlib
import random
import time
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Final, TypeAlias, TypeVar

from twofold.core.storage import forking
from twofold.core.storage.database import (
    Body,
    DatabaseUnavailable,
    Dialect,
    Row,
    StorageError,
    Usage,
    inside_transaction,
    refuse_nesting,
)
from twofold.core.storage.postgres_connection import (
    DRIVER_ERRORS,
    Demoted,
    Driver,
    NoRoom,
    TryAgain,
    Unreachable,
    connection_failure,
    execute,
    fetch_all,
    fetch_one,
    fetch_value,
    translated,
)
from twofold.core.storage.postgres_pool import Connector, Pool, make_pool
from twofold.core.storage.postgres_url import PostgresURL
from twofold.core.storage.query import Query, Value

T = TypeVar("T")

_ATTEMPTS: Final = 12
_FIRST_PAUSE_SECONDS: Final = 0.004
_LONGEST_PAUSE_SECONDS: Final = 0.25
_PATIENCE_SECONDS: Final = 10.0

Operation: TypeAlias = Callable[[Driver, str, tuple[Value, ...]], Awaitable[Any]]
"""How a statement is run and what is returned of it. ``Any``: columns have no static type."""


class PostgresDatabase:
    """A `Database` on a PostgreSQL server."""

    def __init__(self, url: str, jitter: Callable[[], float] = random.random) -> None:
        """Take the database at `url` (see `open_database`). Connects with the first statement.

        Args:
            url: ``postgresql://…``.
            jitter: a number from 0 to 1 each time: the part of the pause that is waited before another attempt, so
                that those who collided do not meet again.
        """
        self._url = PostgresURL.parse(url)
        self._jitter = jitter
        self._closed = False
        self._connector = Connector(self._url.statement_cache_size)
        # The last caller gave up on connecting: until a connection is made, the others need not find out as slowly.
        self._is_unreachable = False
        # A pool knows its loop: a weak key would never be collected. Pools of closed loops go when one is added.
        self._pools: dict[asyncio.AbstractEventLoop, Pool] = {}
        self._left_in_parent: list[object] = []
        forking.watch(self)

    @property
    def dialect(self) -> Dialect:
        """Which database it is."""
        return "postgres"

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
        """Run `body` in one transaction (see `Database.transaction`)."""
        refuse_nesting()
        return await self._try_until_done(lambda driver: _transact(driver, body, serializable))

    def usage(self) -> Usage:
        """Tell how busy it is."""
        usages = [pool.usage() for pool in self._pools.values()]
        return Usage(
            sum(usage.connections for usage in usages),
            sum(usage.limit for usage in usages),
            sum(usage.waiting for usage in usages),
        )

    async def close(self) -> None:
        """Wait for what runs in this loop, and close every connection."""
        refuse_nesting()
        self._closed = True
        here = self._pools.pop(asyncio.get_running_loop(), None)
        while self._pools:
            loop, pool = self._pools.popitem()
            if not loop.is_closed():
                loop.call_soon_threadsafe(pool.terminate)
        if here is not None:
            await here.close()

    async def _run(self, operation: Operation, query: Query, values: Mapping[str, Value]) -> Any:
        refuse_nesting()
        arguments = query.bind(values)
        return await self._try_until_done(lambda driver: _run_alone(driver, operation, query, arguments))

    async def _try_until_done(self, attempt: Callable[[Driver], Awaitable[T]]) -> T:
        number = 0
        gives_up_at = time.monotonic() + _PATIENCE_SECONDS
        while True:
            number += 1
            try:
                return await self._try(attempt)
            except TryAgain as again:
                reason = again
            if self._is_last(number, reason) or time.monotonic() > gives_up_at:
                self._is_unreachable = isinstance(reason, Unreachable)
                raise DatabaseUnavailable(f"gave up after {number} attempts: {reason}")
            longest = min(_FIRST_PAUSE_SECONDS * 2**number, _LONGEST_PAUSE_SECONDS)
            await asyncio.sleep(longest * self._jitter())

    def _is_last(self, number: int, reason: TryAgain) -> bool:
        if isinstance(reason, Unreachable) and self._is_unreachable:
            return True
        # For room one waits as long as one has patience: connections become free all the time.
        return number >= _ATTEMPTS and not isinstance(reason, NoRoom)

    async def _try(self, attempt: Callable[[Driver], Awaitable[T]]) -> T:
        loop = asyncio.get_running_loop()
        pool = self._pools.get(loop) or await self._make_pool(loop)
        try:
            driver = await pool.acquire()
        except (*DRIVER_ERRORS, ValueError) as error:
            raise connection_failure(error) from None
        self._is_unreachable = False
        try:
            result = await attempt(driver)
        except BaseException:
            await _given_back(pool.release(driver))
            raise
        if not pool.keep(driver):
            await _given_back(pool.release(driver))
        return result

    async def _make_pool(self, loop: asyncio.AbstractEventLoop) -> Pool:
        if self._closed:
            raise StorageError("the database was closed")
        for other in [other for other in self._pools if other.is_closed()]:
            # Nothing can be awaited in them any more: the collector closes their sockets.
            del self._pools[other]
        # Connects nothing yet, so nothing is lost when another task of this loop was faster.
        return self._pools.setdefault(loop, await make_pool(self._url, self._connector))

    def __repr__(self) -> str:
        return "PostgresDatabase()"

    def before_fork(self) -> None:
        """See `forking.Forkable`. There is nothing to bring to rest: no thread, no lock."""

    def after_fork_in_parent(self) -> None:
        """See `forking.Forkable`."""

    def after_fork_in_child(self) -> None:
        """See `forking.Forkable`. The sockets are shared with the parent: not even a farewell may be sent."""
        self._left_in_parent.extend(self._pools.values())
        self._pools = {}


async def _given_back(giving_back: Awaitable[None]) -> None:
    # When that fails, the pool drops the connection; what matters to the caller was said before.
    with contextlib.suppress(*DRIVER_ERRORS):
        await giving_back


async def _run_alone(driver: Driver, operation: Operation, query: Query, arguments: tuple[Value, ...]) -> Any:
    try:
        return await operation(driver, query.postgres_text, arguments)
    except DRIVER_ERRORS as error:
        failure = _failure(error, driver, wrote=query.writes)
    raise failure  # outside of the handler, so that no traceback shows the driver's error: it quotes the values


def _failure(error: Exception, driver: Driver, *, wrote: bool) -> StorageError:
    failure = translated(error, wrote)
    if isinstance(failure, Demoted):
        driver.terminate()
    return failure


async def _transact(driver: Driver, body: Body[T], serializable: bool) -> T:
    session = _Session(driver)
    await session.control("BEGIN ISOLATION LEVEL SERIALIZABLE" if serializable else "BEGIN")
    token = inside_transaction.set(True)
    try:
        result = await body(session)
    except BaseException as error:
        await session.roll_back()
        # Whatever the body made of it: what the server said decides whether to try again.
        if isinstance(session.failure, TryAgain) and isinstance(error, Exception):
            raise session.failure from None
        raise
    finally:
        inside_transaction.reset(token)
    if session.failure is not None:
        await session.roll_back()
        raise session.failure
    await session.control("COMMIT")
    session.end()
    return result


class _Session:
    """One transaction on one connection. It is the `Connection` that a body receives."""

    __slots__ = ("_driver", "_wrote", "failure")

    def __init__(self, driver: Driver) -> None:
        self._driver = driver
        self._wrote = False
        self.failure: StorageError | None = None

    async def fetch_one(self, query: Query, /, **values: Value) -> Row | None:
        """Return the first row, or None."""
        row: Row | None = await self.run(fetch_one, query, values)
        return row

    async def fetch_all(self, query: Query, /, **values: Value) -> list[Row]:
        """Return every row."""
        rows: list[Row] = await self.run(fetch_all, query, values)
        return rows

    async def fetch_value(self, query: Query, /, **values: Value) -> Any:
        """Return the first column of the first row, or None."""
        return await self.run(fetch_value, query, values)

    async def execute(self, query: Query, /, **values: Value) -> int:
        """Return the number of rows changed."""
        changed: int = await self.run(execute, query, values)
        return changed

    async def run(self, operation: Operation, query: Query, values: Mapping[str, Value]) -> Any:
        """Run one statement; remember that it failed, for then PostgreSQL rolls back whatever is committed."""
        if self.failure is not None:
            raise StorageError(f"the transaction has ended: {self.failure}") from self.failure
        arguments = query.bind(values)
        self._wrote = self._wrote or query.writes
        try:
            return await operation(self._driver, query.postgres_text, arguments)
        except DRIVER_ERRORS as error:
            self.failure = _failure(error, self._driver, wrote=self._wrote)
        raise self.failure  # outside of the handler, as above

    async def control(self, sql: str) -> None:
        """Run BEGIN or COMMIT."""
        try:
            await self._driver.execute(sql)
        except DRIVER_ERRORS as error:
            failure = translated(error, self._wrote)
        else:
            return
        raise failure

    async def roll_back(self) -> None:
        """Undo everything."""
        self.end()
        # A connection on which even this fails is gone, or will be dropped by its pool.
        with contextlib.suppress(*DRIVER_ERRORS):
            await self._driver.execute("ROLLBACK")

    def end(self) -> None:
        """Refuse further statements."""
        if self.failure is None:
            self.failure = StorageError("the transaction is over: its connection must not leave its body")
