# SPDX-License-Identifier: Apache-2.0
"""From a connection URL to a database: the one string that moves an application from a file to a cluster."""

from pathlib import Path
from typing import Final

from twofold.core.storage.database import Database, StorageError
from twofold.core.storage.sqlite import SqliteDatabase
from twofold.core.storage.sqlite_connection import MEMORY

DEFAULT_FILE: Final = "twofold.db"

_SQLITE: Final = "sqlite:///"
_POSTGRES: Final = ("postgresql://", "postgres://")


def open_database(url: str) -> Database:
    """Make the database that `url` names. Nothing is connected before the first statement.

    Args:
        url: ``""`` (``twofold.db`` in the working directory), ``sqlite:///relative/file.db``,
            ``sqlite:////absolute/file.db``, ``sqlite:///:memory:`` (a new one for each call), or
            ``postgresql://user:password@host/database``. PostgreSQL takes ``?max_connections=10`` (of each process,
            for each of its event loops) and ``?statement_cache_size=1000`` (statements that each connection keeps
            prepared; left out, none behind a pooler such as PgBouncer, which is noticed); everything else in the query
            is for the driver, which takes what ``psql`` takes.

    Raises:
        StorageError: the URL is of no known kind, or PostgreSQL's driver is not installed.
    """
    if not url:
        return SqliteDatabase(str(Path(DEFAULT_FILE).absolute()))
    if url.startswith(_SQLITE):
        path = url.removeprefix(_SQLITE)
        if not path:
            raise StorageError("the URL names no file: write sqlite:///file.db, or sqlite:////absolute/file.db")
        return SqliteDatabase(path if path == MEMORY else str(Path(path).absolute()))
    if url.startswith(_POSTGRES):
        return _open_postgres(url)
    # Not the whole URL: it may hold a password.
    scheme = url.split(":", 1)[0] if "://" in url else ""
    raise StorageError(f"unknown kind of database {scheme!r}: the URL begins with sqlite:/// or postgresql://")


def _open_postgres(url: str) -> Database:
    try:
        from twofold.core.storage.postgres import PostgresDatabase  # noqa: PLC0415 - an optional dependency
    except ModuleNotFoundError as error:
        if error.name != "asyncpg":
            raise
        raise StorageError("PostgreSQL needs a driver: pip install 'twofold[postgres]'") from error
    return PostgresDatabase(url)
