# SPDX-License-Identifier: Apache-2.0
"""SQL of resets that wait. Users are known by their effective id; the token of the objection comes hashed."""

import json
from dataclasses import dataclass

from twofold.core.storage.database import Connection, Row
from twofold.core.storage.query import Query

_OF_USER = "app_id = :app_id AND user_id = :user_id"

# What was asked for last counts: its delay begins anew, and the mail of before is out of date.
PUT = Query(
    "INSERT INTO factor_resets (app_id, user_id, reset_id, tenant_id, factors, reason, actor, requested_at, due_at,"
    " objection_hash) VALUES (:app_id, :user_id, :reset_id, :tenant_id, :factors, :reason, :actor, :requested_at,"
    " :due_at, :objection_hash) ON CONFLICT (app_id, user_id) DO UPDATE SET reset_id = excluded.reset_id,"
    " tenant_id = excluded.tenant_id, factors = excluded.factors, reason = excluded.reason, actor = excluded.actor,"
    " requested_at = excluded.requested_at, due_at = excluded.due_at, objection_hash = excluded.objection_hash"
)
FIND = Query(f"SELECT * FROM factor_resets WHERE {_OF_USER}")
LIST_DUE = Query("SELECT * FROM factor_resets WHERE due_at <= :now_ms ORDER BY due_at LIMIT :limit")
# Of the job on several nodes, the operator, the user's objection and their sign-in, whoever deletes the row has won.
TAKE = Query(f"DELETE FROM factor_resets WHERE {_OF_USER} AND reset_id = :reset_id RETURNING reset_id")
TAKE_OF_USER = Query(f"DELETE FROM factor_resets WHERE {_OF_USER} RETURNING *")
TAKE_BY_OBJECTION = Query(
    "DELETE FROM factor_resets WHERE app_id = :app_id AND objection_hash = :objection_hash RETURNING *"
)
FORGET = Query(f"DELETE FROM factor_resets WHERE {_OF_USER}")
MOVE = Query(f"UPDATE factor_resets SET user_id = :new_user_id WHERE {_OF_USER}")


@dataclass(frozen=True, slots=True)
class Reset:
    """A reset that waits until `due_at`; times in milliseconds. actor: who asked for it, and why: `reason`."""

    app_id: str
    user_id: str
    reset_id: str
    tenant_id: str
    factors: list[str]
    reason: str
    actor: str
    requested_at: int
    due_at: int


async def put(tx: Connection, reset: Reset, objection_hash: str) -> None:
    """Store a reset in place of one that waits already."""
    await tx.execute(
        PUT,
        app_id=reset.app_id,
        user_id=reset.user_id,
        reset_id=reset.reset_id,
        tenant_id=reset.tenant_id,
        factors=json.dumps(reset.factors),
        reason=reset.reason,
        actor=reset.actor,
        requested_at=reset.requested_at,
        due_at=reset.due_at,
        objection_hash=objection_hash,
    )


async def find(connection: Connection, app_id: str, user_id: str) -> Reset | None:
    """The reset that waits for a user."""
    row = await connection.fetch_one(FIND, app_id=app_id, user_id=user_id)
    return None if row is None else _reset(row)


async def list_due(connection: Connection, now_ms: int, limit: int) -> list[Reset]:
    """Resets of all apps whose time has come."""
    return [_reset(row) for row in await connection.fetch_all(LIST_DUE, now_ms=now_ms, limit=limit)]


async def take(tx: Connection, reset: Reset) -> bool:
    """Take a reset up; False when somebody else did, or it was cancelled or replaced."""
    taken = await tx.fetch_one(TAKE, app_id=reset.app_id, user_id=reset.user_id, reset_id=reset.reset_id)
    return taken is not None


async def take_of_user(tx: Connection, app_id: str, user_id: str) -> Reset | None:
    """Delete the reset that waits for a user."""
    row = await tx.fetch_one(TAKE_OF_USER, app_id=app_id, user_id=user_id)
    return None if row is None else _reset(row)


async def take_by_objection(tx: Connection, app_id: str, objection_hash: str) -> Reset | None:
    """Delete the reset that this token objects to."""
    row = await tx.fetch_one(TAKE_BY_OBJECTION, app_id=app_id, objection_hash=objection_hash)
    return None if row is None else _reset(row)


async def exists(connection: Connection, app_id: str, user_id: str) -> bool:
    """Whether a reset waits for a user."""
    return await find(connection, app_id, user_id) is not None


async def forget(tx: Connection, app_id: str, user_id: str) -> None:
    """Delete what waits for a user."""
    await tx.execute(FORGET, app_id=app_id, user_id=user_id)


async def move(tx: Connection, app_id: str, user_id: str, new_user_id: str) -> None:
    """Give what waits under one id to another."""
    await forget(tx, app_id, new_user_id)
    await tx.execute(MOVE, app_id=app_id, user_id=user_id, new_user_id=new_user_id)


def _reset(row: Row) -> Reset:
    return Reset(
        row["app_id"],
        row["user_id"],
        row["reset_id"],
        row["tenant_id"],
        json.loads(row["factors"]),
        row["reason"],
        row["actor"],
        row["requested_at"],
        row["due_at"],
    )
