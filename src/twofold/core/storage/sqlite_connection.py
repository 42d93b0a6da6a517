# SPDX-License-Identifier: Apache-2.0
"""One SQLite connection, used by one thread: how it is opened, what runs on it, and what its errors mean."""

import contextlib
import json
import os
import re
import sqlite3
import time
from collections.abc import Callable, Mapping
from typing import Any, Final, TypeAlias, cast

from twofold.core.storage.database import (
    Body,
    DatabaseUnavailable,
    InvalidValue,
    Row,
    StorageError,
    T,
    UniqueViolation,
)
from twofold.core.storage.query import Query, Value

OLDEST_SQLITE: Final = (3, 35, 0)
MEMORY: Final = ":memory:"

_BUSY_TIMEOUT_SECONDS: Final = 5.0
_WAL_ATTEMPTS: Final = 500
_WAL_PAUSE_SECONDS: Final = 0.01
_CACHED_STATEMENTS: Final = 1024

_UNIQUE_CODES: Final = frozenset({
    sqlite3.SQLITE_CONSTRAINT_UNIQUE, sqlite3.SQLITE_CONSTRAINT_PRIMARYKEY, sqlite3.SQLITE_CONSTRAINT_ROWID
})  # fmt: skip
_UNAVAILABLE_CODES: Final = frozenset({
    sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR,
    sqlite3.SQLITE_READONLY, sqlite3.SQLITE_PROTOCOL, sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB,
})  # fmt: skip

Operation: TypeAlias = Callable[[sqlite3.Connection, Query, Mapping[str, Value]], Any]
"""How a statement is run and what is returned of it. ``Any``: columns have no static type."""

DRIVER_ERRORS: Final = (sqlite3.Error, OverflowError, UnicodeEncodeError)


def check_version(version: tuple[int, ...]) -> None:
    """Raise `StorageError` when SQLite is too old for ``RETURNING``."""
    if version < OLDEST_SQLITE:
        needed, found = (".".join(map(str, numbers)) for numbers in (OLDEST_SQLITE, version))
        raise StorageError(f"SQLite {needed} or newer is needed, and this Python has {found}; or use PostgreSQL")


def connect(path: str, *, read_only: bool) -> sqlite3.Connection:
    """Open the file, made for its owner only when it is not there, for the thread that calls.

    Raises:
        StorageError: the file cannot be opened, or is no database.
    """
    try:
        if path != MEMORY:
            _create_private(path)
        connection = sqlite3.connect(
            path, timeout=_BUSY_TIMEOUT_SECONDS, isolation_level=None, cached_statements=_CACHED_STATEMENTS
        )
        connection.row_factory = sqlite3.Row
        _use_wal(connection)
        connection.execute("PRAGMA synchronous = FULL")
        connection.execute("PRAGMA foreign_keys = ON")
        if read_only:
            connection.execute("PRAGMA query_only = ON")
    except (sqlite3.Error, OSError) as error:
        raise DatabaseUnavailable(f"cannot open the SQLite file {path}: {error}") from error
    return connection


def fetch_one(connection: sqlite3.Connection, query: Query, values: Mapping[str, Value]) -> Row | None:
    """Return the first row, or None."""
    cursor = connection.execute(query.sqlite_text, _arguments(query, values))
    row: sqlite3.Row | None = cursor.fetchone()
    # A statement that was not read to its end would stay open, and with it the snapshot of a reader.
    cursor.close()
    return row


def fetch_all(connection: sqlite3.Connection, query: Query, values: Mapping[str, Value]) -> list[Row]:
    """Return every row."""
    return connection.execute(query.sqlite_text, _arguments(query, values)).fetchall()


def fetch_value(connection: sqlite3.Connection, query: Query, values: Mapping[str, Value]) -> Any:
    """Return the first column of the first row, or None."""
    cursor = connection.execute(query.sqlite_text, _arguments(query, values))
    row: sqlite3.Row | None = cursor.fetchone()
    cursor.close()
    return None if row is None else row[0]


def execute(connection: sqlite3.Connection, query: Query, values: Mapping[str, Value]) -> int:
    """Return the number of rows changed."""
    cursor = connection.execute(query.sqlite_text, _arguments(query, values))
    if cursor.description is not None:
        # Rows of RETURNING count as changed only once they were read.
        cursor.fetchall()
    return max(cursor.rowcount, 0)


def run_body(connection: sqlite3.Connection, body: Body[T]) -> T:
    """Drive a transaction's body to its end: on SQLite every statement is answered at once, so it never has to wait.

    Raises:
        StorageError: the body awaited something else; or a statement failed, even when the body caught that.
    """
    tx = Transaction(connection)
    coroutine = body(tx)
    try:
        coroutine.send(None)
    except StopIteration as end:
        result: T = end.value
    except RuntimeError as error:
        if "no running event loop" in str(error):
            raise StorageError(_FOREIGN_AWAIT) from error
        raise
    else:
        coroutine.close()
        raise StorageError(_FOREIGN_AWAIT)
    finally:
        failure = tx.end()
    if failure is not None:
        raise failure
    return result


_FOREIGN_AWAIT: Final = "the body of a transaction may await only its connection: await other things before or after it"


class Transaction:
    """The connection that a transaction's body receives."""

    __slots__ = ("_connection", "_failure")

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        self._failure: StorageError | None = None

    async def fetch_one(self, query: Query, /, **values: Value) -> Row | None:
        """Return the first row, or None."""
        row: Row | None = self._run(fetch_one, query, values)
        return row

    async def fetch_all(self, query: Query, /, **values: Value) -> list[Row]:
        """Return every row."""
        rows: list[Row] = self._run(fetch_all, query, values)
        return rows

    async def fetch_value(self, query: Query, /, **values: Value) -> Any:
        """Return the first column of the first row, or None."""
        return self._run(fetch_value, query, values)

    async def execute(self, query: Query, /, **values: Value) -> int:
        """Return the number of rows changed."""
        changed: int = self._run(execute, query, values)
        return changed

    def end(self) -> StorageError | None:
        """Refuse further statements, and return the error of the one that failed."""
        failure = self._failure
        self._failure = StorageError("the transaction is over: its connection must not leave its body")
        return failure

    def _run(self, operation: Operation, query: Query, values: Mapping[str, Value]) -> Any:
        if self._failure is not None:
            raise StorageError(f"the transaction has ended: {self._failure}") from self._failure
        try:
            return operation(self._connection, query, values)
        except DRIVER_ERRORS as error:
            self._failure = translated(error)
        except InvalidValue as error:
            self._failure = error
        raise self._failure


def translated(error: Exception) -> StorageError:
    """Return the core's error for one of SQLite."""
    if isinstance(error, (OverflowError, UnicodeEncodeError)):
        return InvalidValue("a value cannot be stored: half a surrogate pair, or an integer beyond 64 bits")
    code = getattr(error, "sqlite_errorcode", None)
    if code is None:
        text = str(error)
        return InvalidValue(text) if "binding parameter" in text else StorageError(text)
    if code in _UNIQUE_CODES:
        return UniqueViolation(str(error), tuple(re.findall(r"\w+\.(\w+)", str(error))))
    if code & 0xFF in _UNAVAILABLE_CODES:
        return DatabaseUnavailable(f"SQLite: {error}")
    return StorageError(f"SQLite: {error}")


def _arguments(query: Query, values: Mapping[str, Value]) -> tuple[Value, ...]:
    arguments = query.bind(values)
    for value in arguments:
        # PostgreSQL has no NUL in text: what one database refuses the other must not take.
        if type(value) is str and "\0" in value:
            raise InvalidValue("text with a NUL character cannot be stored")
    if query.list_names:
        named = zip(query.names, arguments, strict=True)
        return tuple(_as_json(value) if name in query.list_names else value for name, value in named)
    return arguments


def _as_json(value: Value) -> str:
    try:
        text = json.dumps(value, ensure_ascii=False)
    except TypeError:
        raise InvalidValue("a list parameter takes a list or tuple of text or of integers") from None
    if "\\u0000" in text and any("\0" in item for item in cast(list[str], value)):
        raise InvalidValue("text with a NUL character cannot be stored")
    return text


def _create_private(path: str) -> None:
    # Exclusively: opening and closing an existing file would drop every lock that this process has on it.
    with contextlib.suppress(FileExistsError):
        os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600))


def _use_wal(connection: sqlite3.Connection) -> None:
    # SQLite does not wait for a lock here, and several processes may open a new file at the same moment.
    for _ in range(_WAL_ATTEMPTS):
        if try_busy(connection, "PRAGMA journal_mode = WAL"):
            return
        time.sleep(_WAL_PAUSE_SECONDS)
    raise DatabaseUnavailable("SQLite: another process keeps the file locked")


def try_busy(connection: sqlite3.Connection, sql: str) -> bool:
    """Run the statement; False when another connection holds the lock that it needs."""
    try:
        connection.execute(sql)
    except sqlite3.OperationalError as error:
        if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY:
            raise
        return False
    return True
