# SPDX-License-Identifier: Apache-2.0
"""SQL that changes and lists apps and tenants."""

import json
from dataclasses import dataclass
from functools import cache

from twofold.core.batches import Deletion
from twofold.core.storage.database import Connection
from twofold.core.storage.query import Query
from twofold.core.tenancy.store import COLUMNS, TenantRecord, count_change, read_tenant

LOCK_TENANT = Query(f"SELECT {COLUMNS} FROM tenants WHERE app_id = :app_id AND tenant_id = :tenant_id FOR UPDATE")
UPDATE_TENANT = Query(
    "UPDATE tenants SET first_factors = :first_factors, required_secondary_factors = :required_secondary_factors,"
    " core_config = :core_config, third_party_providers = :third_party_providers,"
    " email_password_enabled = :email_password_enabled, third_party_enabled = :third_party_enabled,"
    " passwordless_enabled = :passwordless_enabled"
    " WHERE app_id = :app_id AND tenant_id = :tenant_id"
)
LIST_TENANTS = Query(f"SELECT {COLUMNS} FROM tenants WHERE app_id = :app_id ORDER BY tenant_id")
LIST_ALL_TENANTS = Query(f"SELECT {COLUMNS} FROM tenants ORDER BY app_id, tenant_id")
LOCK_TENANTS = Query(f"SELECT {COLUMNS} FROM tenants WHERE app_id = :app_id ORDER BY tenant_id FOR UPDATE")
DELETE_TENANT = Query("DELETE FROM tenants WHERE app_id = :app_id AND tenant_id = :tenant_id")
DELETE_APP = (Query("DELETE FROM tenants WHERE app_id = :app_id"), Query("DELETE FROM apps WHERE app_id = :app_id"))
LIST_APPS = Query("SELECT app_id FROM apps ORDER BY app_id")


async def lock_tenant(connection: Connection, app_id: str, tenant_id: str) -> TenantRecord | None:
    """The tenant as stored, locked until the transaction ends."""
    row = await connection.fetch_one(LOCK_TENANT, app_id=app_id, tenant_id=tenant_id)
    return None if row is None else read_tenant(row)


async def update_tenant(connection: Connection, record: TenantRecord) -> None:
    """Store a changed tenant."""
    await connection.execute(
        UPDATE_TENANT,
        app_id=record.app_id,
        tenant_id=record.tenant_id,
        first_factors=_write_list(record.first_factors),
        required_secondary_factors=_write_list(record.required_secondary_factors),
        core_config=json.dumps(record.core_config),
        third_party_providers=json.dumps(record.third_party_providers),
        email_password_enabled=record.email_password_enabled,
        third_party_enabled=record.third_party_enabled,
        passwordless_enabled=record.passwordless_enabled,
    )
    await count_change(connection)


async def list_tenants(connection: Connection, app_id: str) -> list[TenantRecord]:
    """The tenants of an app."""
    return [read_tenant(row) for row in await connection.fetch_all(LIST_TENANTS, app_id=app_id)]


async def lock_tenants(tx: Connection, app_id: str) -> list[TenantRecord]:
    """The tenants of an app, locked until the transaction ends."""
    return [read_tenant(row) for row in await tx.fetch_all(LOCK_TENANTS, app_id=app_id)]


async def list_all_tenants(connection: Connection) -> list[TenantRecord]:
    """The tenants of every app in every connection URI domain, ordered by app."""
    return [read_tenant(row) for row in await connection.fetch_all(LIST_ALL_TENANTS)]


async def list_apps(connection: Connection) -> list[str]:
    """The keys of all apps."""
    return [row["app_id"] for row in await connection.fetch_all(LIST_APPS)]


async def delete_tenant(tx: Connection, app_id: str, tenant_id: str) -> None:
    """Delete a tenant in which nothing is left."""
    await tx.execute(DELETE_TENANT, app_id=app_id, tenant_id=tenant_id)
    await count_change(tx)


async def delete_app(tx: Connection, app_id: str) -> None:
    """Delete an app in which nothing is left but its tenants."""
    for query in DELETE_APP:
        await tx.execute(query, app_id=app_id)
    await count_change(tx)


@dataclass(frozen=True, slots=True)
class Emptying:
    """Deletes the rows that a tenant or an app has in a table: most of them in batches, the last at once."""

    in_batches: Deletion
    at_once: Query


# The tables are named by recipes, never by callers.
@cache
def emptying_tenant(table: str) -> Emptying:
    """What deletes a tenant's rows of a table: parameters `app_id` and `tenant_id`."""
    return _emptying(table, "app_id = :app_id AND tenant_id = :tenant_id")


@cache
def emptying_app(table: str) -> Emptying:
    """What deletes an app's rows of a table: parameter `app_id`."""
    return _emptying(table, "app_id = :app_id")


def _emptying(table: str, condition: str) -> Emptying:
    return Emptying(
        Deletion(table, f"{table} WHERE {condition}"),
        Query(f"DELETE FROM {table} WHERE {condition}"),
    )


def _write_list(values: tuple[str, ...] | None) -> str | None:
    return None if values is None else json.dumps(list(values))
