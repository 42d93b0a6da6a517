# SPDX-License-Identifier: Apache-2.0
"""SQL of trusted devices. Secrets come and go hashed; users are known by their effective id."""

import json
from dataclasses import dataclass, field

from twofold.core.batches import Deletion
from twofold.core.storage.database import Connection, Database, Row
from twofold.core.storage.query import Query

_OF_USER = "app_id = :app_id AND user_id = :user_id"
_IN_TENANT = f"{_OF_USER} AND tenant_id = :tenant_id"
_SHOWN = "device_id, user_agent, created_at, last_used_at, expires_at"

ADD = Query(
    "INSERT INTO trusted_devices (app_id, tenant_id, user_id, secret_hash, factors, " + _SHOWN + ") VALUES"
    " (:app_id, :tenant_id, :user_id, :secret_hash, :factors, :device_id, :user_agent, :now_ms, :now_ms, :expires_at)"
)
# Whose it is, where, and until when is part of the question: a device of another user or tenant is none.
RECOGNISE = Query(
    f"UPDATE trusted_devices SET last_used_at = :now_ms WHERE {_IN_TENANT} AND device_id = :device_id"
    " AND secret_hash = :secret_hash AND expires_at > :now_ms RETURNING factors"
)
LIST = Query(
    f"SELECT {_SHOWN} FROM trusted_devices WHERE {_IN_TENANT} AND expires_at > :now_ms ORDER BY created_at, device_id"
)
EXISTS = Query(f"SELECT 1 FROM trusted_devices WHERE {_OF_USER} LIMIT 1")
REMOVE = Query(f"DELETE FROM trusted_devices WHERE {_IN_TENANT} AND device_id = :device_id")
FORGET = Query(f"DELETE FROM trusted_devices WHERE {_OF_USER}")
FORGET_IN_TENANT = Query(f"DELETE FROM trusted_devices WHERE {_IN_TENANT}")
MOVE = Query(f"UPDATE trusted_devices SET user_id = :new_user_id WHERE {_OF_USER}")
DELETE_EXPIRED = Deletion("trusted_devices", "trusted_devices WHERE expires_at <= :now_ms ORDER BY expires_at")


@dataclass(frozen=True, slots=True)
class NewDevice:
    """A browser that is to be trusted; times in milliseconds."""

    device_id: str
    user_id: str
    secret_hash: str = field(repr=False)
    factors: list[str]
    user_agent: str
    created_at: int
    expires_at: int


@dataclass(frozen=True, slots=True)
class Shown:
    """What a browser shows to be recognised."""

    device_id: str
    secret_hash: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Device:
    """A trusted browser as its user is shown it."""

    device_id: str
    user_agent: str
    created_at: int
    last_used_at: int
    expires_at: int


async def add(connection: Connection, app_id: str, tenant_id: str, new: NewDevice) -> None:
    """Store a device."""
    await connection.execute(
        ADD,
        app_id=app_id,
        tenant_id=tenant_id,
        user_id=new.user_id,
        secret_hash=new.secret_hash,
        factors=json.dumps(new.factors),
        device_id=new.device_id,
        user_agent=new.user_agent,
        now_ms=new.created_at,
        expires_at=new.expires_at,
    )


async def recognise(
    connection: Connection, app_id: str, tenant_id: str, user_id: str, shown: Shown, now_ms: int
) -> list[str] | None:
    """The factors of a device, which is marked as used now; None when this user trusts no such device here."""
    factors = await connection.fetch_value(
        RECOGNISE,
        app_id=app_id,
        tenant_id=tenant_id,
        user_id=user_id,
        device_id=shown.device_id,
        secret_hash=shown.secret_hash,
        now_ms=now_ms,
    )
    return None if factors is None else list(json.loads(factors))


async def list_devices(connection: Connection, app_id: str, tenant_id: str, user_id: str, now_ms: int) -> list[Device]:
    """The devices of a user in a tenant that have not expired, oldest first."""
    rows = await connection.fetch_all(LIST, app_id=app_id, tenant_id=tenant_id, user_id=user_id, now_ms=now_ms)
    return [_device(row) for row in rows]


async def remove(connection: Connection, app_id: str, tenant_id: str, user_id: str, device_id: str) -> bool:
    """End the trust in a device; whether there was any."""
    removed = await connection.execute(REMOVE, app_id=app_id, tenant_id=tenant_id, user_id=user_id, device_id=device_id)
    return removed > 0


async def exists(connection: Connection, app_id: str, user_id: str) -> bool:
    """Whether a user has any device, in any tenant."""
    return await connection.fetch_one(EXISTS, app_id=app_id, user_id=user_id) is not None


async def forget(connection: Connection, app_id: str, user_id: str) -> None:
    """End the trust in all devices of a user, in every tenant."""
    await connection.execute(FORGET, app_id=app_id, user_id=user_id)


async def forget_in_tenant(connection: Connection, app_id: str, tenant_id: str, user_id: str) -> bool:
    """End the trust in all devices of a user in one tenant; whether there were any."""
    return await connection.execute(FORGET_IN_TENANT, app_id=app_id, tenant_id=tenant_id, user_id=user_id) > 0


async def move(tx: Connection, app_id: str, user_id: str, new_user_id: str) -> None:
    """Give the devices under one id to another."""
    await tx.execute(MOVE, app_id=app_id, user_id=user_id, new_user_id=new_user_id)


async def delete_expired(database: Database, now_ms: int) -> None:
    """Delete the expired devices of all apps."""
    await DELETE_EXPIRED.run(database, now_ms=now_ms)


def _device(row: Row) -> Device:
    return Device(row["device_id"], row["user_agent"], row["created_at"], row["last_used_at"], row["expires_at"])
