# SPDX-License-Identifier: Apache-2.0
"""What the core may ask of a database, and how a database is opened. The rest of this folder are its two answers.

A transaction is an ``async def`` that receives a connection and awaits nothing else::

    async def consume(tx: Connection) -> str | None:
        row = await tx.fetch_one(CONSUME_CODE, app_id=app_id, code_hash=code_hash)
        ...

    user_id = await database.transaction(consume)

It may run twice, so it has no effect outside the database. The errors::

    StorageError                 anything the database refused
    ├── NestedTransaction        the database was used inside a transaction's body
    ├── UniqueViolation          a row with this key exists already
    ├── InvalidValue             a value that no database can store: text with NUL, an integer beyond 64 bits
    └── DatabaseUnavailable      no connection, or lost: what was being written may or may not be there
"""

from collections.abc import Callable, Coroutine
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any, Final, Literal, Protocol, TypeAlias, TypeVar

from twofold.core.storage.query import Query, Value

T = TypeVar("T")

Dialect: TypeAlias = Literal["sqlite", "postgres"]

inside_transaction: Final[ContextVar[bool]] = ContextVar("inside_transaction", default=False)
"""Whether the running code is the body of a transaction. Set by the two databases, read to refuse nesting."""


class StorageError(Exception):
    """The database refused a statement or a transaction. Its text never holds a value of a row."""


class NestedTransaction(StorageError):
    """The database was used inside the body of a transaction, which may only await the connection it was given."""


class InvalidValue(StorageError):
    """A value cannot be stored: text with a NUL or half a surrogate pair, an integer beyond 64 bits, a wrong type."""


class DatabaseUnavailable(StorageError):
    """The database cannot be reached, stays locked, or was lost while writing: the write may be there, or not."""


class UniqueViolation(StorageError):
    """A row with the same key exists. The statement, and the transaction around it, changed nothing.

    Prefer ``INSERT … ON CONFLICT … DO NOTHING RETURNING``: it decides in one statement, and the transaction lives on.

    Attributes:
        columns: the columns of the key, as the database names them; empty when it does not tell.
    """

    def __init__(self, message: str, columns: tuple[str, ...] = ()) -> None:
        super().__init__(message)
        self.columns = columns


@dataclass(frozen=True, slots=True)
class Usage:
    """How busy a database is, in this process.

    connections: those that are in use. limit: how many there may be. waiting: who waits for one, or for a thread.
    """

    connections: int
    limit: int
    waiting: int


class Row(Protocol):
    """One row of an answer: ``row["column"]``, or ``dict(row)``."""

    def __getitem__(self, column: str, /) -> Any:  # SQL columns have no static type: this is a JSON-like edge
        """Return the value of `column`. A BOOLEAN is 0 or 1 on SQLite: wrap it in ``bool()``."""
        ...

    def keys(self) -> Any:  # a list on one database, an iterator on the other
        """Return the names of the columns, in order."""
        ...


Body = Callable[["Connection"], Coroutine[Any, Any, T]]
"""A transaction's body. ``Any``: what a coroutine yields and receives is no business of its author."""


class Connection(Protocol):
    """Runs statements. Every value of the statement is given by name.

    Raises:
        TypeError: a parameter has no value, or a value no parameter.
        StorageError: see the module.
    """

    async def fetch_one(self, query: Query, /, **values: Value) -> Row | None:
        """Return the first row, or None."""
        ...

    async def fetch_all(self, query: Query, /, **values: Value) -> list[Row]:
        """Return every row."""
        ...

    async def fetch_value(self, query: Query, /, **values: Value) -> Any:
        """Return the first column of the first row; None when there is no row."""
        ...

    async def execute(self, query: Query, /, **values: Value) -> int:
        """Run the statement and return how many rows it inserted, changed or deleted."""
        ...


class Database(Connection, Protocol):
    """A database that any number of tasks, event loops and threads of this process, and of others, use at once.

    Each statement called on the database itself is its own transaction. What was acknowledged survives a crash.
    """

    @property
    def dialect(self) -> Dialect:
        """Which database it is: for the few things that cannot be said alike, such as a lock."""
        ...

    async def transaction(self, body: Body[T], serializable: bool = False) -> T:
        """Run `body` in one transaction: all of it is there, durably, when this returns; none of it when it raises.

        `body` runs again when the database asks for it (a serialisation failure, a deadlock, a connection lost before
        anything was written); so it must have no effect but on its connection, and await nothing else. A statement
        that fails ends the transaction, also when `body` catches its error. When the caller is cancelled, the
        transaction may still be done.

        Args:
            body: receives the connection of the transaction.
            serializable: as if no other transaction ran at the same time. Else each statement sees what was committed
                before it, and rules lock what they read (``FOR UPDATE``) or decide in the statement that writes.

        Raises:
            NestedTransaction: called inside a body.
            DatabaseUnavailable: too many attempts, no connection, or one lost after a write.
        """
        ...

    def usage(self) -> Usage:
        """Tell how busy it is."""
        ...

    async def close(self) -> None:
        """Finish what was begun and let go of files, threads and connections. Later calls raise `StorageError`."""
        ...


def refuse_nesting() -> None:
    """Raise `NestedTransaction` inside a transaction's body: there the database would wait for itself."""
    if inside_transaction.get():
        raise NestedTransaction("inside a transaction, await only the connection that its body received")
