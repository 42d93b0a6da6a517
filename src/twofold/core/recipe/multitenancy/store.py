# SPDX-License-Identifier: Apache-2.0
"""SQL that changes and lists apps and tenants."""

import json
from functools import cache

from twofold.core.storage.database import Connection
from twofold.core.storage.query import Query
from twofold.core.tenancy.store import COLUMNS, TenantRecord, read_tenant

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


async def empty_tenant(tx: Connection, table: str, app_id: str, tenant_id: str) -> None:
    """Delete a tenant's rows of a table."""
    await tx.execute(_delete_in_tenant(table), app_id=app_id, tenant_id=tenant_id)


async def empty_app(tx: Connection, table: str, app_id: str) -> None:
    """Delete an app's rows of a table."""
    await tx.execute(_delete_in_app(table), app_id=app_id)


# The tables are named by recipes, never by callers.
@cache
def _delete_in_tenant(table: str) -> Query:
    return Query(f"DELETE FROM {table} WHERE app_id = :app_id AND tenant_id = :tenant_id")


@cache
def _delete_in_app(table: str) -> Query:
    return Query(f"DELETE FROM {table} WHERE app_id = :app_id")


def _write_list(values: tuple[str, ...] | None) -> str | None:
    return None if values is None else json.dumps(list(values))
