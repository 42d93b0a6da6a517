# SPDX-License-Identifier: Apache-2.0
"""SQL of user metadata."""

import json
from typing import Any

from twofold.core.storage.database import Connection
from twofold.core.storage.query import Query

FIND = Query("SELECT metadata FROM user_metadata WHERE app_id = :app_id AND user_id = :user_id")
FIND_MANY = Query("SELECT user_id, metadata FROM user_metadata WHERE app_id = :app_id AND user_id IN (:user_ids*)")
# The row is made first, so that there is one to lock: two first updates at once then wait for each other.
ENSURE = Query(
    "INSERT INTO user_metadata (app_id, user_id, metadata) VALUES (:app_id, :user_id, '{}')"
    " ON CONFLICT (app_id, user_id) DO UPDATE SET metadata = user_metadata.metadata RETURNING metadata"
)
REPLACE = Query("UPDATE user_metadata SET metadata = :metadata WHERE app_id = :app_id AND user_id = :user_id")
DELETE = Query("DELETE FROM user_metadata WHERE app_id = :app_id AND user_id = :user_id")


async def find(connection: Connection, app_id: str, user_id: str) -> dict[str, Any] | None:
    """The stored object."""
    row = await connection.fetch_one(FIND, app_id=app_id, user_id=user_id)
    return None if row is None else _read(row["metadata"])


async def find_many(connection: Connection, app_id: str, user_ids: list[str]) -> dict[str, dict[str, Any]]:
    """The stored objects by user id."""
    rows = await connection.fetch_all(FIND_MANY, app_id=app_id, user_ids=user_ids)
    return {row["user_id"]: _read(row["metadata"]) for row in rows}


async def exists(connection: Connection, app_id: str, user_id: str) -> bool:
    """Whether there is metadata under this id."""
    return await connection.fetch_one(FIND, app_id=app_id, user_id=user_id) is not None


async def lock(connection: Connection, app_id: str, user_id: str) -> dict[str, Any]:
    """The stored object, `{}` when new, locked until the transaction ends."""
    return _read(await connection.fetch_value(ENSURE, app_id=app_id, user_id=user_id))


async def replace(connection: Connection, app_id: str, user_id: str, metadata: dict[str, Any]) -> None:
    """Store an object in place of the locked one."""
    await connection.execute(REPLACE, app_id=app_id, user_id=user_id, metadata=json.dumps(metadata))


async def delete(connection: Connection, app_id: str, user_id: str) -> None:
    """Remove the object."""
    await connection.execute(DELETE, app_id=app_id, user_id=user_id)


def _read(text: str) -> dict[str, Any]:
    value: dict[str, Any] = json.loads(text)
    return value
