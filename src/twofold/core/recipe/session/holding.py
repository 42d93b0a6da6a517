# SPDX-License-Identifier: Apache-2.0
"""Holding a session while something is made in its name that outlives it: who has ended it made the last decision."""

from twofold.core._endpoint import Call
from twofold.core.recipe.session import store
from twofold.core.storage.database import Connection
from twofold.core.users.store import find_user_ids, lock_user


class SessionEnded(Exception):
    """There is no such session of this user, or no longer, or no such user."""


async def hold(tx: Connection, call: Call, handle: str, user_id: str) -> None:
    """Keep a session and its user as they are until the transaction ends.

    Who ends the session, or changes the user's factors, waits, and finds what was written; or this waits for them.
    user_id: effective id of the person. Raises SessionEnded.
    """
    await lock_user(tx, call.app_id, user_id)
    session = await store.lock(tx, call.app_id, handle)
    if session is None or session.expires_at_ms <= call.now_ms():
        raise SessionEnded
    ids = await find_user_ids(tx, call.app_id, session.user_id)
    if ids is None or ids.primary_id != user_id:
        raise SessionEnded
