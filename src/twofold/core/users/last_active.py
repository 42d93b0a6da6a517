# SPDX-License-Identifier: Apache-2.0
"""When people were last active: one row each, keyed by the person's internal id, written at most every five minutes.

In between nothing is locked or written, whoever asks for it.
"""

from twofold.core.storage.database import Connection
from twofold.core.storage.query import Query
from twofold.core.users import normalise
from twofold.core.users.deleted import WAS_DELETED
from twofold.core.users.model import User, UserIds

WRITE_EVERY_MS = 5 * 60 * 1000

TOUCH = Query(
    "INSERT INTO last_active (app_id, user_id, last_active_at)"  # noqa: S608 - the condition is ours
    " SELECT :app_id, :user_id, :now_ms WHERE NOT EXISTS"
    " (SELECT 1 FROM last_active WHERE app_id = :app_id AND user_id = :user_id AND last_active_at >= :stale_ms)"
    f" AND NOT {WAS_DELETED}"
    " ON CONFLICT (app_id, user_id) DO UPDATE SET last_active_at = excluded.last_active_at"
    " WHERE last_active.last_active_at < :stale_ms"
)
COUNT = Query("SELECT COUNT(*) FROM last_active WHERE app_id = :app_id AND last_active_at >= :since_ms")
FORGET = Query("DELETE FROM last_active WHERE app_id = :app_id AND user_id = :user_id")


async def touch_last_active(
    connection: Connection, app_id: str, user_id: str, now_ms: int, *, is_forced: bool = False
) -> None:
    """Note that a person (internal id; or whatever a session was created for) is active now.

    Nothing is noted of somebody who was deleted a moment ago. is_forced: write it even if that was noted less than five
    minutes ago. Raises BadRequest for too long an id.
    """
    normalise.require_length("userId", user_id, normalise.MAX_USER_ID_LENGTH)
    stale_ms = now_ms if is_forced else now_ms - WRITE_EVERY_MS
    await connection.execute(TOUCH, app_id=app_id, user_id=user_id, now_ms=now_ms, stale_ms=stale_ms)


async def touch_last_active_of(connection: Connection, app_id: str, ids: UserIds, now_ms: int) -> None:
    """`touch_last_active` for a person whose ids were just read, which tell whether anything is to be written."""
    if ids.last_active_at is None or ids.last_active_at < now_ms - WRITE_EVERY_MS:
        await touch_last_active(connection, app_id, ids.primary_internal_id, now_ms)


async def touch_last_active_of_user(connection: Connection, app_id: str, user: User, now_ms: int) -> None:
    """The same for a person who was just read."""
    if user.last_active_at is None or user.last_active_at < now_ms - WRITE_EVERY_MS:
        await touch_last_active(connection, app_id, user.internal_id, now_ms)


async def count_active(connection: Connection, app_id: str, since_ms: int) -> int:
    """How many people were active at `since_ms` or later."""
    count: int = await connection.fetch_value(COUNT, app_id=app_id, since_ms=since_ms)
    return count


async def forget_last_active(connection: Connection, app_id: str, user_id: str) -> None:
    """Forget the row of a person that is gone or was linked to another."""
    await connection.execute(FORGET, app_id=app_id, user_id=user_id)
