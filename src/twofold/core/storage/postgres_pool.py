# SPDX-License-Identifier: Apache-2.0
"""Connections to PostgreSQL: how they are made, and how many an event loop has.

A pooler (PgBouncer in transaction mode) may serve each transaction on another server connection, where a statement that
was prepared before is unknown. We notice it, and then prepare nothing. Nothing else that we do outlives a transaction.
"""

import asyncio
import contextlib
import socket
from typing import Any, Final, Protocol

import asyncpg

from twofold.core.storage.database import DatabaseUnavailable, Usage
from twofold.core.storage.postgres_connection import DRIVER_ERRORS, Driver
from twofold.core.storage.postgres_url import PostgresURL

STATEMENT_CACHE_SIZE: Final = 1000
ROOM_TIMEOUT_SECONDS: Final = 10.0
"""How long a caller waits for one of the connections that others use."""

_CONNECT_TIMEOUT_SECONDS: Final = 5.0
IDLE_SECONDS: Final = 5.0
"""What a burst needed is soon closed: other processes may be waiting for room at the server. A connection that serves
nobody is at hand for two such times at most, and in asyncpg's pool for one more."""

# In asyncpg's pool, taking a connection and giving it back costs more than a short statement. A few are therefore kept
# at hand; now and then one goes through it all the same, and is replaced there when it has served very long.
_AT_HAND: Final = 4
_KEPT_IN_A_ROW: Final = 1000

# A server that vanishes without a farewell is noticed after 10 + 3 × 5 seconds of silence, or when what we sent stays
# unacknowledged for as long. Linux has names for these options; where one is missing, the system's own value holds.
_KEEPALIVE: Final = {"TCP_KEEPIDLE": 10, "TCP_KEEPINTVL": 5, "TCP_KEEPCNT": 3, "TCP_USER_TIMEOUT": 25_000}


class _DriverPool(Protocol):
    """A pool of asyncpg."""

    async def acquire(self, *, timeout: float | None = None) -> Driver:  # noqa: ASYNC109  # asyncpg's
        """Take a connection, or make one."""
        ...

    async def release(self, connection: Driver) -> None:
        """Give it back."""
        ...

    async def close(self) -> None:
        """Wait for all connections and close them."""
        ...

    def terminate(self) -> None:
        """Close all connections at once."""
        ...


class _Connection(asyncpg.Connection):  # type: ignore[misc]  # asyncpg is published without types
    def __init__(self, protocol: Any, transport: asyncio.Transport, *rest: Any) -> None:
        super().__init__(protocol, transport, *rest)
        notice_silence(transport.get_extra_info("socket"))

    def get_reset_query(self) -> str:
        # We leave no state in a session, so the reset that costs a round trip with each release is not needed.
        return ""


class Connector:
    """Makes the connections of all pools of a database. The first one tells whether a pooler is in between."""

    def __init__(self, statement_cache_size: int | None) -> None:
        """Take how many statements each connection keeps prepared; None to find out what is right."""
        self._cache_size = statement_cache_size

    async def __call__(self, *arguments: Any, **options: Any) -> Any:
        """Connect; asyncpg's pools call this with what they were made with."""
        if self._cache_size is not None:
            return await asyncpg.connect(*arguments, statement_cache_size=self._cache_size, **options)
        connection = await asyncpg.connect(*arguments, statement_cache_size=STATEMENT_CACHE_SIZE, **options)
        if await _reaches_the_server_itself(connection):
            self._cache_size = STATEMENT_CACHE_SIZE
            return connection
        self._cache_size = 0
        await connection.close()
        return await self(*arguments, **options)


class Pool:
    """The connections of one event loop: `size` at most, made when they are needed.

    What is acquired is given back: to `keep` when nothing went wrong with it, and if that does not take it, or else,
    by `release`.
    """

    def __init__(self, pool: _DriverPool, size: int, idle_seconds: float) -> None:
        self._pool = pool
        self._size = size
        self._idle_seconds = idle_seconds
        self._taken = 0
        self._at_hand: list[Driver] = []
        self._kept = 0
        self._is_closing = False
        # Of those at hand, the first so many have served nobody since the timer was set: the last is taken first.
        self._idle = 0
        self._timer: asyncio.TimerHandle | None = None
        self._returning: set[asyncio.Task[None]] = set()

    async def acquire(self) -> Driver:
        """Take a connection, or make one; when all are taken, wait for one.

        Raises:
            DatabaseUnavailable: none became free in time.
        """
        while self._at_hand:
            driver = self._at_hand.pop()
            self._idle = min(self._idle, len(self._at_hand))
            if not driver.is_closed():
                self._taken += 1
                return driver
            await self._pool.release(driver)
        # Only those who must wait pay for a timer.
        timeout = None if self._taken < self._size else ROOM_TIMEOUT_SECONDS
        self._taken += 1
        try:
            return await self._pool.acquire(timeout=timeout)
        except BaseException as error:
            self._taken -= 1
            if timeout is not None and isinstance(error, TimeoutError):
                raise DatabaseUnavailable(
                    f"all {self._size} connections of this process were in use for {timeout:g} seconds"
                ) from None
            raise

    def keep(self, driver: Driver) -> bool:
        """Take back a connection that has done its work, unless it is to be released: then say False."""
        self._kept += 1
        is_wanted = self._is_closing or self._taken > self._size  # by those who close, or wait
        is_full = len(self._at_hand) >= _AT_HAND or self._kept % _KEPT_IN_A_ROW == 0
        if is_wanted or is_full or driver.is_closed():
            return False
        self._taken -= 1
        self._at_hand.append(driver)
        if self._timer is None:
            self._set_timer()
        return True

    async def release(self, driver: Driver) -> None:
        """Give back a connection that may have to be brought to rest first, or is gone."""
        self._taken -= 1
        await self._pool.release(driver)

    def usage(self) -> Usage:
        """Tell how many connections are in use, and how many callers wait for one."""
        return Usage(min(self._taken, self._size), self._size, max(0, self._taken - self._size))

    async def close(self) -> None:
        """Wait for all connections and close them."""
        self._is_closing = True
        self._stop_timer()
        while self._at_hand:
            await self._pool.release(self._at_hand.pop())
        await self._pool.close()

    def terminate(self) -> None:
        """Close all connections at once."""
        self._stop_timer()
        self._pool.terminate()

    def _set_timer(self) -> None:
        self._idle = len(self._at_hand)
        self._timer = asyncio.get_running_loop().call_later(self._idle_seconds, self._return_idle)

    def _stop_timer(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _return_idle(self) -> None:
        self._timer = None
        idle, self._at_hand = self._at_hand[: self._idle], self._at_hand[self._idle :]
        for driver in idle:
            returning = asyncio.get_running_loop().create_task(self._return(driver))
            self._returning.add(returning)
            returning.add_done_callback(self._returning.discard)
        if self._at_hand:
            self._set_timer()

    async def _return(self, driver: Driver) -> None:
        with contextlib.suppress(*DRIVER_ERRORS):  # the pool drops it then
            await self._pool.release(driver)


async def make_pool(url: PostgresURL, connector: Connector, idle_seconds: float = IDLE_SECONDS) -> Pool:
    """Return a pool for the running loop, with no connection yet."""
    # Any: asyncpg is published without types.
    made: Any = await asyncpg.create_pool(
        url.driver_url,
        min_size=0,
        max_size=url.max_connections,
        timeout=_CONNECT_TIMEOUT_SECONDS,
        max_inactive_connection_lifetime=idle_seconds,
        connection_class=_Connection,
        connect=connector,
    )
    return Pool(made, url.max_connections, idle_seconds)


async def _reaches_the_server_itself(connection: Any) -> bool:
    # A pooler tells its clients a process number of its own. Asked with the simple protocol, which prepares nothing.
    tag: str = await connection.execute(f"SELECT 1 WHERE pg_backend_pid() = {connection.get_server_pid()}")
    return tag == "SELECT 1"


def notice_silence(connected: socket.socket | None) -> None:
    """Have the system end a TCP connection whose other side is gone; then whoever waits for it is told."""
    if connected is None or connected.family not in (socket.AF_INET, socket.AF_INET6):
        return
    connected.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
    for name, value in _KEEPALIVE.items():
        if hasattr(socket, name):
            connected.setsockopt(socket.IPPROTO_TCP, getattr(socket, name), value)
