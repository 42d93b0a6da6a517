# SPDX-License-Identifier: Apache-2.0
"""Many at once: tasks, threads with their event loops, processes, and processes that die. On both databases."""

import asyncio
import gc
import threading
from functools import partial

import pytest

from tests.core.storage.processes import start
from tests.core.storage.sample import CONSUME, COUNT, FIND, HASHES, HERE, INSERT, count_up, inserting
from twofold.core.storage import Connection, Database


async def test_one_secret_and_a_hundred_consumers(database: Database) -> None:
    """An attacker who sends one valid code a hundred times at once gets in once."""
    await database.execute(INSERT, **HERE, hash="code", owner="user")

    owners = await asyncio.gather(*(database.fetch_value(CONSUME, **HERE, hash="code") for _ in range(100)))

    assert sorted(owners, key=str) == [None] * 99 + ["user"]


async def test_one_secret_and_a_hundred_transactions(database: Database) -> None:
    """The same within transactions, where the winner also writes."""
    await database.execute(INSERT, **HERE, hash="code", owner="user")

    async def consume(tx: Connection) -> bool:
        if await tx.fetch_one(CONSUME, **HERE, hash="code") is None:
            return False
        await tx.execute(INSERT, **HERE, hash="session", owner="user")
        return True

    won = await asyncio.gather(*(database.transaction(consume) for _ in range(100)))

    assert won.count(True) == 1
    assert await database.fetch_value(COUNT, **HERE) == 1


async def test_failures_undo_only_themselves(database: Database) -> None:
    """Of many transactions at once, those that fail take nothing with them from those that succeed."""

    async def body(tx: Connection, number: int) -> None:
        await inserting(f"{number:03}", f"{number:03} again")(tx)
        if number % 3 == 0:
            raise LookupError(number)
        if number % 3 == 1:
            await inserting(f"{number:03}")(tx)

    bodies = [partial(body, number=number) for number in range(60)]
    results = await asyncio.gather(*map(database.transaction, bodies), return_exceptions=True)

    assert [type(result).__name__ for result in results[:3]] == ["LookupError", "UniqueViolation", "NoneType"]
    rows = await database.fetch_all(HASHES, **HERE)
    assert [row["hash"] for row in rows[:4]] == ["002", "002 again", "005", "005 again"]
    assert len(rows) == 40


async def test_a_writer_sees_its_own_writes(database: Database) -> None:
    """What was acknowledged is seen by every read that begins later, whatever connection serves it."""

    async def write_and_read(number: int) -> str | None:
        await database.execute(INSERT, **HERE, hash=f"{number}", owner=f"owner {number}")
        row = await database.fetch_one(FIND, **HERE, hash=f"{number}")
        return None if row is None else str(row["owner"])

    owners = await asyncio.gather(*(write_and_read(number) for number in range(50)))

    assert owners == [f"owner {number}" for number in range(50)]


async def test_cancelled_caller(database: Database) -> None:
    """A caller who is cancelled leaves the database fit for the others, and no half of a transaction."""
    tasks = [asyncio.ensure_future(database.transaction(inserting(f"{n}a", f"{n}b"))) for n in range(20)]
    await asyncio.sleep(0)
    for task in tasks[::2]:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)

    hashes = {row["hash"] for row in await database.fetch_all(HASHES, **HERE)}

    assert {f"{n}a" in hashes for n in range(1, 20, 2)} == {True}
    assert all((f"{n}a" in hashes) == (f"{n}b" in hashes) for n in range(20))


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")  # sockets of loops that ended
async def test_many_event_loops_and_threads(database: Database) -> None:
    """One database object serves several threads, each with its event loop, and several loops in a row."""
    await database.execute(INSERT, **HERE, hash="counter", owner="o")

    async def count_to_ten() -> None:
        await asyncio.gather(*(database.transaction(count_up) for _ in range(10)))

    def run_two_loops() -> None:
        asyncio.run(count_to_ten())
        asyncio.run(count_to_ten())

    threads = [threading.Thread(target=run_two_loops) for _ in range(4)]
    for thread in threads:
        thread.start()
    await count_to_ten()
    for thread in threads:
        await asyncio.to_thread(thread.join)

    row = await database.fetch_one(FIND, **HERE, hash="counter")
    assert row is not None
    assert row["uses"] == 90
    await database.close()
    gc.collect()


async def test_many_processes(database: Database, database_url: str) -> None:
    """Several processes that read and write one row at once, as pre-forking servers do, lose no update."""
    await database.execute(INSERT, **HERE, hash="counter", owner="o")
    processes = [start("writing_process.py", database_url, "count", "160") for _ in range(3)]
    for process in processes:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"

    await asyncio.gather(*(asyncio.to_thread(process.communicate, "go\n") for process in processes))

    row = await database.fetch_one(FIND, **HERE, hash="counter")
    assert row is not None
    assert [process.returncode for process in processes] == [0, 0, 0]
    assert row["uses"] == 480


async def test_killed_process(database: Database, database_url: str) -> None:
    """After kill -9 in the middle of a load every acknowledged write is there, and no transaction half."""
    with start("writing_process.py", database_url, "pairs", "k") as process:
        assert process.stdout is not None
        acknowledged = [process.stdout.readline().strip() for _ in range(200)]
        process.kill()
        acknowledged += [line.strip() for line in process.stdout if line.endswith("\n")]

    hashes = [row["hash"] for row in await database.fetch_all(HASHES, **HERE)]

    written = {hash_.removesuffix("-a") for hash_ in hashes if hash_.endswith("-a")}
    assert set(acknowledged) <= written
    assert {hash_.removesuffix("-b") for hash_ in hashes if hash_.endswith("-b")} == written
    await database.transaction(inserting("the database is still writable"))


async def test_forked_workers(database: Database, database_url: str) -> None:
    """A server that has already used its database may fork: parent and workers go on with connections of their own."""
    await database.execute(INSERT, **HERE, hash="counter", owner="o")

    process = start("forking_process.py", database_url)
    output, _ = await asyncio.to_thread(process.communicate, timeout=60)

    row = await database.fetch_one(FIND, **HERE, hash="counter")
    assert row is not None
    assert (process.returncode, output, row["uses"]) == (0, "", 100)
