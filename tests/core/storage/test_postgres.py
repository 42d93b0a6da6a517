# SPDX-License-Identifier: Apache-2.0
"""What is particular to PostgreSQL: what is tried again, what never is, and the settings in the URL."""

import asyncio
import socket
from collections.abc import AsyncIterator

import asyncpg
import pytest

from tests.core.storage.sample import COUNT, FIND_BY_USES, FIND_MANY, FOLDERS, HERE, INSERT, USE, inserting
from twofold.core.storage import Connection, DatabaseUnavailable, Query, StorageError, postgres_pool
from twofold.core.storage.migrate import migrate
from twofold.core.storage.postgres import PostgresDatabase
from twofold.core.storage.postgres_url import PostgresURL

BACKEND = Query("SELECT pg_backend_pid()")
TERMINATE = Query("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid = :pid")
GONE = Query("SELECT COUNT(*) = 0 FROM pg_stat_activity WHERE pid = :pid")
CONNECTIONS = Query("SELECT COUNT(*) FROM pg_stat_activity WHERE datname = current_database()")
SLEEP = Query("SELECT pg_sleep(60)")
LOCK_TIMEOUT = Query("SELECT set_config('deadlock_timeout', '10ms', true)")


@pytest.fixture
async def database(postgres_url: str) -> AsyncIterator[PostgresDatabase]:
    """A database with the sample tables that does not pause between attempts."""
    opened = PostgresDatabase(postgres_url, jitter=lambda: 0.0)
    await migrate(opened, FOLDERS)
    yield opened
    await opened.close()


@pytest.fixture
async def killer(postgres_url: str) -> AsyncIterator[asyncpg.Connection]:
    """A connection that ends others."""
    connection = await asyncpg.connect(postgres_url)
    yield connection
    await connection.close()


async def kill(killer: asyncpg.Connection, pid: int) -> None:
    """End a connection of the server and wait until it is gone."""
    await killer.execute(f"SELECT pg_terminate_backend({pid})")
    while await killer.fetchval(f"SELECT COUNT(*) FROM pg_stat_activity WHERE pid = {pid}"):
        pass


async def test_conflicting_transactions_are_tried_again(database: PostgresDatabase) -> None:
    """Two serializable transactions that each read what the other writes both succeed, one after the other."""
    both_have_read = asyncio.Barrier(2)
    attempts = 0

    async def insert_unless_there(tx: Connection, mine: str, other: str) -> bool:
        nonlocal attempts
        attempts += 1
        rows = await tx.fetch_all(FIND_MANY, **HERE, hashes=[other])
        if attempts <= 2:
            await both_have_read.wait()
        if not rows:
            await tx.execute(INSERT, **HERE, hash=mine, owner="o")
        return not rows

    inserted = await asyncio.gather(
        database.transaction(lambda tx: insert_unless_there(tx, "a", "b"), serializable=True),
        database.transaction(lambda tx: insert_unless_there(tx, "b", "a"), serializable=True),
    )

    assert sorted(inserted) == [False, True]
    assert attempts == 3
    assert await database.fetch_value(COUNT, **HERE) == 1


async def test_deadlock_is_tried_again(database: PostgresDatabase) -> None:
    """Two transactions that lock two rows in opposite order both succeed."""
    await database.transaction(inserting("a", "b"))
    both_have_locked = asyncio.Barrier(2)
    attempts = 0

    async def use_both(tx: Connection, first: str, second: str) -> None:
        nonlocal attempts
        attempts += 1
        await tx.fetch_value(LOCK_TIMEOUT)
        await tx.execute(USE, **HERE, hash=first, uses=attempts)
        if attempts <= 2:
            await both_have_locked.wait()
        await tx.execute(USE, **HERE, hash=second, uses=attempts)

    await asyncio.gather(
        database.transaction(lambda tx: use_both(tx, "a", "b")),
        database.transaction(lambda tx: use_both(tx, "b", "a")),
    )

    assert attempts == 3


async def test_conflict_that_the_body_hides(database: PostgresDatabase) -> None:
    """A body that turns every error into its own does not hide from us that it should be tried again."""
    both_have_read = asyncio.Barrier(2)
    attempts = 0

    async def body(tx: Connection, mine: str) -> None:
        nonlocal attempts
        attempts += 1
        await tx.fetch_all(FIND_BY_USES, app_id="public", uses=[0])
        if attempts <= 2:
            await both_have_read.wait()
        try:
            await inserting(mine)(tx)
            await tx.fetch_value(COUNT, **HERE)
        except StorageError:
            raise LookupError(mine) from None

    await asyncio.gather(
        database.transaction(lambda tx: body(tx, "a"), serializable=True),
        database.transaction(lambda tx: body(tx, "b"), serializable=True),
    )

    assert await database.fetch_value(COUNT, **HERE) == 2


async def test_endless_conflict_ends(database: PostgresDatabase) -> None:
    """Attempts are bounded: then it is `DatabaseUnavailable`, which says why."""
    attempts = 0

    async def body(tx: Connection) -> None:
        nonlocal attempts
        attempts += 1
        await tx.execute(Query("DO $$ BEGIN RAISE SQLSTATE '40001'; END $$"))

    with pytest.raises(DatabaseUnavailable, match=r"12 attempts.*SerializationError"):
        await database.transaction(body)

    assert attempts == 12


async def test_connection_lost_before_a_write(database: PostgresDatabase, killer: asyncpg.Connection) -> None:
    """A transaction that had only read when its connection was lost runs again, on a new one."""
    pids: list[int] = []

    async def body(tx: Connection) -> None:
        pids.append(await tx.fetch_value(BACKEND))
        if len(pids) == 1:
            await kill(killer, pids[0])
        await tx.fetch_value(COUNT, **HERE)
        await tx.execute(INSERT, **HERE, hash="a", owner="o")

    await database.transaction(body)

    assert len(set(pids)) == 2
    assert await database.fetch_value(COUNT, **HERE) == 1


async def test_connection_lost_after_a_write(database: PostgresDatabase, killer: asyncpg.Connection) -> None:
    """A transaction that had written is never repeated silently: the caller learns that nobody knows."""
    attempts = 0

    async def body(tx: Connection) -> None:
        nonlocal attempts
        attempts += 1
        pid = await tx.fetch_value(BACKEND)
        await tx.execute(INSERT, **HERE, hash="a", owner="o")
        await kill(killer, pid)

    with pytest.raises(DatabaseUnavailable, match="may be there or not"):
        await database.transaction(body)

    assert attempts == 1
    assert await database.fetch_value(COUNT, **HERE) == 0


async def test_connections_lost_while_idle(database: PostgresDatabase, killer: asyncpg.Connection) -> None:
    """After a restart of the server the dead connections of the pool are noticed by nobody: reads and transactions."""
    pids = await asyncio.gather(*(database.fetch_value(BACKEND) for _ in range(6)))
    for pid in set(pids):
        await kill(killer, pid)

    assert await database.fetch_value(COUNT, **HERE) == 0
    await database.transaction(inserting("a"))
    assert await database.fetch_value(COUNT, **HERE) == 1


async def test_no_server() -> None:
    """Where no server answers it is `DatabaseUnavailable`, without the password. Who comes later tries only once."""
    database = PostgresDatabase("postgresql://user:password@127.0.0.1:1/database", jitter=lambda: 0.0)

    with pytest.raises(DatabaseUnavailable, match=r"12 attempts.*cannot connect") as unavailable:
        await database.fetch_value(BACKEND)
    with pytest.raises(DatabaseUnavailable, match=r"1 attempts.*cannot connect"):
        await database.fetch_value(BACKEND)

    assert "password" not in str(unavailable.value)
    await database.close()


async def test_no_such_database(postgres_url: str) -> None:
    """What only people can mend is not tried again."""
    database = PostgresDatabase(postgres_url.replace("/test_", "/no_such_"), jitter=lambda: 0.0)

    with pytest.raises(DatabaseUnavailable, match="InvalidCatalogNameError"):
        await database.transaction(inserting("a"))
    await database.close()


async def test_url_that_the_driver_refuses() -> None:
    """A URL that is not understood says so and shows no password."""
    database = PostgresDatabase("postgresql://user:password@host:notaport/database")

    with pytest.raises(StorageError, match="not understood"):
        await database.fetch_value(BACKEND)
    await database.close()


async def test_max_connections(postgres_url: str) -> None:
    """The pool never holds more connections than the URL allows."""
    separator = "&" if "?" in postgres_url else "?"
    database = PostgresDatabase(f"{postgres_url}{separator}max_connections=2")

    counts = await asyncio.gather(*(database.fetch_value(CONNECTIONS) for _ in range(20)))

    assert max(counts) <= 2
    await database.close()


async def test_server_without_room(postgres_url: str, killer: asyncpg.Connection) -> None:
    """When the server takes no more connections, who finds none free waits until there is room."""
    await killer.execute("CREATE ROLE crowded LOGIN CONNECTION LIMIT 1")
    crowded_url = postgres_url.replace("//postgres@", "//crowded@")
    holder, waiter = (PostgresDatabase(crowded_url, jitter=lambda: 0.0) for _ in range(2))
    await holder.fetch_value(BACKEND)
    waiting = asyncio.create_task(waiter.fetch_value(BACKEND))
    await asyncio.sleep(0.5)
    was_waiting = not waiting.done()
    await holder.close()

    assert await waiting
    assert was_waiting
    await waiter.close()
    await killer.execute("DROP ROLE crowded")


async def test_all_connections_in_use(postgres_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Who finds every connection taken waits for a while, and is then told; nothing hangs, and nothing is lost."""
    monkeypatch.setattr(postgres_pool, "ROOM_TIMEOUT_SECONDS", 0.05)
    separator = "&" if "?" in postgres_url else "?"
    database = PostgresDatabase(f"{postgres_url}{separator}max_connections=1")
    is_taken, may_end = asyncio.Event(), asyncio.Event()

    async def take(tx: Connection) -> None:
        await tx.fetch_value(BACKEND)
        is_taken.set()
        await may_end.wait()

    taking = asyncio.create_task(database.transaction(take))
    await is_taken.wait()
    with pytest.raises(DatabaseUnavailable, match="all 1 connections"):
        await database.fetch_value(BACKEND)
    may_end.set()
    await taking

    assert await database.fetch_value(BACKEND)
    assert database.usage().connections == 0
    await database.close()


async def test_connections_are_used_again(database: PostgresDatabase) -> None:
    """One statement after the other takes one connection; of many at once a few are kept, and all end with it."""
    pids = {await database.fetch_value(BACKEND) for _ in range(5)}
    await asyncio.gather(*(database.fetch_value(BACKEND) for _ in range(20)))
    kept = {await database.fetch_value(BACKEND) for _ in range(5)}

    assert len(pids) == len(kept) == 1
    assert database.usage().connections == 0


async def test_a_connection_that_served_long(database: PostgresDatabase, monkeypatch: pytest.MonkeyPatch) -> None:
    """What goes through the driver's pool once in a while is there again afterwards."""
    monkeypatch.setattr(postgres_pool, "_KEPT_IN_A_ROW", 2)

    assert len({await database.fetch_value(BACKEND) for _ in range(5)}) == 1


async def test_who_was_cancelled_leaves_a_connection_that_works(postgres_url: str) -> None:
    """A caller who goes away during a statement neither keeps its connection nor leaves the statement on it."""
    separator = "&" if "?" in postgres_url else "?"
    database = PostgresDatabase(f"{postgres_url}{separator}max_connections=1")
    pid = await database.fetch_value(BACKEND)
    sleeping = asyncio.create_task(database.fetch_value(SLEEP))
    await asyncio.sleep(0.05)
    sleeping.cancel()

    assert await database.fetch_value(BACKEND) == pid
    assert sleeping.cancelled()
    await database.close()


async def test_closing_waits_for_who_works(database: PostgresDatabase) -> None:
    """A transaction that runs when the database is closed is committed first."""
    has_begun, may_end = asyncio.Event(), asyncio.Event()

    async def work(tx: Connection) -> int:
        pid: int = await tx.fetch_value(BACKEND)
        has_begun.set()
        await may_end.wait()
        return pid

    await asyncio.gather(*(database.fetch_value(BACKEND) for _ in range(3)))  # others lie at hand
    working = asyncio.create_task(database.transaction(work))
    await has_begun.wait()
    closing = asyncio.create_task(database.close())
    await asyncio.sleep(0)
    may_end.set()

    assert await working
    await closing


async def test_server_that_became_a_replica(database: PostgresDatabase, killer: asyncpg.Connection) -> None:
    """A server that only reads since another took over is left: the write goes to a new connection."""
    name = await killer.fetchval("SELECT current_database()")
    await killer.execute(f"ALTER DATABASE {name} SET default_transaction_read_only = on")
    old = await database.fetch_value(BACKEND)
    await kill(killer, old)
    demoted = await database.fetch_value(BACKEND)
    await killer.execute("SET default_transaction_read_only = off")
    await killer.execute(f"ALTER DATABASE {name} RESET default_transaction_read_only")

    await database.transaction(inserting("a"))

    assert await database.fetch_value(BACKEND) != demoted
    assert await database.fetch_value(COUNT, **HERE) == 1


async def test_silent_server_is_noticed() -> None:
    """A connection over TCP asks a silent server for a sign of life, so that nobody waits for one that vanished."""
    with socket.socket(socket.AF_INET) as connected:
        postgres_pool.notice_silence(connected)

        assert connected.getsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE) == 1


async def test_without_prepared_statements(postgres_url: str) -> None:
    """Behind PgBouncer nothing may be prepared on the server: with the setting nothing is."""
    separator = "&" if "?" in postgres_url else "?"
    database = PostgresDatabase(f"{postgres_url}{separator}statement_cache_size=0&max_connections=1")
    await migrate(database, FOLDERS)
    await database.transaction(inserting("a"))

    assert await database.fetch_value(Query("SELECT COUNT(*) FROM pg_prepared_statements WHERE name <> ''")) == 0
    await database.close()


async def test_schema_changed_by_another_node(database: PostgresDatabase) -> None:
    """Statements that were prepared before another node migrated are prepared anew, inside transactions too."""
    everything = Query("SELECT * FROM secrets WHERE app_id = :app_id")
    await database.transaction(inserting("a"))
    await database.transaction(lambda tx: tx.fetch_all(everything, app_id="public"))
    await database.execute(Query("ALTER TABLE secrets ADD COLUMN added TEXT"))

    rows = await database.transaction(lambda tx: tx.fetch_all(everything, app_id="public"))

    assert rows[0]["added"] is None


def test_settings_are_taken_out_of_the_url() -> None:
    """Our settings are ours, the others go to the driver, a socket's folder included."""
    parsed = PostgresURL.parse("postgresql:///db?host=/tmp/x&max_connections=3&sslmode=require&statement_cache_size=0")

    assert parsed == PostgresURL("postgresql:///db?host=%2Ftmp%2Fx&sslmode=require", 3, 0)
    assert PostgresURL.parse("postgresql://h/db?max_connections=3").driver_url == "postgresql://h/db"


@pytest.mark.parametrize("setting", ["max_connections=0", "max_connections=many", "statement_cache_size=-1"])
def test_wrong_settings(setting: str) -> None:
    """A setting that is no number, or too small, is refused by name."""
    with pytest.raises(StorageError, match=setting.partition("=")[0]):
        PostgresDatabase(f"postgresql://host/db?{setting}")


async def test_idle_connections_go_back_to_the_server(postgres_url: str, killer: asyncpg.Connection) -> None:
    """Also those that are kept at hand, and only those."""
    pool = await postgres_pool.make_pool(PostgresURL.parse(postgres_url), postgres_pool.Connector(0), idle_seconds=0.05)
    working, *idle = [await pool.acquire() for _ in range(3)]
    for driver in idle:
        assert pool.keep(driver)

    while await killer.fetchval(CONNECTIONS.text) > 2:  # the killer's, and the one that works
        pass
    assert await working.fetchval("SELECT 1") == 1
    assert pool.keep(working)
    while await killer.fetchval(CONNECTIONS.text) > 1:
        pass
    again = await pool.acquire()
    assert await again.fetchval("SELECT 1") == 1
    assert pool.keep(again)
    await pool.close()
