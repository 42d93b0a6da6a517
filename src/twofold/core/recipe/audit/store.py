# SPDX-License-Identifier: Apache-2.0
"""SQL of the audit trail: entries are added and read, and go only by age."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from twofold.core.batches import Deletion
from twofold.core.storage.database import Connection, Database, Row
from twofold.core.storage.query import Query, Value

ADD = Query(
    "INSERT INTO audit_log (app_id, entry_id, recorded_at, tenant_id, user_id, actor, action, reason, details)"
    " VALUES (:app_id, :entry_id, :recorded_at, :tenant_id, :user_id, :actor, :action, :reason, :details)"
)
DELETE_OLD = Deletion("audit_log", "audit_log WHERE recorded_at < :before_ms ORDER BY recorded_at")

# Newest first, as the index has them.
_LIST = (
    "SELECT * FROM audit_log WHERE app_id = :app_id AND recorded_at <= :newest_ms AND recorded_at >= :since_ms"
    " AND (recorded_at < :newest_ms OR entry_id <= :entry_id)CONDITIONS"
    " ORDER BY recorded_at DESC, entry_id DESC LIMIT :limit"
)
_CONDITIONS = {
    "user_ids": " AND user_id IN (:user_ids*)",
    "actions": " AND action IN (:actions*)",
    "actor": " AND actor = :actor",
    "tenant_id": " AND tenant_id = :tenant_id",
}


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry of the trail. details: a JSON object without secrets."""

    entry_id: str
    recorded_at: int
    tenant_id: str
    user_id: str
    actor: str
    action: str
    reason: str
    details: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Filter:
    """Which entries: only those that match everything that is given, from `newest` on backwards, that one included."""

    newest_ms: int
    entry_id: str
    since_ms: int = 0
    user_ids: Sequence[str] | None = None
    actions: Sequence[str] | None = None
    actor: str | None = None
    tenant_id: str | None = None


async def add(tx: Connection, app_id: str, entry: Entry) -> None:
    """Write an entry."""
    await tx.execute(
        ADD,
        app_id=app_id,
        entry_id=entry.entry_id,
        recorded_at=entry.recorded_at,
        tenant_id=entry.tenant_id,
        user_id=entry.user_id,
        actor=entry.actor,
        action=entry.action,
        reason=entry.reason,
        details=json.dumps(entry.details),
    )


async def list_entries(connection: Connection, app_id: str, wanted: Filter, limit: int) -> list[Entry]:
    """The entries of an app that match, newest first."""
    values: dict[str, Value] = {name: value for name in _CONDITIONS if (value := getattr(wanted, name)) is not None}
    rows = await connection.fetch_all(
        list_query(tuple(values)),
        app_id=app_id,
        newest_ms=wanted.newest_ms,
        since_ms=wanted.since_ms,
        entry_id=wanted.entry_id,
        limit=limit,
        **values,
    )
    return [_entry(row) for row in rows]


async def delete_old(database: Database, before_ms: int) -> None:
    """Delete what was recorded before a time, of all apps."""
    await DELETE_OLD.run(database, before_ms=before_ms)


@lru_cache(maxsize=16)
def list_query(conditions: tuple[str, ...]) -> Query:
    """The statement for the conditions that are given."""
    return Query(_LIST.replace("CONDITIONS", "".join(_CONDITIONS[name] for name in conditions)))


def _entry(row: Row) -> Entry:
    return Entry(
        row["entry_id"],
        row["recorded_at"],
        row["tenant_id"],
        row["user_id"],
        row["actor"],
        row["action"],
        row["reason"],
        json.loads(row["details"]),
    )
