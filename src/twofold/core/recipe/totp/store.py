# SPDX-License-Identifier: Apache-2.0
"""SQL of authenticator devices, used time steps and wrong attempts. Secrets come and go sealed."""

import json
from dataclasses import dataclass, field

from twofold.core.batches import Deletion
from twofold.core.recipe.abuse import store as abuse
from twofold.core.recipe.abuse.budgets import Budget
from twofold.core.storage.database import Connection, Database, Row
from twofold.core.storage.query import Query


@dataclass(frozen=True, slots=True)
class Device:
    """An authenticator app of a user, or one that is being set up (not verified)."""

    user_id: str
    name: str
    secret: str = field(repr=False)
    period_seconds: int
    skew: int
    is_verified: bool
    created_at: int


_COLUMNS = "user_id, device_name, secret, period_seconds, skew, is_verified, created_at"
_OF_USER = "app_id = :app_id AND user_id = :user_id"

# A device that was never verified is nobody's yet, and makes way.
PUT_DEVICE = Query(
    f"INSERT INTO totp_devices (app_id, {_COLUMNS}) VALUES (:app_id, :user_id, :device_name, :secret, :period_seconds,"
    " :skew, :is_verified, :created_at)"
    " ON CONFLICT (app_id, user_id, device_name) DO UPDATE SET secret = excluded.secret,"
    " period_seconds = excluded.period_seconds, skew = excluded.skew, is_verified = excluded.is_verified,"
    " created_at = excluded.created_at"
    " WHERE NOT totp_devices.is_verified RETURNING device_name"
)
LIST_DEVICES = Query(f"SELECT {_COLUMNS} FROM totp_devices WHERE {_OF_USER} ORDER BY created_at, device_name")
LOCK_DEVICES = Query(f"SELECT {_COLUMNS} FROM totp_devices WHERE {_OF_USER} ORDER BY device_name FOR UPDATE")
FIND_DEVICE = Query(f"SELECT 1 FROM totp_devices WHERE {_OF_USER} LIMIT 1")
RENAME_DEVICE = Query(
    f"UPDATE totp_devices SET device_name = :new_device_name WHERE {_OF_USER} AND device_name = :device_name"
)
MARK_VERIFIED = Query(
    f"UPDATE totp_devices SET is_verified = :is_verified WHERE {_OF_USER} AND device_name = :device_name"
)
DELETE_DEVICE = Query(f"DELETE FROM totp_devices WHERE {_OF_USER} AND device_name = :device_name")
HAVE_VERIFIED = Query(
    "SELECT user_id, MAX(CASE WHEN is_verified THEN 1 ELSE 0 END) AS has_verified FROM totp_devices"
    " WHERE app_id = :app_id AND user_id IN (:user_ids*) GROUP BY user_id"
)

# Writes even what it finds, because that locks the row: one code of a user is checked after the other.
LOCK_ATTEMPTS = Query(
    "INSERT INTO totp_attempts (app_id, tenant_id, user_id, failed_at, forget_at)"
    " VALUES (:app_id, :tenant_id, :user_id, '[]', :forget_at)"
    " ON CONFLICT (app_id, tenant_id, user_id) DO UPDATE SET failed_at = totp_attempts.failed_at"
    f" RETURNING failed_at, ({abuse.FIND.text}) AS full_at"
)
WRITE_ATTEMPTS = Query(
    "UPDATE totp_attempts SET failed_at = :failed_at, forget_at = :forget_at"
    f" WHERE {_OF_USER} AND tenant_id = :tenant_id"
)
FORGET_ATTEMPTS = Query(f"DELETE FROM totp_attempts WHERE {_OF_USER} AND failed_at <> '[]'")
USE_STEP = Query(
    "INSERT INTO totp_used_steps (app_id, tenant_id, user_id, step_digest, expires_at)"
    " VALUES (:app_id, :tenant_id, :user_id, :step_digest, :expires_at)"
    " ON CONFLICT DO NOTHING RETURNING step_digest"
)

DELETE_OF_USER = tuple(
    Query(f"DELETE FROM {table} WHERE {_OF_USER}") for table in ("totp_devices", "totp_used_steps", "totp_attempts")
)
DELETE_HISTORY = DELETE_OF_USER[1:]
DELETE_HISTORY_IN_TENANT = tuple(
    Query(f"DELETE FROM {table} WHERE {_OF_USER} AND tenant_id = :tenant_id")
    for table in ("totp_used_steps", "totp_attempts")
)
DELETE_EXPIRED = (
    Deletion("totp_used_steps", "totp_used_steps WHERE expires_at < :now_ms ORDER BY expires_at"),
    Deletion("totp_attempts", "totp_attempts WHERE forget_at < :now_ms ORDER BY forget_at"),
)


async def put_device(connection: Connection, app_id: str, device: Device) -> bool:
    """Store a device in place of an unverified one of its name; False when a verified one has the name."""
    stored = await connection.fetch_one(
        PUT_DEVICE,
        app_id=app_id,
        user_id=device.user_id,
        device_name=device.name,
        secret=device.secret,
        period_seconds=device.period_seconds,
        skew=device.skew,
        is_verified=device.is_verified,
        created_at=device.created_at,
    )
    return stored is not None


async def list_devices(connection: Connection, app_id: str, user_id: str) -> list[Device]:
    """The devices of a user, oldest first."""
    return [_device(row) for row in await connection.fetch_all(LIST_DEVICES, app_id=app_id, user_id=user_id)]


async def lock_devices(tx: Connection, app_id: str, user_id: str) -> dict[str, Device]:
    """The devices of a user by name; nobody changes them until the transaction ends."""
    found = [_device(row) for row in await tx.fetch_all(LOCK_DEVICES, app_id=app_id, user_id=user_id)]
    return {device.name: device for device in found}


async def has_device(connection: Connection, app_id: str, user_id: str) -> bool:
    """Whether a user has any device."""
    return await connection.fetch_one(FIND_DEVICE, app_id=app_id, user_id=user_id) is not None


async def rename_device(tx: Connection, app_id: str, device: Device, new_name: str) -> None:
    """Give a device another name. Raises UniqueViolation when it has just been taken."""
    await tx.execute(
        RENAME_DEVICE, app_id=app_id, user_id=device.user_id, device_name=device.name, new_device_name=new_name
    )


async def mark_verified(tx: Connection, app_id: str, device: Device) -> None:
    """Remember that the user has shown a code of the device."""
    await tx.execute(MARK_VERIFIED, app_id=app_id, user_id=device.user_id, device_name=device.name, is_verified=True)


async def delete_device(tx: Connection, app_id: str, user_id: str, device_name: str) -> bool:
    """Delete a device; whether there was one."""
    return await tx.execute(DELETE_DEVICE, app_id=app_id, user_id=user_id, device_name=device_name) > 0


async def have_verified(connection: Connection, app_id: str, user_ids: list[str]) -> dict[str, bool]:
    """Of the users that have devices: whether any of them is verified."""
    rows = await connection.fetch_all(HAVE_VERIFIED, app_id=app_id, user_ids=user_ids)
    return {row["user_id"]: bool(row["has_verified"]) for row in rows}


async def lock_attempts(
    tx: Connection, app_id: str, tenant_id: str, user_id: str, forget_at: int, budget: Budget
) -> tuple[list[int], int]:
    """When wrong codes were tried, oldest first, and when a budget of the user will be full again.

    Others who check a code of the user in the tenant wait.
    """
    row = await tx.fetch_one(
        LOCK_ATTEMPTS,
        app_id=app_id,
        tenant_id=tenant_id,
        user_id=user_id,
        forget_at=forget_at,
        subject=budget.subject,
        budget=budget.name,
    )
    return ([], 0) if row is None else (json.loads(row["failed_at"]), row["full_at"] or 0)


async def write_attempts(
    tx: Connection, app_id: str, tenant_id: str, user_id: str, failed_at: list[int], forget_at: int
) -> None:
    """Store when wrong codes were tried."""
    await tx.execute(
        WRITE_ATTEMPTS,
        app_id=app_id,
        tenant_id=tenant_id,
        user_id=user_id,
        failed_at=json.dumps(failed_at),
        forget_at=forget_at,
    )


async def forget_attempts(tx: Connection, app_id: str, user_id: str) -> bool:
    """Forget the wrong codes of a user in every tenant; whether there were any."""
    return await tx.execute(FORGET_ATTEMPTS, app_id=app_id, user_id=user_id) > 0


async def use_step(tx: Connection, app_id: str, tenant_id: str, user_id: str, digest: str, expires_at: int) -> bool:
    """Use a time step up; False when it was used before."""
    used = await tx.fetch_one(
        USE_STEP, app_id=app_id, tenant_id=tenant_id, user_id=user_id, step_digest=digest, expires_at=expires_at
    )
    return used is not None


async def forget_user(tx: Connection, app_id: str, user_id: str) -> None:
    """Delete the devices of a user and the history of their codes."""
    for query in DELETE_OF_USER:
        await tx.execute(query, app_id=app_id, user_id=user_id)


async def forget_history(tx: Connection, app_id: str, user_id: str) -> None:
    """Delete the history of a user's codes in every tenant."""
    for query in DELETE_HISTORY:
        await tx.execute(query, app_id=app_id, user_id=user_id)


async def forget_user_in_tenant(tx: Connection, app_id: str, tenant_id: str, user_id: str) -> bool:
    """Delete the history of a user's codes in a tenant; whether there was any."""
    counts = [
        await tx.execute(query, app_id=app_id, tenant_id=tenant_id, user_id=user_id)
        for query in DELETE_HISTORY_IN_TENANT
    ]
    return any(counts)


async def delete_expired(database: Database, now_ms: int) -> None:
    """Delete what says nothing any more, of all apps."""
    for deletion in DELETE_EXPIRED:
        await deletion.run(database, now_ms=now_ms)


def _device(row: Row) -> Device:
    return Device(
        user_id=row["user_id"],
        name=row["device_name"],
        secret=row["secret"],
        period_seconds=row["period_seconds"],
        skew=row["skew"],
        is_verified=bool(row["is_verified"]),
        created_at=row["created_at"],
    )
