# SPDX-License-Identifier: Apache-2.0
"""Deleting any number of rows without making anybody wait: a batch, a commit, the next batch."""

from typing import Final

from twofold.core.storage.database import Database
from twofold.core.storage.query import Query, Value

BATCH: Final = 1000

# Rows are named by where they are, which the databases say differently; ARRAY keeps PostgreSQL from joining instead.
_TEXT: Final = {
    "postgres": "DELETE FROM {table} WHERE ctid = ANY (ARRAY(SELECT {table}.ctid FROM {rows} LIMIT :batch))",
    "sqlite": "DELETE FROM {table} WHERE rowid IN (SELECT {table}.rowid FROM {rows} LIMIT :batch)",
}


class Deletion:
    """A deletion of many rows. Make it once, as a constant of a module.

    Attributes:
        queries: the statement that deletes one batch, by dialect.
    """

    def __init__(self, table: str, rows: str) -> None:
        """Take the table and what follows FROM, with the table under its own name: `sessions WHERE … ORDER BY …`.

        The order is that of the index to be read; without one, PostgreSQL may expect to meet enough rows in any.
        """
        self.queries: Final = {dialect: Query(text.format(table=table, rows=rows)) for dialect, text in _TEXT.items()}

    async def run(self, database: Database, **values: Value) -> None:
        """Delete the rows, each batch in a transaction of its own. What is added meanwhile may stay.

        Several nodes may do it at once. When it is interrupted, what was deleted stays deleted.
        """
        query = self.queries[database.dialect]
        while await database.execute(query, batch=BATCH, **values):
            pass
