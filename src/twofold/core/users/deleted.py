# SPDX-License-Identifier: Apache-2.0
"""Which ids were users' until a moment ago: an id that is unknown now may have proven a password just before."""

from twofold.core.batches import Deletion
from twofold.core.storage.database import Connection, Database
from twofold.core.storage.query import Query

KEEP_MS = 3_600_000
"""Far longer than anybody takes from proving who they are to the session that they get for it."""

REMEMBER = Query(
    "INSERT INTO deleted_user_ids (app_id, user_id, deleted_at) VALUES (:app_id, :user_id, :now_ms)"
    " ON CONFLICT (app_id, user_id) DO UPDATE SET deleted_at = excluded.deleted_at"
)
WAS_DELETED = "EXISTS (SELECT 1 FROM deleted_user_ids WHERE app_id = :app_id AND user_id = :user_id)"
"""A condition: the id is remembered as deleted."""
FORGET = Deletion("deleted_user_ids", "deleted_user_ids WHERE deleted_at < :before_ms ORDER BY deleted_at")


async def remember(tx: Connection, app_id: str, user_id: str, now_ms: int) -> None:
    """Note that nobody has this id any more."""
    await tx.execute(REMEMBER, app_id=app_id, user_id=user_id, now_ms=now_ms)


async def forget_old(database: Database, now_ms: int) -> None:
    """Forget the ids that were deleted an hour ago or earlier: housekeeping."""
    await FORGET.run(database, before_ms=now_ms - KEEP_MS)
