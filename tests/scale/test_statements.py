# SPDX-License-Identifier: Apache-2.0
"""No statement reads more because there are more users: each runs with 100,000 of them, and what it read is counted."""

import asyncio
import secrets
from collections.abc import Iterator
from typing import Final

import asyncpg
import pytest

from tests.plugins.postgres import Admin, with_database
from tests.scale.explaining import read_by
from tests.scale.filling import SETTINGS, fill, growing_tables
from tests.scale.statements import BUILDERS, functions_that_build, statements_for
from twofold.core.app import create_core
from twofold.core.storage.query import Query

USERS: Final = 100_000
PAGE: Final = 100
MAX_ROWS: Final = 1000
# A row costs the way down an index or some of them, and the row itself.
MAX_BLOCKS_OF_A_ROW: Final = 30

COUNTS: Final = "it reads as many entries of an index as it counts, see users/listing.py"
ANSWERS_ALL: Final = "the protocol has no pages here: it reads what it answers"
LAST_OF_MANY: Final = "most rows were deleted in batches before"
EMPTIES: Final = "every row it meets is one to delete, and it stops after a batch"
OPERATOR_ASKS: Final = "an operator asks now and then, about a time: it reads the entries of that time, newest first"
EXCEPTIONS: Final = {
    "users.listing.COUNT": COUNTS,
    "users.listing.COUNT_OF_RECIPES": COUNTS,
    "users.listing.COUNT_IN_TENANT": COUNTS,
    "users.listing.COUNT_IN_TENANT_OF_RECIPES": COUNTS,
    "users.last_active.COUNT": COUNTS,
    "recipe.bulkimport.store.COUNT": COUNTS,
    "recipe.bulkimport.store.COUNT_BY_STATUS": COUNTS,
    "recipe.audit.store.list_query.actions": OPERATOR_ASKS,
    "recipe.audit.store.list_query.actor": OPERATOR_ASKS,
    "recipe.userroles.store.LIST_USERS_WITH_ROLE": ANSWERS_ALL,
    "recipe.userroles.store.TAKE_ROLE_FROM_ALL": LAST_OF_MANY,
}
EMPTYING: Final = ("recipe.multitenancy.store.emptying_tenant.", "recipe.multitenancy.store.emptying_app.")

STATEMENTS: Final = statements_for("postgres")


@pytest.fixture(scope="module")
def many_users(postgres_server_url: str, postgres_admin: Admin) -> Iterator[str]:
    """URL of a database with 100,000 users and what belongs to them."""
    name = f"many_{secrets.token_hex(8)}"
    postgres_admin.execute(f"CREATE DATABASE {name}")
    url = with_database(postgres_server_url, name)
    asyncio.run(_fill(url))
    yield url
    postgres_admin.execute(f"DROP DATABASE {name} WITH (FORCE)")


async def _fill(url: str) -> None:
    core = create_core(url)
    await core.start()
    await core.stop()
    connection = await asyncpg.connect(url)
    await fill(connection, USERS, await growing_tables(connection))
    await connection.close()


def test_builders_are_known() -> None:
    """A function that builds statements has some of them in this test."""
    assert functions_that_build() == set(BUILDERS)


def test_exceptions_are_statements() -> None:
    """No exception outlives its statement."""
    assert not set(EXCEPTIONS) - set(STATEMENTS)


@pytest.mark.slow
@pytest.mark.parametrize("plan", ["generic", "custom"])
async def test_what_statements_read(many_users: str, plan: str) -> None:
    """No table that grows is read from end to end, and no step meets more rows than a thousand users have pages for."""
    connection = await asyncpg.connect(many_users)
    failures = []
    for name, query in STATEMENTS.items():
        if name not in EXCEPTIONS:
            failures += await _failures(connection, name, query, plan)
    await connection.close()

    assert not failures, "\n".join(failures)


@pytest.mark.slow
async def test_every_table_is_filled(many_users: str) -> None:
    """A statement on an empty table would prove nothing."""
    connection = await asyncpg.connect(many_users)
    tables = await growing_tables(connection)
    empty = [table for table in tables if not await connection.fetchval(f"SELECT 1 FROM {table} OFFSET {MAX_ROWS}")]
    await connection.close()

    assert tables
    assert empty == []


async def _failures(connection: "asyncpg.Connection", name: str, query: Query, plan: str) -> list[str]:
    reading = await read_by(connection, query, PAGE, plan)
    scanned = set() if name.startswith(EMPTYING) else reading.full_scans - SETTINGS
    found = [f"{name}: reads all of {table}" for table in sorted(scanned)]
    if reading.rows > MAX_ROWS:
        found.append(f"{name}: a step of it meets {reading.rows} rows")
    if reading.blocks > MAX_BLOCKS_OF_A_ROW * max(reading.rows, 10):
        found.append(f"{name}: visits {reading.blocks} blocks for {reading.rows} rows")
    return found
