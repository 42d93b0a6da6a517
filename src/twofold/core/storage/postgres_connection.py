# SPDX-License-Identifier: Apache-2.0
"""The edge to asyncpg, which has no types: what we use of it, how statements run, and what its errors mean."""

import re
from typing import Any, Final, Protocol

import asyncpg

from twofold.core.storage.database import DatabaseUnavailable, InvalidValue, Row, StorageError, UniqueViolation
from twofold.core.storage.query import Value

DRIVER_ERRORS: Final = (asyncpg.PostgresError, asyncpg.InterfaceError, asyncpg.InternalClientError, OSError)
"""What asyncpg raises. A timeout is an `OSError`."""

_CONFLICTS: Final = (
    asyncpg.SerializationError,
    asyncpg.DeadlockDetectedError,
    # Another node has just migrated: the statement was refused before it ran, and is prepared anew.
    asyncpg.InvalidCachedStatementError,
    asyncpg.OutdatedSchemaCacheError,
    # A migration that would have waited longer than its `lock_timeout`.
    asyncpg.LockNotAvailableError,
)
_LOST: Final = (
    asyncpg.PostgresConnectionError,
    asyncpg.AdminShutdownError,
    asyncpg.CrashShutdownError,
    asyncpg.CannotConnectNowError,
    asyncpg.IdleInTransactionSessionTimeoutError,
    asyncpg.InternalClientError,
    OSError,
)
_OVERLOADED: Final = (asyncpg.InsufficientResourcesError, asyncpg.QueryCanceledError)
_NO_CONNECTION: Final = re.compile(r"connection (?:is closed|was closed|has been released)")


class TryAgain(StorageError):
    """The server undid everything, or nothing was written: the same may be tried again."""


class Unreachable(TryAgain):
    """No connection could be made."""


class NoRoom(TryAgain):
    """The server has no room for another connection: one that others of us use may become free."""


class Demoted(TryAgain):
    """The server only reads, since another one took over: the same may be tried on a new connection."""


class Driver(Protocol):
    """A connection of asyncpg."""

    async def fetch(self, sql: str, *arguments: Value) -> list[Row]:
        """Return every row."""
        ...

    async def fetchrow(self, sql: str, *arguments: Value) -> Row | None:
        """Return the first row."""
        ...

    async def fetchval(self, sql: str, *arguments: Value) -> Any:
        """Return the first column of the first row."""
        ...

    async def execute(self, sql: str, *arguments: Value) -> str:
        """Return the command tag."""
        ...

    def is_closed(self) -> bool:
        """Say whether the connection is gone."""
        ...

    def terminate(self) -> None:
        """Drop the connection at once."""
        ...


async def fetch_one(driver: Driver, sql: str, arguments: tuple[Value, ...]) -> Row | None:
    """Return the first row, or None."""
    return await driver.fetchrow(sql, *arguments)


async def fetch_all(driver: Driver, sql: str, arguments: tuple[Value, ...]) -> list[Row]:
    """Return every row."""
    return await driver.fetch(sql, *arguments)


async def fetch_value(driver: Driver, sql: str, arguments: tuple[Value, ...]) -> Any:
    """Return the first column of the first row, or None."""
    return await driver.fetchval(sql, *arguments)


async def execute(driver: Driver, sql: str, arguments: tuple[Value, ...]) -> int:
    """Return the number of rows changed, from a tag like ``INSERT 0 1``."""
    tag = await driver.execute(sql, *arguments)
    verb, _, rest = tag.partition(" ")
    return int(rest.rpartition(" ")[2]) if verb in {"INSERT", "UPDATE", "DELETE"} else 0


def translated(error: Exception, wrote: bool) -> StorageError:
    """Return the core's error for one of a statement.

    Args:
        error: one of `DRIVER_ERRORS`.
        wrote: whether a writing statement had been sent in this transaction, this one included.
    """
    if isinstance(error, _CONFLICTS):
        return TryAgain(f"PostgreSQL: {type(error).__name__}")
    if isinstance(error, asyncpg.ReadOnlySQLTransactionError):
        return Demoted("PostgreSQL: the server only reads")
    if isinstance(error, asyncpg.UniqueViolationError):
        return _unique_violation(error)
    if isinstance(error, (asyncpg.DataError, ValueError)):
        # Found by the server, or by the driver. The driver's text quotes the value, which may be a secret.
        return InvalidValue("a value does not fit its column, or cannot be stored")
    if isinstance(error, _LOST) or _is_closed_connection(error):
        what = f"connection to PostgreSQL lost: {type(error).__name__}"
        return DatabaseUnavailable(f"{what}, what was being written may be there or not") if wrote else TryAgain(what)
    if isinstance(error, _OVERLOADED):
        return DatabaseUnavailable(f"PostgreSQL: {type(error).__name__}: {_part(error, 'message')}")
    if isinstance(error, asyncpg.PostgresError):
        # `message` is without the server's detail, which quotes rows.
        return StorageError(f"PostgreSQL {_part(error, 'sqlstate')}: {_part(error, 'message')}")
    return StorageError(f"PostgreSQL: {error}")


def connection_failure(error: Exception) -> StorageError:
    """Return the core's error for a connection that could not be made: final when only people can help."""
    if isinstance(error, ValueError):
        return StorageError("the URL of the database is not understood by the PostgreSQL driver")
    text = f"cannot connect to PostgreSQL: {type(error).__name__}: {error}"
    if isinstance(error, (asyncpg.InvalidAuthorizationSpecificationError, asyncpg.InvalidCatalogNameError)):
        return DatabaseUnavailable(text)
    return NoRoom(text) if isinstance(error, asyncpg.TooManyConnectionsError) else Unreachable(text)


def _is_closed_connection(error: Exception) -> bool:
    # Noticed by the driver before it sent anything; it has one class for this and for mistakes of its callers.
    return isinstance(error, asyncpg.InterfaceError) and bool(_NO_CONNECTION.search(str(error)))


def _unique_violation(error: asyncpg.UniqueViolationError) -> UniqueViolation:
    key = re.match(r"Key \(([^=]*)\)=", _part(error, "detail"))
    columns = tuple(key[1].split(", ")) if key else ()
    return UniqueViolation(f"PostgreSQL: unique constraint {_part(error, 'constraint_name')}", columns)


def _part(error: Exception, name: str) -> str:
    return str(getattr(error, name, None) or "")
