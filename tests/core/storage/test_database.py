# SPDX-License-Identifier: Apache-2.0
"""What every database promises. Each test runs on SQLite and on PostgreSQL."""

import pytest

from tests.core.storage.sample import (
    CONSUME,
    COUNT,
    FIND,
    FIND_BY_USES,
    FIND_MANY,
    FIND_OTHERS,
    FIND_VALUES,
    HASHES,
    HERE,
    INSERT,
    INSERT_VALUES,
    USE,
    inserting,
)
from twofold.core.storage import (
    Connection,
    Database,
    InvalidValue,
    NestedTransaction,
    Query,
    StorageError,
    UniqueViolation,
)

NOTHING_THERE = Query("SELECT 1 FROM no_such_table")


class Refused(Exception):
    """What a rule raises to undo its transaction."""


@pytest.mark.parametrize(
    "values",
    [
        {"flag": True, "bytes": b"\x00\xff", "text": "Grüße, 世界 🔑 'quoted' \\ :name", "number": 2**63 - 1},
        {"flag": False, "bytes": b"", "text": "", "number": -(2**63)},
        {"flag": None, "bytes": None, "text": None, "number": None},
    ],
)
async def test_values_round_trip(database: Database, values: dict[str, bool | bytes | str | int | None]) -> None:
    """What is written is read, with its type: text of any language, bytes, the largest numbers, booleans, NULL."""
    await database.execute(INSERT_VALUES, app_id="public", id="1", **values)

    row = await database.fetch_one(FIND_VALUES, app_id="public", id="1")

    assert row is not None
    assert list(row.keys()) == ["flag", "bytes", "text", "number"]
    assert dict(row) == values
    assert row["flag"] is None or bool(row["flag"]) is values["flag"]


@pytest.mark.parametrize("values", [{"text": "a\0b"}, {"text": "\ud800"}, {"number": 2**63}, {"text": object()}])
async def test_values_that_no_database_can_store(database: Database, values: dict[str, str]) -> None:
    """NUL, half a surrogate pair, too large a number: the same error on both databases, without the value in it."""
    given: dict[str, str | None] = {"flag": None, "bytes": None, "text": None, "number": None, **values}

    with pytest.raises(InvalidValue) as alone:
        await database.execute(INSERT_VALUES, app_id="public", id="1", **given)
    with pytest.raises(InvalidValue):
        await database.transaction(lambda tx: tx.execute(INSERT_VALUES, app_id="public", id="1", **given))

    assert "\ud800" not in str(alone.value)
    assert str(2**63) not in str(alone.value)


async def test_nul_in_a_list(database: Database) -> None:
    """A list is no way around the rule for text."""
    with pytest.raises(InvalidValue):
        await database.fetch_all(FIND_MANY, **HERE, hashes=["a\0"])


async def test_reading(database: Database) -> None:
    """One row, all rows, one value; and what there is when there is nothing."""
    await database.transaction(inserting("a", "b"))

    assert [row["hash"] for row in await database.fetch_all(HASHES, **HERE)] == ["a", "b"]
    assert await database.fetch_value(HASHES, **HERE) == "a"
    row = await database.fetch_one(HASHES, **HERE)
    assert row is not None
    assert row["hash"] == "a"
    nowhere = {"app_id": "nowhere", "tenant_id": "public"}
    assert await database.fetch_one(HASHES, **nowhere) is None
    assert await database.fetch_all(HASHES, **nowhere) == []
    assert await database.fetch_value(HASHES, **nowhere) is None


async def test_rows_changed(database: Database) -> None:
    """`execute` tells how many rows it changed, with RETURNING too; reading changes none."""
    assert await database.execute(INSERT, **HERE, hash="a", owner="o") == 1
    assert await database.execute(USE, **HERE, hash="a", uses=3) == 1
    assert await database.execute(USE, **HERE, hash="other", uses=3) == 0
    assert await database.execute(COUNT, **HERE) == 0
    assert await database.execute(CONSUME, **HERE, hash="a") == 1
    assert await database.execute(Query("CREATE TABLE another (a TEXT)")) == 0


async def test_apps_and_tenants_do_not_see_each_other(database: Database) -> None:
    """The same key in another app or tenant is another row; a secret of one cannot be consumed by another."""
    places = [("a1", "t1"), ("a1", "t2"), ("a2", "t1")]
    for app_id, tenant_id in places:
        await database.execute(INSERT, app_id=app_id, tenant_id=tenant_id, hash="h", owner=f"{app_id}{tenant_id}")

    assert await database.fetch_value(CONSUME, app_id="a2", tenant_id="t2", hash="h") is None
    assert await database.fetch_value(CONSUME, app_id="a1", tenant_id="t1", hash="h") == "a1t1"
    assert [await database.fetch_value(COUNT, app_id=app_id, tenant_id=tenant_id) for app_id, tenant_id in places] == [
        0,
        1,
        1,
    ]


async def test_lists(database: Database) -> None:
    """List parameters of text and numbers, empty, and with every kind of character."""
    strange = ["a", "ä'\"\\", "[1]", ""]
    await database.transaction(inserting(*strange))

    assert await database.fetch_all(FIND_MANY, **HERE, hashes=[]) == []
    assert {row["hash"] for row in await database.fetch_all(FIND_MANY, **HERE, hashes=[*strange, "no"])} == {*strange}
    assert {row["hash"] for row in await database.fetch_all(FIND_MANY, **HERE, hashes=("a",))} == {"a"}
    assert {row["hash"] for row in await database.fetch_all(FIND_OTHERS, **HERE, hashes=strange[1:])} == {"a"}
    assert len(await database.fetch_all(FIND_OTHERS, **HERE, hashes=[])) == 4
    assert len(await database.fetch_all(FIND_BY_USES, app_id="public", uses=[0, 1])) == 4


async def test_large_batch(database: Database) -> None:
    """Thousands of rows in one transaction, and a list of thousands."""
    hashes = [f"{number:05}" for number in range(3000)]
    await database.transaction(inserting(*hashes))

    assert len(await database.fetch_all(FIND_MANY, **HERE, hashes=hashes)) == 3000
    assert await database.fetch_value(COUNT, **HERE) == 3000


async def test_transaction_returns_what_its_body_returns(database: Database) -> None:
    """A body reads what it wrote, and its result is the caller's."""

    async def body(tx: Connection) -> int:
        await tx.fetch_one(CONSUME, **HERE, hash="a")
        await tx.execute(INSERT, **HERE, hash="a", owner="o")
        assert await tx.fetch_one(FIND, **HERE, hash="a") is not None
        assert len(await tx.fetch_all(HASHES, **HERE)) == 1
        count: int = await tx.fetch_value(COUNT, **HERE)
        return count

    assert await database.transaction(body) == 1
    assert await database.transaction(body, serializable=True) == 1


async def test_exception_undoes_everything(database: Database) -> None:
    """When a body raises, none of its writes is there, and its caller gets the exception."""

    async def body(tx: Connection) -> None:
        await inserting("a", "b")(tx)
        raise Refused

    with pytest.raises(Refused):
        await database.transaction(body)

    assert await database.fetch_value(COUNT, **HERE) == 0


async def test_unique_violation(database: Database) -> None:
    """A second row with the same key is refused, names the key's columns but no values, and undoes its transaction."""
    await database.execute(INSERT, **HERE, hash="taken", owner="o")

    with pytest.raises(UniqueViolation) as alone:
        await database.execute(INSERT, **HERE, hash="taken", owner="o")
    with pytest.raises(UniqueViolation):
        await database.transaction(inserting("new", "taken"))

    assert alone.value.columns == ("app_id", "tenant_id", "hash")
    assert "taken" not in f"{alone.value} {alone.value.__cause__}"
    assert await database.fetch_value(COUNT, **HERE) == 1


async def test_failed_statement_ends_its_transaction(database: Database) -> None:
    """Catching the error of a statement does not make half a transaction: nothing more runs, nothing is kept."""
    after: list[StorageError] = []

    async def body(tx: Connection) -> str:
        await tx.execute(INSERT, **HERE, hash="a", owner="o")
        try:
            await tx.execute(INSERT, **HERE, hash="a", owner="o")
        except UniqueViolation:
            try:
                await tx.execute(INSERT, **HERE, hash="b", owner="o")
            except StorageError as error:
                after.append(error)
        return "all is well"

    with pytest.raises(UniqueViolation):
        await database.transaction(body)

    assert "the transaction has ended" in str(after[0])
    assert await database.fetch_value(COUNT, **HERE) == 0


async def test_wrong_statement(database: Database) -> None:
    """A statement that the database does not understand says why."""
    with pytest.raises(StorageError, match="no_such_table"):
        await database.fetch_all(NOTHING_THERE)


async def test_missing_value(database: Database) -> None:
    """A value that was forgotten is a mistake of the program, on the database and in a transaction."""
    with pytest.raises(TypeError, match="tenant_id"):
        await database.fetch_all(HASHES, app_id="public")
    with pytest.raises(TypeError, match="tenant_id"):
        await database.transaction(lambda tx: tx.fetch_all(HASHES, app_id="public"))


async def test_transaction_in_transaction_is_refused(database: Database) -> None:
    """A body may not begin another transaction, nor use the database beside its connection, nor close it."""
    refused: list[str] = []

    async def body(tx: Connection) -> None:
        for attempt in (
            database.transaction(inserting("a")),
            database.execute(INSERT, **HERE, hash="b", owner="o"),
            database.fetch_value(COUNT, **HERE),
            database.close(),
        ):
            try:
                await attempt
            except NestedTransaction as error:
                refused.append(str(error))

    await database.transaction(body)

    assert len(refused) == 4
    assert await database.fetch_value(COUNT, **HERE) == 0


async def test_connection_ends_with_its_body(database: Database) -> None:
    """A connection that was carried out of its transaction, done or undone, is of no use."""
    kept: list[Connection] = []

    async def keep(tx: Connection) -> None:
        kept.append(tx)

    async def keep_and_fail(tx: Connection) -> None:
        kept.append(tx)
        raise Refused

    await database.transaction(keep)
    with pytest.raises(Refused):
        await database.transaction(keep_and_fail)

    for connection in kept:
        with pytest.raises(StorageError, match="over"):
            await connection.execute(INSERT, **HERE, hash="a", owner="o")


async def test_closed(database: Database) -> None:
    """A closed database says so; closing twice is harmless."""
    await database.close()
    await database.close()

    with pytest.raises(StorageError, match="closed"):
        await database.fetch_value(COUNT, **HERE)
    with pytest.raises(StorageError, match="closed"):
        await database.transaction(inserting("a"))
