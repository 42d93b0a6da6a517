# SPDX-License-Identifier: Apache-2.0
"""What the planner of PostgreSQL knows of tables. Without it, it may read an index from end to end."""

from collections.abc import Iterable

from twofold.core.storage.database import Database
from twofold.core.storage.query import Query


async def refresh_statistics(database: Database, tables: Iterable[str]) -> None:
    """Let the planner look at tables that grew at once, and not only when autovacuum next comes by.

    Reads a sample, and keeps nobody from reading or writing meanwhile. The server passes over tables that are not the
    role's own. SQLite plans without statistics.
    """
    if database.dialect == "postgres":
        await database.execute(Query(f"ANALYZE {', '.join(tables)}"))
