# SPDX-License-Identifier: Apache-2.0
"""A budget of wrong codes per contact and tenant that a new code, device or session does not renew.

The attempts of a device alone can be had again by asking for another device. So each wrong code that was evaluated is
also counted here, in the transaction that evaluated it. After MAX_FAILURES in a row no typed code is evaluated
any more: the answer is to restart the flow, as for a device without attempts. What ends it: a sign-in by link, which
cannot be guessed and so is not refused; COOL_DOWN_MS since the last wrong code; or the operator, by deleting the row.

MAX_FAILURES is the limit of NIST SP 800-63B-4, section 3.2.2.
"""

from twofold.core.batches import Deletion
from twofold.core.storage.database import Connection, Database
from twofold.core.storage.query import Query
from twofold.core.tokens import sha256_hex

MAX_FAILURES = 100
COOL_DOWN_MS = 24 * 3600 * 1000

# Makes the row where there is none, so that there is one to lock: attempts for one contact come one after the other.
LOCK = Query(
    "INSERT INTO passwordless_failures (app_id, tenant_id, contact_hash, failures, last_failed_at)"
    " VALUES (:app_id, :tenant_id, :contact_hash, 0, 0) ON CONFLICT (app_id, tenant_id, contact_hash)"
    " DO UPDATE SET failures = passwordless_failures.failures RETURNING failures, last_failed_at"
)
SET = Query(
    "UPDATE passwordless_failures SET failures = :failures, last_failed_at = :now_ms"
    " WHERE app_id = :app_id AND tenant_id = :tenant_id AND contact_hash = :contact_hash"
)
RESET = Query(
    "DELETE FROM passwordless_failures"
    " WHERE app_id = :app_id AND tenant_id = :tenant_id AND contact_hash = :contact_hash"
)
DELETE_OLD = Deletion(
    "passwordless_failures", "passwordless_failures WHERE last_failed_at <= :before_ms ORDER BY last_failed_at"
)


def hash_of(contact: str) -> str:
    """What is stored in place of a contact."""
    return sha256_hex(contact)


async def lock_failures(tx: Connection, app_id: str, tenant_id: str, contact: str, now_ms: int) -> int:
    """How many wrong codes in a row there were; other attempts for the contact wait until the transaction ends."""
    row = await tx.fetch_one(LOCK, app_id=app_id, tenant_id=tenant_id, contact_hash=hash_of(contact))
    is_remembered = row is not None and now_ms - row["last_failed_at"] < COOL_DOWN_MS
    return row["failures"] if row is not None and is_remembered else 0


async def set_failures(
    tx: Connection, app_id: str, tenant_id: str, contact: str, *, failures: int, now_ms: int
) -> None:
    """Count a wrong code, while the failures are locked."""
    await tx.execute(
        SET,
        app_id=app_id,
        tenant_id=tenant_id,
        contact_hash=hash_of(contact),
        failures=failures,
        now_ms=now_ms,
    )


async def reset_failures(tx: Connection, app_id: str, tenant_id: str, contact: str) -> None:
    """Start anew after a success."""
    await tx.execute(RESET, app_id=app_id, tenant_id=tenant_id, contact_hash=hash_of(contact))


async def delete_old_failures(database: Database, now_ms: int) -> None:
    """Delete, in all apps, the rows that do not count any more."""
    await DELETE_OLD.run(database, before_ms=now_ms - COOL_DOWN_MS)
