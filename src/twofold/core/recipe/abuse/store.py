# SPDX-License-Identifier: Apache-2.0
"""SQL of budgets: one statement counts and decides."""

from twofold.core.batches import Deletion
from twofold.core.recipe.abuse.budgets import Budget
from twofold.core.storage.database import Connection, Database
from twofold.core.storage.query import Query

_OF_BUDGET = "app_id = :app_id AND subject = :subject AND budget = :budget"

# Whoever takes from the same budget waits until the transaction ends: a hundred at once are one after the other.
TAKE = Query(
    "INSERT INTO abuse_budgets (app_id, subject, budget, full_at)"
    " VALUES (:app_id, :subject, :budget, :full_at)"
    " ON CONFLICT (app_id, subject, budget) DO UPDATE SET full_at = :refill_ms"
    " + CASE WHEN abuse_budgets.full_at > :now_ms THEN abuse_budgets.full_at ELSE :now_ms END"
    " WHERE abuse_budgets.full_at <= :full_before RETURNING full_at"
)
FIND = Query(f"SELECT full_at FROM abuse_budgets WHERE {_OF_BUDGET}")
FIND_ALL = Query(
    "SELECT budget, full_at FROM abuse_budgets WHERE app_id = :app_id AND subject = :subject AND budget IN (:budgets*)"
)
PUT = Query(
    "INSERT INTO abuse_budgets (app_id, subject, budget, full_at) VALUES (:app_id, :subject, :budget, :full_at)"
    " ON CONFLICT (app_id, subject, budget) DO UPDATE SET full_at = excluded.full_at"
)
GIVE_BACK = Query(f"UPDATE abuse_budgets SET full_at = full_at - :given_back_ms WHERE {_OF_BUDGET}")
REMOVE = Query(f"DELETE FROM abuse_budgets WHERE {_OF_BUDGET} RETURNING full_at")
FILL = Query("DELETE FROM abuse_budgets WHERE app_id = :app_id AND subject IN (:subjects*)")
FILL_BUT = Query(FILL.text + " AND budget NOT LIKE :kept")
DELETE_FULL = Deletion("abuse_budgets", "abuse_budgets WHERE full_at <= :now_ms ORDER BY full_at")


async def take(connection: Connection, app_id: str, budget: Budget, now_ms: int) -> bool:
    """Take one; False, and nothing changed, when there is none. Of any number of callers, as many as there are win."""
    return await take_until(connection, app_id, budget, now_ms) is not None


async def take_until(connection: Connection, app_id: str, budget: Budget, now_ms: int) -> int | None:
    """`take`; answers when the budget will be full again, and None when there was none to be taken."""
    full_at: int | None = await connection.fetch_value(
        TAKE,
        app_id=app_id,
        subject=budget.subject,
        budget=budget.name,
        now_ms=now_ms,
        refill_ms=budget.limit.refill_ms,
        full_at=now_ms + budget.limit.refill_ms,
        full_before=budget.full_before(now_ms),
    )
    return full_at


async def find_wait_ms(connection: Connection, app_id: str, budget: Budget, now_ms: int) -> int:
    """How long until one can be taken; 0 when one can be now."""
    full_at = await connection.fetch_value(FIND, app_id=app_id, subject=budget.subject, budget=budget.name)
    return 0 if full_at is None else budget.wait_ms(full_at, now_ms)


async def find_all(connection: Connection, app_id: str, subject: str, names: list[str]) -> dict[str, int]:
    """When those budgets of a subject from which anything was taken will be full again, by name."""
    rows = await connection.fetch_all(FIND_ALL, app_id=app_id, subject=subject, budgets=names)
    return {row["budget"]: row["full_at"] for row in rows}


async def put(connection: Connection, app_id: str, budget: Budget, full_at: int) -> None:
    """Set when a budget will be full again."""
    await connection.execute(PUT, app_id=app_id, subject=budget.subject, budget=budget.name, full_at=full_at)


async def give_back(connection: Connection, app_id: str, budget: Budget, count: int) -> None:
    """Put back what was taken."""
    await connection.execute(
        GIVE_BACK,
        app_id=app_id,
        subject=budget.subject,
        budget=budget.name,
        given_back_ms=count * budget.limit.refill_ms,
    )


async def remove(connection: Connection, app_id: str, budget: Budget, now_ms: int) -> int:
    """Fill a budget up; answers how many were missing."""
    full_at = await connection.fetch_value(REMOVE, app_id=app_id, subject=budget.subject, budget=budget.name)
    return 0 if full_at is None else budget.missing(full_at, now_ms)


async def fill(connection: Connection, app_id: str, *subjects: str) -> bool:
    """Fill all budgets of these subjects up; whether anything was missing."""
    return await connection.execute(FILL, app_id=app_id, subjects=list(subjects)) > 0


async def fill_but(connection: Connection, app_id: str, kept: str, *subjects: str) -> bool:
    """`fill`, but for the budgets whose names begin with `kept`."""
    return await connection.execute(FILL_BUT, app_id=app_id, subjects=list(subjects), kept=f"{kept}%") > 0


async def delete_full(database: Database, now_ms: int) -> None:
    """Delete, in all apps, the rows that say nothing any more."""
    await DELETE_FULL.run(database, now_ms=now_ms)
