# SPDX-License-Identifier: Apache-2.0
"""SQL that changes and lists apps and tenants."""

import json

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


def _write_list(values: tuple[str, ...] | None) -> str | None:
    return None if values is None else json.dumps(list(values))
