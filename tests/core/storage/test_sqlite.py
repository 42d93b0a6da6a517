# SPDX-License-Identifier: Apache-2.0
"""What is particular to SQLite: one hop, group commit, one file with several users, and no trace after closing."""

import asyncio
import gc
import sqlite3
import stat
import threading
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any

import pytest

from tests.core.storage.sample import COUNT, FOLDERS, HERE, INSERT, inserting
from twofold.core.storage import Connection, DatabaseUnavailable, Query, StorageError, open_database
from twofold.core.storage.migrate import migrate
from twofold.core.storage.sqlite import SqliteDatabase
from twofold.core.storage.sqlite_connection import check_version, connect
from twofold.core.storage.sqlite_thread import StatementJob, TransactionJob, write_batch

FIND_MODES = Query("SELECT (SELECT * FROM pragma_journal_mode) AS journal, (SELECT * FROM pragma_synchronous) AS flush")


@pytest.fixture
def path(tmp_path: Path) -> str:
    """Where a database may be made."""
    return str(tmp_path / "twofold.db")


@pytest.fixture
def connection(path: str) -> sqlite3.Connection:
    """A connection as the writer has it, to a file with one table and a deferred constraint."""
    opened = connect(path, read_only=False)
    opened.execute("CREATE TABLE parents (id BIGINT PRIMARY KEY)")
    opened.execute("CREATE TABLE rows (id BIGINT REFERENCES parents (id) DEFERRABLE INITIALLY DEFERRED)")
    return opened


def storage_threads() -> list[threading.Thread]:
    """The threads of all databases of this process."""
    return [thread for thread in threading.enumerate() if thread.name.startswith("twofold-sqlite")]


async def wait_for_cancelled_future(tx: Connection) -> None:
    """Await something that is not the connection, with a loop."""
    await asyncio.sleep(1)


async def give_way(tx: Connection) -> None:
    """Await something that is not the connection, without a loop."""
    await tx.execute(INSERT, **HERE, hash="a", owner="o")
    await asyncio.sleep(0)


@pytest.mark.parametrize("body", [wait_for_cancelled_future, give_way])
async def test_foreign_await(sqlite_url: str, body: Callable[[Connection], Coroutine[Any, Any, None]]) -> None:
    """A body that awaits the network would hold the only writer: it is told so, and what it wrote is undone."""
    database = open_database(sqlite_url)
    await migrate(database, FOLDERS)

    with pytest.raises(StorageError, match="only its connection"):
        await database.transaction(body)

    assert await database.fetch_value(COUNT, **HERE) == 0
    await database.close()


async def test_other_runtime_errors_are_the_bodys_own(sqlite_url: str) -> None:
    """Only the missing event loop is explained; any other error passes as it is."""
    database = open_database(sqlite_url)

    async def body(tx: Connection) -> None:
        raise RuntimeError("mine")

    with pytest.raises(RuntimeError, match="mine"):
        await database.transaction(body)
    await database.close()


async def test_durable_modes(sqlite_url: str) -> None:
    """A commit is flushed to the disk (FULL is 2), and readers do not wait for it (WAL): for both connections."""
    database = open_database(sqlite_url)

    read = await database.fetch_one(FIND_MODES)
    wrote = await database.transaction(lambda tx: tx.fetch_one(FIND_MODES))

    assert read is not None
    assert wrote is not None
    assert dict(read) == dict(wrote) == {"journal": "wal", "flush": 2}
    await database.close()


async def test_readers_do_not_wait_for_a_writer(path: str) -> None:
    """While another process holds the file for writing, reading goes on."""
    database = SqliteDatabase(path)
    await migrate(database, FOLDERS)
    with sqlite3.connect(path, isolation_level=None) as other:
        other.execute("BEGIN IMMEDIATE")

        assert await database.fetch_value(COUNT, **HERE) == 0
    other.close()
    await database.close()


async def test_a_read_that_writes_is_refused(path: str) -> None:
    """A statement taken for a read cannot write past the writer."""
    database = SqliteDatabase(path)
    await database.execute(Query("CREATE TABLE t (a TEXT)"))

    with pytest.raises(StorageError, match="readonly"):
        await database.execute(Query("REPLACE INTO t VALUES ('a')"))
    await database.close()


async def test_file_is_private(path: str) -> None:
    """Nobody but the owner can read password hashes: in the file, nor in what SQLite writes beside it."""
    database = SqliteDatabase(path)
    await database.execute(Query("CREATE TABLE t (a TEXT)"))

    files = list(Path(path).parent.iterdir())

    assert {stat.S_IMODE(file.stat().st_mode) for file in files} == {0o600}
    assert len(files) == 3
    await database.close()


async def test_nothing_remains_after_closing(path: str) -> None:
    """Closing ends the threads and leaves one file."""
    before = storage_threads()
    database = SqliteDatabase(path)
    await migrate(database, FOLDERS)
    await database.fetch_value(COUNT, **HERE)
    assert len(storage_threads()) == len(before) + 2

    await database.close()

    assert storage_threads() == before
    assert [file.name for file in Path(path).parent.iterdir()] == ["twofold.db"]


async def test_forgotten_database_ends_its_threads(path: str) -> None:
    """A database that was dropped without closing ends its threads when it is collected."""
    before = storage_threads()
    database = SqliteDatabase(path)
    await database.fetch_value(Query("SELECT 1"))
    ours = [thread for thread in storage_threads() if thread not in before]
    del database
    gc.collect()

    for thread in ours:
        await asyncio.to_thread(thread.join, 30)

    assert [thread.is_alive() for thread in ours] == [False]


async def test_unopenable_file(tmp_path: Path) -> None:
    """A file that cannot be opened is `DatabaseUnavailable`, each time; and closing works."""
    database = SqliteDatabase(str(tmp_path / "missing" / "twofold.db"))

    with pytest.raises(DatabaseUnavailable, match="cannot open"):
        await database.execute(Query("CREATE TABLE t (a TEXT)"))
    with pytest.raises(DatabaseUnavailable, match="cannot open"):
        await database.fetch_value(Query("SELECT 1"))
    await database.close()


@pytest.fixture
def other_file(path: str) -> Path:
    """A file of something else, where the database should be."""
    file = Path(path)
    file.write_text("something else " * 100)
    return file


async def test_a_file_that_is_no_database(path: str, other_file: Path) -> None:
    """Something else in the file is not overwritten."""
    database = SqliteDatabase(path)

    with pytest.raises(DatabaseUnavailable, match="not a database"):
        await database.execute(Query("CREATE TABLE t (a TEXT)"))

    assert other_file.open().read() == "something else " * 100
    await database.close()


async def test_database_in_memory() -> None:
    """One in memory is shared by all users of its object, and by nobody else."""
    one, other = open_database("sqlite:///:memory:"), open_database("sqlite:///:memory:")
    await migrate(one, FOLDERS)
    await one.transaction(inserting("a"))

    def count_in_another_thread() -> int:
        async def count() -> int:
            number: int = await one.fetch_value(COUNT, **HERE)
            return number

        return asyncio.run(count())

    assert await asyncio.to_thread(count_in_another_thread) == 1
    assert await migrate(other, FOLDERS) != []
    await one.close()
    await other.close()


async def test_work_of_a_closed_loop(path: str) -> None:
    """A caller whose loop has ended keeps nobody from being answered."""
    database = SqliteDatabase(path)
    await migrate(database, FOLDERS)

    kept: list[asyncio.Future[None]] = []

    async def leave() -> None:
        asyncio.ensure_future(database.transaction(inserting("a"))).cancel()
        kept.append(asyncio.ensure_future(database.transaction(inserting("b"))))
        await asyncio.sleep(0)

    await asyncio.to_thread(asyncio.run, leave())

    assert await database.fetch_value(COUNT, **HERE) in {0, 1}
    await database.close()


def insert_row(number: int) -> Callable[[Connection], Coroutine[Any, Any, int]]:
    """Return a body that refers to a parent row, which is checked only by the commit."""
    query = Query("INSERT INTO rows (id) VALUES (:id)")
    return lambda tx: tx.execute(query, id=number)


async def test_commit_that_one_job_spoils(connection: sqlite3.Connection) -> None:
    """When the common commit is refused for the sake of one transaction, each is run alone and only that one fails."""
    connection.execute("INSERT INTO parents VALUES (1)")
    jobs = [TransactionJob(insert_row(number)) for number in (1, 2, 1)]

    write_batch(connection, [*jobs])

    assert [type(job.error).__name__ for job in jobs] == ["NoneType", "StorageError", "NoneType"]
    assert [row[0] for row in connection.execute("SELECT id FROM rows")] == [1, 1]
    connection.close()


async def test_transaction_that_sqlite_ends(connection: sqlite3.Connection) -> None:
    """When SQLite itself rolls back for the sake of one statement (as on a full disk), the others still succeed."""
    connection.execute(
        "CREATE TRIGGER t BEFORE INSERT ON rows WHEN NEW.id = 2 BEGIN SELECT RAISE(ROLLBACK, 'full'); END"
    )
    connection.execute("INSERT INTO parents VALUES (1)")
    jobs = [TransactionJob(insert_row(number)) for number in (1, 2, 1)]

    write_batch(connection, [*jobs])

    assert [str(job.error) for job in jobs] == ["None", "SQLite: full", "None"]
    assert [row[0] for row in connection.execute("SELECT id FROM rows")] == [1, 1]
    connection.close()


async def test_file_that_stays_locked(path: str) -> None:
    """When another process never lets go of the file, waiting ends with `DatabaseUnavailable`."""
    owner, impatient = connect(path, read_only=False), connect(path, read_only=False)
    impatient.execute("PRAGMA busy_timeout = 0")
    owner.execute("BEGIN IMMEDIATE")
    job = StatementJob(lambda *_: 1, INSERT, {})

    with pytest.raises(DatabaseUnavailable, match="locked"):
        write_batch(impatient, [job])
    owner.close()
    impatient.close()


def test_old_sqlite() -> None:
    """A SQLite without RETURNING is refused by name, at once."""
    check_version((3, 35, 0))

    with pytest.raises(StorageError, match=r"3\.35\.0 or newer is needed, and this Python has 3\.34\.1"):
        check_version((3, 34, 1))
