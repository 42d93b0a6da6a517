# SPDX-License-Identifier: Apache-2.0
"""SQL of the keys of apps."""

from dataclasses import dataclass, field

from twofold.core.storage.database import Connection
from twofold.core.storage.query import Query


@dataclass(frozen=True, slots=True)
class StoredKey:
    """A row of `app_keys`; `secret` is sealed."""

    app_id: str
    key_id: str
    purpose: str
    created_at_ms: int
    algorithm: str
    secret: str = field(repr=False)


FIND = Query(
    "SELECT app_id, key_id, purpose, created_at, algorithm, secret FROM app_keys WHERE app_id = :app_id"
    " ORDER BY created_at DESC, key_id DESC"
)
ADD = Query(
    "INSERT INTO app_keys (app_id, key_id, purpose, created_at, algorithm, secret)"
    " VALUES (:app_id, :key_id, :purpose, :created_at, :algorithm, :secret) ON CONFLICT DO NOTHING"
)
DELETE_DYNAMIC_OLDER = Query(
    "DELETE FROM app_keys WHERE app_id = :app_id AND purpose = 'dynamic' AND created_at < :before_ms"
)
LIST_APPS = Query("SELECT DISTINCT app_id FROM app_keys ORDER BY app_id")


async def find_all(connection: Connection, app_id: str) -> list[StoredKey]:
    """The keys of an app, newest first."""
    rows = await connection.fetch_all(FIND, app_id=app_id)
    return [
        StoredKey(row["app_id"], row["key_id"], row["purpose"], row["created_at"], row["algorithm"], row["secret"])
        for row in rows
    ]


async def add(connection: Connection, key: StoredKey) -> None:
    """Store a key, unless the app has one for a purpose that allows one only."""
    await connection.execute(
        ADD,
        app_id=key.app_id,
        key_id=key.key_id,
        purpose=key.purpose,
        created_at=key.created_at_ms,
        algorithm=key.algorithm,
        secret=key.secret,
    )


async def delete_dynamic_older(connection: Connection, app_id: str, before_ms: int) -> None:
    """Delete the dynamic keys of an app that were made before a time."""
    await connection.execute(DELETE_DYNAMIC_OLDER, app_id=app_id, before_ms=before_ms)


async def list_apps(connection: Connection) -> list[str]:
    """The apps that have keys; for housekeeping, which goes through all of them."""
    return [row["app_id"] for row in await connection.fetch_all(LIST_APPS)]
