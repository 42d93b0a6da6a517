# SPDX-License-Identifier: Apache-2.0
"""SQL of users that wait to be imported. Their content comes and goes sealed."""

from dataclasses import dataclass, field

from twofold.core.storage.database import Connection, Row
from twofold.core.storage.query import Query, Value

_COLUMNS = "app_id, id, status, content, error_message, due_at, created_at, updated_at"
_PAGE = " AND (created_at, id) <= (:from_created_at, :from_id) ORDER BY created_at DESC, id DESC LIMIT :limit"

ADD = Query(
    f"INSERT INTO bulk_import_users ({_COLUMNS})"
    " VALUES (:app_id, :id, 'NEW', :content, NULL, :now_ms, :now_ms, :now_ms)"
)
LIST = Query(f"SELECT {_COLUMNS} FROM bulk_import_users WHERE app_id = :app_id{_PAGE}")
LIST_BY_STATUS = Query(f"SELECT {_COLUMNS} FROM bulk_import_users WHERE app_id = :app_id AND status = :status{_PAGE}")
COUNT = Query("SELECT COUNT(*) FROM bulk_import_users WHERE app_id = :app_id")
COUNT_BY_STATUS = Query("SELECT COUNT(*) FROM bulk_import_users WHERE app_id = :app_id AND status = :status")
DELETE = Query("DELETE FROM bulk_import_users WHERE app_id = :app_id AND id IN (:ids*) RETURNING id")
BATCH = 50
# Nodes that claim at once pass over each other's rows. Materialised: the rows are chosen, and locked, once. The limit
# is no parameter: PostgreSQL would prepare for a tenth of the table, and read all of it.
CLAIM = Query(
    "WITH due AS MATERIALIZED (SELECT app_id, id FROM bulk_import_users WHERE due_at <= :now_ms"
    f" ORDER BY due_at LIMIT {BATCH} FOR UPDATE SKIP LOCKED)"
    " UPDATE bulk_import_users SET status = 'PROCESSING', due_at = :lease_end_ms, updated_at = :now_ms"
    f" WHERE (app_id, id) IN (SELECT app_id, id FROM due) RETURNING {_COLUMNS}"
)
# Only while the claim is ours: a row whose lease ended may be in the hands of another node.
TAKE = Query("DELETE FROM bulk_import_users WHERE app_id = :app_id AND id = :id AND due_at = :due_at")
FAIL = Query(
    "UPDATE bulk_import_users SET status = 'FAILED', due_at = NULL, error_message = :message, updated_at = :now_ms"
    " WHERE app_id = :app_id AND id = :id AND due_at = :due_at"
)


@dataclass(frozen=True, slots=True)
class Waiting:
    """A user that waits, is being imported, or could not be. Times in milliseconds."""

    app_id: str
    id: str
    status: str
    content: str = field(repr=False)
    error_message: str | None
    due_at: int | None
    created_at: int
    updated_at: int


async def add(tx: Connection, app_id: str, user_id: str, content: str, now_ms: int) -> None:
    """Store a user to be imported from now on."""
    await tx.execute(ADD, app_id=app_id, id=user_id, content=content, now_ms=now_ms)


async def list_page(
    connection: Connection, app_id: str, status: str | None, start: tuple[int, str], limit: int
) -> list[Waiting]:
    """The users, newest first, from a time of creation and an id on; of all statuses for None."""
    page: dict[str, Value] = {"from_created_at": start[0], "from_id": start[1], "limit": limit}
    if status is None:
        rows = await connection.fetch_all(LIST, app_id=app_id, **page)
    else:
        rows = await connection.fetch_all(LIST_BY_STATUS, app_id=app_id, status=status, **page)
    return [_waiting(row) for row in rows]


async def count(connection: Connection, app_id: str, status: str | None) -> int:
    """How many users have the status; all for None."""
    if status is None:
        return int(await connection.fetch_value(COUNT, app_id=app_id))
    return int(await connection.fetch_value(COUNT_BY_STATUS, app_id=app_id, status=status))


async def delete(connection: Connection, app_id: str, ids: list[str]) -> set[str]:
    """Delete users by id; answers with the ids that there were."""
    return {row["id"] for row in await connection.fetch_all(DELETE, app_id=app_id, ids=ids)}


async def claim(connection: Connection, now_ms: int, lease_end_ms: int) -> list[Waiting]:
    """Claim users of all apps that are due, until the lease ends. Of several nodes, each is given other ones."""
    rows = await connection.fetch_all(CLAIM, now_ms=now_ms, lease_end_ms=lease_end_ms)
    return [_waiting(row) for row in rows]


async def take(tx: Connection, claimed: Waiting) -> bool:
    """Delete a claimed user, in the transaction that imports it; False when the claim has passed to another node."""
    return await tx.execute(TAKE, app_id=claimed.app_id, id=claimed.id, due_at=claimed.due_at) > 0


async def fail(connection: Connection, claimed: Waiting, message: str, now_ms: int) -> None:
    """Keep a claimed user with what went wrong."""
    await connection.execute(
        FAIL, app_id=claimed.app_id, id=claimed.id, due_at=claimed.due_at, message=message, now_ms=now_ms
    )


def _waiting(row: Row) -> Waiting:
    return Waiting(
        row["app_id"],
        row["id"],
        row["status"],
        row["content"],
        row["error_message"],
        row["due_at"],
        row["created_at"],
        row["updated_at"],
    )
