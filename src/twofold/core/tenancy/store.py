# SPDX-License-Identifier: Apache-2.0
"""SQL of apps and tenants that every call needs. What changes them is in the multitenancy recipe."""

import json
from dataclasses import dataclass
from typing import Any

from twofold.core.storage.database import Connection, Row
from twofold.core.storage.query import Query
from twofold.core.tenancy.names import DEFAULT_DOMAIN, split_app_key


@dataclass(frozen=True, slots=True)
class TenantRecord:
    """A tenant as stored. `first_factors` None means no restriction, an empty tuple means nothing is allowed."""

    app_id: str
    tenant_id: str
    first_factors: tuple[str, ...] | None
    required_secondary_factors: tuple[str, ...] | None
    core_config: dict[str, Any]
    third_party_providers: list[dict[str, Any]]
    email_password_enabled: bool
    third_party_enabled: bool
    passwordless_enabled: bool


COLUMNS = (
    "app_id, tenant_id, first_factors, required_secondary_factors, core_config, third_party_providers,"
    " email_password_enabled, third_party_enabled, passwordless_enabled"
)

FIND_TENANT_WITH_PUBLIC = Query(f"SELECT {COLUMNS} FROM tenants WHERE app_id = :app_id AND tenant_id IN (:tenant_ids*)")
CREATE_APP = Query(
    "INSERT INTO apps (app_id, created_at) VALUES (:app_id, :now_ms) ON CONFLICT DO NOTHING RETURNING app_id"
)
CREATE_TENANT = Query(
    "INSERT INTO tenants (app_id, tenant_id, created_at, first_factors, required_secondary_factors, core_config,"
    " third_party_providers, email_password_enabled, third_party_enabled, passwordless_enabled)"
    " VALUES (:app_id, :tenant_id, :now_ms, :first_factors, NULL, '{}', '[]', :enabled, :enabled, :enabled)"
    " ON CONFLICT DO NOTHING RETURNING tenant_id"
)
COUNT_CHANGE = Query(
    "INSERT INTO tenancy_changes (id, number) VALUES (1, 1)"
    " ON CONFLICT (id) DO UPDATE SET number = tenancy_changes.number + 1"
)
FIND_CHANGES = Query("SELECT number FROM tenancy_changes WHERE id = 1")
LIST_APPS_OF_DOMAINS = Query("SELECT app_id FROM apps WHERE app_id LIKE '%|%' ORDER BY app_id")


async def find_tenants(connection: Connection, app_id: str, tenant_ids: list[str]) -> dict[str, TenantRecord]:
    """The tenants of one app among `tenant_ids` that exist, by id."""
    rows = await connection.fetch_all(FIND_TENANT_WITH_PUBLIC, app_id=app_id, tenant_ids=tenant_ids)
    return {row["tenant_id"]: read_tenant(row) for row in rows}


async def create_app(connection: Connection, app_id: str, now_ms: int) -> bool:
    """Create an app; False when it existed."""
    created = await connection.fetch_one(CREATE_APP, app_id=app_id, now_ms=now_ms) is not None
    if created and split_app_key(app_id)[0] != DEFAULT_DOMAIN:
        await count_change(connection)  # a new domain: other nodes remember which there are
    return created


async def create_tenant(
    connection: Connection,
    app_id: str,
    tenant_id: str,
    *,
    now_ms: int,
    first_factors: list[str] | None,
    enabled: bool,
) -> bool:
    """Create a tenant without overrides; False when it existed. `enabled` sets the three flags of old clients."""
    created = await connection.fetch_one(
        CREATE_TENANT,
        app_id=app_id,
        tenant_id=tenant_id,
        now_ms=now_ms,
        first_factors=None if first_factors is None else json.dumps(first_factors),
        enabled=enabled,
    )
    return created is not None


async def count_change(tx: Connection) -> None:
    """Have every node read tenants and apps anew. In the transaction that changes or deletes one."""
    await tx.execute(COUNT_CHANGE)


async def count_changes(connection: Connection) -> int:
    """How often something that nodes remember was changed; another number means that they must read anew."""
    return await connection.fetch_value(FIND_CHANGES) or 0


async def list_apps_of_domains(connection: Connection) -> list[str]:
    """The keys of all apps outside the default connection URI domain."""
    return [row["app_id"] for row in await connection.fetch_all(LIST_APPS_OF_DOMAINS)]


def read_tenant(row: Row) -> TenantRecord:
    """A row with COLUMNS as a record."""
    return TenantRecord(
        app_id=row["app_id"],
        tenant_id=row["tenant_id"],
        first_factors=_read_list(row["first_factors"]),
        required_secondary_factors=_read_list(row["required_secondary_factors"]),
        core_config=json.loads(row["core_config"]),
        third_party_providers=json.loads(row["third_party_providers"]),
        email_password_enabled=bool(row["email_password_enabled"]),
        third_party_enabled=bool(row["third_party_enabled"]),
        passwordless_enabled=bool(row["passwordless_enabled"]),
    )


def _read_list(text: str | None) -> tuple[str, ...] | None:
    return None if text is None else tuple(json.loads(text))
