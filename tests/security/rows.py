# SPDX-License-Identifier: Apache-2.0
"""What a core has stored, table by table, on either database."""

from twofold.core.app import Core
from twofold.core.storage.query import Query

_TABLES = {
    "sqlite": Query("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name"),
    "postgres": Query("SELECT tablename AS name FROM pg_tables WHERE schemaname = 'public' ORDER BY tablename"),
}


async def tables(core: Core) -> list[str]:
    """Return the names of all tables."""
    database = core.services.database
    return [row["name"] for row in await database.fetch_all(_TABLES[database.dialect])]


async def everything_stored(core: Core) -> dict[str, list[str]]:
    """Return every row of every table, as text."""
    database = core.services.database
    found: dict[str, list[str]] = {}
    for table in await tables(core):
        rows = await database.fetch_all(Query(f'SELECT * FROM "{table}"'))
        found[table] = sorted(repr(dict(row)) for row in rows)
    return found
