# SPDX-License-Identifier: Apache-2.0
"""SQL of the server's own questions."""

from twofold.core.storage.database import Connection
from twofold.core.storage.query import Query

TOUCH = Query("SELECT 1 AS one")


async def touch(connection: Connection) -> None:
    """Reach the database; fails when it is down."""
    await connection.fetch_one(TOUCH)
