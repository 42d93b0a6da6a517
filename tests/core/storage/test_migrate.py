# SPDX-License-Identifier: Apache-2.0
"""Migrations: in order, once, all or nothing, however many nodes start at the same moment. On both databases."""

import asyncio
import threading
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.core.storage.sample import FOLDERS
from twofold.core.storage import Connection, Database, Query, StorageError, open_database
from twofold.core.storage import migrate as migrations
from twofold.core.storage.migrate import migrate, pending, statements

RECORDS = Query("SELECT recipe, name, applied_at FROM schema_migrations ORDER BY recipe, name")
COUNT_VISITS = Query("SELECT COUNT(*) FROM visits")
ALL = ["sample/0001_secrets.sql", "sample/0002_index.sql"]


@pytest.fixture
async def empty(database_url: str) -> AsyncIterator[Database]:
    """A database without any table."""
    opened = open_database(database_url)
    yield opened
    await opened.close()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A recipe's folder with one file."""
    made = tmp_path / "schema"
    made.mkdir()
    (made / "0001_visits.sql").write_text("CREATE TABLE visits (id BIGINT NOT NULL);\nINSERT INTO visits VALUES (1);\n")
    return made


async def test_each_file_is_applied_once(empty: Database) -> None:
    """The first call applies everything in order and records when; the second has nothing to do."""
    assert await pending(empty, FOLDERS) == ALL
    assert await pending(empty, FOLDERS) == ALL
    assert await migrate(empty, FOLDERS, now_ms=lambda: 1234) == ALL

    assert await pending(empty, FOLDERS) == []
    assert await migrate(empty, FOLDERS) == []
    assert [(row["name"], row["applied_at"]) for row in await empty.fetch_all(RECORDS)] == [
        ("0001_secrets.sql", 1234),
        ("0002_index.sql", 1234),
    ]


async def test_new_files_of_a_new_release(empty: Database, folder: Path) -> None:
    """A new file is applied after those that are there, and a release that does not know it yet still starts."""
    older = [("visits", folder)]
    await migrate(empty, older)
    (folder / "0002_more.sql").write_text("INSERT INTO visits VALUES (2)")

    assert await migrate(empty, [*FOLDERS, *older]) == [*ALL, "visits/0002_more.sql"]
    (folder / "0002_more.sql").unlink()
    assert await migrate(empty, older) == []
    assert await empty.fetch_value(COUNT_VISITS) == 2


async def test_two_nodes_start_at_once(empty: Database, database_url: str, folder: Path) -> None:
    """Nodes that start at the same moment, in threads of their own, apply each file once between them."""
    applied: list[list[str]] = []
    together = threading.Barrier(4)

    async def start() -> None:
        database = open_database(database_url)
        together.wait()
        applied.append(await migrate(database, [*FOLDERS, ("visits", folder)]))
        await database.close()

    await asyncio.gather(*(asyncio.to_thread(asyncio.run, start()) for _ in range(4)))

    assert sorted(applied) == [[], [], [], [*ALL, "visits/0001_visits.sql"]]
    assert await empty.fetch_value(COUNT_VISITS) == 1


async def test_failure_applies_nothing(empty: Database, folder: Path) -> None:
    """A file that fails undoes all that was applied with it, and the error names the file and the statement."""
    (folder / "0002_wrong.sql").write_text("INSERT INTO visits VALUES (2);\nINSERT INTO nowhere VALUES (1);")

    with pytest.raises(StorageError, match=r"visits/0002_wrong\.sql: .*nowhere.*in: INSERT INTO nowhere"):
        await migrate(empty, [("visits", folder)])

    assert await pending(empty, [("visits", folder)]) == ["visits/0001_visits.sql", "visits/0002_wrong.sql"]
    with pytest.raises(StorageError, match="visits"):
        await empty.fetch_value(COUNT_VISITS)


async def test_changed_file(empty: Database, folder: Path) -> None:
    """A file that was changed after it was applied stops the start, and says what to do; line ends do not count."""
    folders = [("visits", folder)]
    await migrate(empty, folders)
    file = folder / "0001_visits.sql"
    file.write_bytes(file.read_bytes().replace(b"\n", b"\r\n"))
    assert await migrate(empty, folders) == []
    file.write_text("CREATE TABLE visits (id TEXT)")

    for attempt in (migrate, pending):
        with pytest.raises(StorageError, match=r"visits/0001_visits\.sql was changed.*new file"):
            await attempt(empty, folders)


async def test_misnamed_file(empty: Database, folder: Path) -> None:
    """A file outside the order is refused instead of being applied somewhere."""
    (folder / "more.sql").write_text("")

    with pytest.raises(StorageError, match=r"more\.sql: a migration is named 0001_words\.sql"):
        await migrate(empty, [("visits", folder)])


def test_statements_of_each_database() -> None:
    """A statement after ``-- only:`` is for that database; semicolons in quotes and comments end nothing."""
    text = (
        "-- first; of all\nCREATE TABLE t (a TEXT DEFAULT ';');\n\n"
        "-- only: postgres\nA;\n -- only: sqlite\nB; /* ; */\n-- the end;\n"
    )

    assert list(statements(text, "sqlite")) == [
        "-- first; of all\nCREATE TABLE t (a TEXT DEFAULT ';')",
        "-- only: sqlite\nB",
    ]
    assert [statement[-1] for statement in statements(text, "postgres")] == [")", "A"]


def test_unknown_database() -> None:
    """A misspelt database does not silently lose a statement."""
    with pytest.raises(StorageError, match="mysql"):
        list(statements("-- only: mysql\nA;", "sqlite"))


async def test_old_nodes_go_on_while_a_table_is_waited_for(
    postgres_url: str, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A migration waits for a long transaction, but does not hold up the nodes that wait behind it; then it is done."""
    monkeypatch.setattr(migrations, "LOCK_TIMEOUT", "50ms")
    old, new, slow = (open_database(postgres_url) for _ in range(3))
    await migrate(old, [("visits", folder)])
    (folder / "0002_when.sql").write_text("ALTER TABLE visits ADD COLUMN seen_at BIGINT")
    is_reading, may_end = asyncio.Event(), asyncio.Event()

    async def read_for_long(tx: Connection) -> None:
        await tx.fetch_value(COUNT_VISITS)
        is_reading.set()
        await may_end.wait()

    reading = asyncio.create_task(slow.transaction(read_for_long))
    await is_reading.wait()
    migrating = asyncio.create_task(migrate(new, [("visits", folder)]))
    counts = [await old.fetch_value(COUNT_VISITS) for _ in range(100)]
    was_waiting = not migrating.done()
    may_end.set()
    await reading

    assert was_waiting
    assert await migrating == ["visits/0002_when.sql"]
    assert [*counts, await old.fetch_value(COUNT_VISITS)] == [1] * 101
    for database in (old, new, slow):
        await database.close()
