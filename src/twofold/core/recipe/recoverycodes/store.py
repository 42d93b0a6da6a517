# SPDX-License-Identifier: Apache-2.0
"""SQL of recovery codes. Codes come and go hashed; users are known by their effective id."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from twofold.core.storage.database import Connection
from twofold.core.storage.query import Query

_OF_USER = "app_id = :app_id AND user_id = :user_id"

# Wrong codes stay counted: a new set is no way to try more of them.
PUT_SET = Query(
    "INSERT INTO recovery_code_sets (app_id, user_id, hash_sample, size, created_at, failed_attempts, failed_at)"
    " VALUES (:app_id, :user_id, :hash_sample, :size, :now_ms, 0, 0)"
    " ON CONFLICT (app_id, user_id) DO UPDATE SET hash_sample = excluded.hash_sample, size = excluded.size,"
    " created_at = excluded.created_at"
)
ADD_CODE = Query("INSERT INTO recovery_codes (app_id, user_id, code_hash) VALUES (:app_id, :user_id, :code_hash)")
FIND_SET = Query(
    "SELECT s.size, s.created_at, s.failed_at, (SELECT COUNT(*) FROM recovery_codes c"
    " WHERE c.app_id = s.app_id AND c.user_id = s.user_id) AS remaining"
    " FROM recovery_code_sets s WHERE s.app_id = :app_id AND s.user_id = :user_id"
)
# Counted before the code is looked at, so that of many at once no more are looked at than of many in turn.
COUNT_ATTEMPT = Query(
    "UPDATE recovery_code_sets SET failed_at = :now_ms,"
    " failed_attempts = CASE WHEN failed_at <= :forget_before THEN 1 ELSE failed_attempts + 1 END"
    f" WHERE {_OF_USER} AND (failed_attempts < :max_attempts OR failed_at <= :forget_before)"
    " RETURNING hash_sample, failed_attempts"
)
LOCK_SET = Query(f"SELECT 1 FROM recovery_code_sets WHERE {_OF_USER} FOR UPDATE")
FORGET_ATTEMPTS = Query(f"UPDATE recovery_code_sets SET failed_attempts = 0 WHERE {_OF_USER} AND failed_attempts > 0")
# Each row is deleted by one caller alone: who is given it has won.
USE_CODE = Query(f"DELETE FROM recovery_codes WHERE {_OF_USER} AND code_hash = :code_hash RETURNING code_hash")
DELETE_CODES = Query(f"DELETE FROM recovery_codes WHERE {_OF_USER}")
DELETE_SET = Query(f"DELETE FROM recovery_code_sets WHERE {_OF_USER}")
MOVE = tuple(
    Query(f"UPDATE {table} SET user_id = :new_user_id WHERE {_OF_USER}")
    for table in ("recovery_code_sets", "recovery_codes")
)


@dataclass(frozen=True, slots=True)
class CodeSet:
    """The codes that a user has: how many were made and are left, and when the last wrong one was tried."""

    size: int
    remaining: int
    created_at: int
    failed_at: int


@dataclass(frozen=True, slots=True)
class Attempt:
    """A try that may be looked at: a hash of the set to imitate, and how many in a row it is, this one included."""

    hash_sample: str = field(repr=False)
    number: int


async def replace_codes(tx: Connection, app_id: str, user_id: str, code_hashes: Sequence[str], now_ms: int) -> None:
    """Store the codes of a user in place of those of before."""
    await tx.execute(
        PUT_SET, app_id=app_id, user_id=user_id, hash_sample=code_hashes[0], size=len(code_hashes), now_ms=now_ms
    )
    await tx.execute(DELETE_CODES, app_id=app_id, user_id=user_id)
    for code_hash in code_hashes:
        await tx.execute(ADD_CODE, app_id=app_id, user_id=user_id, code_hash=code_hash)


async def find_set(connection: Connection, app_id: str, user_id: str) -> CodeSet | None:
    """The codes of a user, used or not; None when there were never any."""
    row = await connection.fetch_one(FIND_SET, app_id=app_id, user_id=user_id)
    return None if row is None else CodeSet(row["size"], row["remaining"], row["created_at"], row["failed_at"])


async def count_attempt(
    connection: Connection, app_id: str, user_id: str, *, max_attempts: int, now_ms: int, forget_before: int
) -> Attempt | None:
    """Count a try; None when there are no codes, or so many were wrong in a row that this one must not be looked at."""
    row = await connection.fetch_one(
        COUNT_ATTEMPT,
        app_id=app_id,
        user_id=user_id,
        max_attempts=max_attempts,
        now_ms=now_ms,
        forget_before=forget_before,
    )
    return None if row is None else Attempt(row["hash_sample"], row["failed_attempts"])


async def use_code(tx: Connection, app_id: str, user_id: str, code_hash: str) -> bool:
    """Use a code up, which ends the row of wrong ones; False when there is no such code, or it was used."""
    await tx.fetch_one(LOCK_SET, app_id=app_id, user_id=user_id)
    if await tx.fetch_one(USE_CODE, app_id=app_id, user_id=user_id, code_hash=code_hash) is None:
        return False
    await forget_attempts(tx, app_id, user_id)
    return True


async def forget_attempts(tx: Connection, app_id: str, user_id: str) -> bool:
    """Forget the wrong codes of a user; whether there were any."""
    return await tx.execute(FORGET_ATTEMPTS, app_id=app_id, user_id=user_id) > 0


async def exists(connection: Connection, app_id: str, user_id: str) -> bool:
    """Whether a user has codes, used or not."""
    return await find_set(connection, app_id, user_id) is not None


async def delete(tx: Connection, app_id: str, user_id: str) -> bool:
    """Delete the codes of a user; whether there were any."""
    existed = await tx.execute(DELETE_SET, app_id=app_id, user_id=user_id) > 0
    await tx.execute(DELETE_CODES, app_id=app_id, user_id=user_id)
    return existed


async def forget(tx: Connection, app_id: str, user_id: str) -> None:
    """Delete the codes of a user."""
    await delete(tx, app_id, user_id)


async def move(tx: Connection, app_id: str, user_id: str, new_user_id: str) -> None:
    """Give the codes under one id to another, in place of any that were left there."""
    await delete(tx, app_id, new_user_id)
    for query in MOVE:
        await tx.execute(query, app_id=app_id, user_id=user_id, new_user_id=new_user_id)
