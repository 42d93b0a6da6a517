# SPDX-License-Identifier: Apache-2.0
"""Brings the tables up to date: each recipe's ``schema/0001_name.sql``, ``0002_…``, in order, each once.

Forward only. A file that was applied somewhere must never change: write the next one. A new file must leave the
tables usable by the release before it, because two releases run side by side while nodes are replaced.

A file holds statements that end in ``;``. One that only one database understands follows a line of its own,
``-- only: sqlite`` or ``-- only: postgres``.
"""

import hashlib
import re
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Final

from twofold.core.storage.database import Connection, Database, StorageError
from twofold.core.storage.query import OPAQUE, Query

CREATE_RECORD: Final = Query(
    "CREATE TABLE IF NOT EXISTS schema_migrations (recipe TEXT NOT NULL, name TEXT NOT NULL, checksum TEXT NOT NULL,"
    " applied_at BIGINT NOT NULL, PRIMARY KEY (recipe, name))"
)
FIND_APPLIED: Final = Query("SELECT recipe, name, checksum FROM schema_migrations")
RECORD: Final = Query(
    "INSERT INTO schema_migrations (recipe, name, checksum, applied_at) VALUES (:recipe, :name, :checksum, :applied_at)"
)
# The number is arbitrary, and ours. On SQLite a transaction alone keeps all others out.
LOCK: Final = {"postgres": Query("SELECT pg_advisory_xact_lock(7312086541904)")}
# Whoever changes a table waits for the transactions that use it, and all later ones wait behind: not for long.
LOCK_TIMEOUT: Final = "5s"
LIMIT_WAITING: Final = {"postgres": Query("SELECT set_config('lock_timeout', :longest, true)")}
FIND_RECORD: Final = {
    "postgres": Query("SELECT 1 WHERE to_regclass('schema_migrations') IS NOT NULL"),
    "sqlite": Query("SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = 'schema_migrations'"),
}

_FILE_NAME: Final = re.compile(r"\d{4}_\w+\.sql")
_STATEMENT: Final = re.compile(rf"(?:{OPAQUE}|[^;])+", re.DOTALL)
_OPAQUE: Final = re.compile(OPAQUE, re.DOTALL)
_ONLY: Final = re.compile(r"^\s*--\s*only:\s*(\w+)\s*$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Migration:
    """One file of one recipe."""

    recipe: str
    name: str
    text: str

    @property
    def checksum(self) -> str:
        """SHA-256 of the text. Line ends do not count, because git may change them."""
        return hashlib.sha256(self.text.encode()).hexdigest()

    def __str__(self) -> str:
        return f"{self.recipe}/{self.name}"


def _now_ms() -> int:
    return time.time_ns() // 1_000_000


async def migrate(
    database: Database, folders: Sequence[tuple[str, Path]], now_ms: Callable[[], int] = _now_ms
) -> list[str]:
    """Apply what is missing, all of it or nothing. Any number of nodes may start at once: one applies, the others wait.

    Args:
        database: the database to change.
        folders: name of each recipe and its ``schema`` folder, in the order in which they build on each other.
        now_ms: the time that is recorded.

    Returns:
        What was applied: ``recipe/0001_name.sql``.

    Raises:
        StorageError: a statement failed; or an applied file has changed since, or has no valid name.
        DatabaseUnavailable: somebody keeps using a table that is to change; nothing was applied.
    """
    migrations = read_migrations(folders)
    if not await _missing(database, database.dialect, migrations):
        return []

    async def apply(tx: Connection) -> list[str]:
        if database.dialect in LOCK:
            await tx.fetch_one(LOCK[database.dialect])
            await tx.fetch_one(LIMIT_WAITING[database.dialect], longest=LOCK_TIMEOUT)
        await tx.execute(CREATE_RECORD)
        # Asked again: another node may have applied them while this one waited for the lock.
        missing = await _missing(tx, database.dialect, migrations)
        for migration in missing:
            await _apply(tx, database.dialect, migration, now_ms())
        return [str(migration) for migration in missing]

    return await database.transaction(apply)


async def pending(database: Database, folders: Sequence[tuple[str, Path]]) -> list[str]:
    """Return what `migrate` would apply. Changes nothing."""
    return [str(migration) for migration in await _missing(database, database.dialect, read_migrations(folders))]


def read_migrations(folders: Sequence[tuple[str, Path]]) -> list[Migration]:
    """Return every file of every folder, in the order in which they are applied."""
    migrations: list[Migration] = []
    for recipe, folder in folders:
        for file in sorted(folder.glob("*.sql")):
            if not _FILE_NAME.fullmatch(file.name):
                raise StorageError(f"{recipe}/{file.name}: a migration is named 0001_words.sql")
            migrations.append(Migration(recipe, file.name, file.read_text(encoding="utf-8")))
    return migrations


def statements(text: str, dialect: str) -> Iterator[str]:
    """Yield the statements of a file that are for `dialect`."""
    for match in _STATEMENT.finditer(text):
        statement = match[0].strip()
        only = _ONLY.search(statement)
        if only is not None and only[1] not in ("sqlite", "postgres"):
            raise StorageError(f"'-- only: {only[1]}' names no database: sqlite or postgres")
        if _OPAQUE.sub(_without_comment, statement).strip() and (only is None or only[1] == dialect):
            yield statement


def _without_comment(opaque: re.Match[str]) -> str:
    return "" if opaque[0].startswith(("--", "/*")) else opaque[0]


async def _missing(connection: Connection, dialect: str, migrations: Sequence[Migration]) -> list[Migration]:
    if await connection.fetch_one(FIND_RECORD[dialect]) is None:
        return list(migrations)
    rows = await connection.fetch_all(FIND_APPLIED)
    applied = {(row["recipe"], row["name"]): row["checksum"] for row in rows}
    for migration in migrations:
        if applied.get((migration.recipe, migration.name), migration.checksum) != migration.checksum:
            raise StorageError(
                f"{migration} was changed after it had been applied: restore it, and write the change as a new file"
            )
    return [migration for migration in migrations if (migration.recipe, migration.name) not in applied]


@lru_cache(maxsize=256)
def _queries(text: str, dialect: str) -> tuple[Query, ...]:
    """Read the statements once a process: tests of an application make a database each."""
    return tuple(Query(statement) for statement in statements(text, dialect))


async def _apply(tx: Connection, dialect: str, migration: Migration, now_ms: int) -> None:
    for query in _queries(migration.text, dialect):
        try:
            await tx.execute(query)
        except StorageError as error:
            raise StorageError(f"{migration}: {error}, in: {query.text}") from error
    await tx.execute(
        RECORD, recipe=migration.recipe, name=migration.name, checksum=migration.checksum, applied_at=now_ms
    )
