# SPDX-License-Identifier: Apache-2.0
"""A table and its statements, as a recipe would have them."""

from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any

from twofold.core.storage import Connection, Query

SCHEMA = Path(__file__).parent / "schema"
FOLDERS = [("sample", SCHEMA)]

INSERT = Query(
    "INSERT INTO secrets (app_id, tenant_id, hash, owner, uses) VALUES (:app_id, :tenant_id, :hash, :owner, 0)"
)
INSERT_VALUES = Query(
    "INSERT INTO kinds (app_id, id, flag, bytes, text, number) VALUES (:app_id, :id, :flag, :bytes, :text, :number)"
)
FIND_VALUES = Query("SELECT flag, bytes, text, number FROM kinds WHERE app_id = :app_id AND id = :id")
FIND = Query("SELECT owner, uses FROM secrets WHERE app_id = :app_id AND tenant_id = :tenant_id AND hash = :hash")
FIND_LOCKED = Query(FIND.text + " FOR UPDATE")
FIND_MANY = Query("SELECT hash FROM secrets WHERE app_id = :app_id AND tenant_id = :tenant_id AND hash IN (:hashes*)")
FIND_OTHERS = Query(
    "SELECT hash FROM secrets WHERE app_id = :app_id AND tenant_id = :tenant_id AND hash NOT IN (:hashes*)"
)
FIND_BY_USES = Query("SELECT hash FROM secrets WHERE app_id = :app_id AND uses IN (:uses*)")
COUNT = Query("SELECT COUNT(*) FROM secrets WHERE app_id = :app_id AND tenant_id = :tenant_id")
HASHES = Query("SELECT hash FROM secrets WHERE app_id = :app_id AND tenant_id = :tenant_id ORDER BY hash")
CONSUME = Query(
    "DELETE FROM secrets WHERE app_id = :app_id AND tenant_id = :tenant_id AND hash = :hash RETURNING owner"
)
USE = Query(
    "UPDATE secrets SET uses = :uses WHERE app_id = :app_id AND tenant_id = :tenant_id AND hash = :hash RETURNING uses"
)
HERE: dict[str, str] = {"app_id": "public", "tenant_id": "public"}


def inserting(*hashes: str) -> Callable[[Connection], Coroutine[Any, Any, None]]:
    """Return a transaction's body that inserts one row for each hash."""

    async def body(tx: Connection) -> None:
        for hash_ in hashes:
            await tx.execute(INSERT, **HERE, hash=hash_, owner="owner")

    return body


async def count_up(tx: Connection) -> int:
    """Read the row "counter", add one, and write it."""
    row = await tx.fetch_one(FIND_LOCKED, **HERE, hash="counter")
    assert row is not None
    uses: int = await tx.fetch_value(USE, **HERE, hash="counter", uses=row["uses"] + 1)
    return uses
