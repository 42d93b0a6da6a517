# SPDX-License-Identifier: Apache-2.0
"""Finds the tenant of a call and its effective settings, from memory whenever it can.

What was read is believed for CACHE_MS, so another node's change is seen within that time; a change made by this node
is seen at once (`forget_app`). An unknown tenant is never remembered: creating it anywhere works immediately.
"""

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from twofold.core.clock import Clock
from twofold.core.config import LEVELS, Settings, read_override
from twofold.core.errors import BadRequest
from twofold.core.storage.database import Connection, Database
from twofold.core.tenancy import store
from twofold.core.tenancy.names import DEFAULT_DOMAIN, PUBLIC, app_key, split_app_key
from twofold.core.tenancy.store import TenantRecord

CACHE_MS = 5_000
CACHE_SIZE = 10_000


@dataclass(frozen=True, slots=True)
class Tenant:
    """A tenant that exists, and the settings that hold for it: its own, else its app's, else the core's."""

    app_id: str
    tenant_id: str
    settings: Settings
    record: TenantRecord
    read_at_ms: int


class UnknownTenant(BadRequest):
    """The app or the tenant does not exist."""

    def __init__(self, app_id: str, tenant_id: str) -> None:
        domain, app = split_app_key(app_id)
        super().__init__(
            "AppId or tenantId not found => Tenant with the following connectionURIDomain, appId and tenantId "
            f"combination not found: ({domain}, {app}, {tenant_id})"
        )


class TenantDirectory:
    """Knows the tenants of one database."""

    def __init__(self, database: Database, settings: Settings, clock: Clock) -> None:
        self._database = database
        self._base = settings
        self._clock = clock
        self._known: dict[tuple[str, str], Tenant] = {}
        self._domains: frozenset[str] = frozenset()
        self._domains_read_at_ms = 0

    async def find(self, app_id: str, tenant_id: str) -> Tenant:
        """The tenant and its effective settings. Raises UnknownTenant."""
        known = self._known.get((app_id, tenant_id))
        now_ms = self._clock.now_ms()
        if known is not None and 0 <= now_ms - known.read_at_ms < CACHE_MS:
            return known
        return await self._read(app_id, tenant_id, now_ms)

    async def domain_of_host(self, host: str) -> str:
        """The connection URI domain that a Host header names; the default one for every unknown host."""
        now_ms = self._clock.now_ms()
        if not 0 <= now_ms - self._domains_read_at_ms < CACHE_MS:
            self._domains = frozenset(
                domain for domain, _ in map(split_app_key, await store.list_apps_of_domains(self._database))
            )
            self._domains_read_at_ms = now_ms
        if not self._domains:
            return DEFAULT_DOMAIN
        name = host.rpartition(":")[0] if host.rpartition(":")[2].isdigit() else host
        return name.lower() if name.lower() in self._domains else DEFAULT_DOMAIN

    def forget_app(self, app_id: str) -> None:
        """Read everything of this app, and the list of domains, anew on the next call; for those who changed it."""
        self._domains_read_at_ms = 0
        domain, app = split_app_key(app_id)
        if domain != DEFAULT_DOMAIN and app == PUBLIC:
            self._known.clear()  # every app of the domain inherits from its public one
        for key in [key for key in self._known if key[0] == app_id]:
            self._known.pop(key, None)

    async def _read(self, app_id: str, tenant_id: str, now_ms: int) -> Tenant:
        records = await store.find_tenants(self._database, app_id, [PUBLIC, tenant_id])
        record = records.get(tenant_id)
        if record is None:
            self._known.pop((app_id, tenant_id), None)
            raise UnknownTenant(app_id, tenant_id)
        overrides = await overrides_above(self._database, app_id, records.get(PUBLIC)) | record.core_config
        tenant = Tenant(app_id, tenant_id, with_overrides(self._base, overrides), record, now_ms)
        if len(self._known) >= CACHE_SIZE:
            self._known.clear()
        self._known[app_id, tenant_id] = tenant
        return tenant


async def overrides_above(connection: Connection, app_id: str, public_tenant: TenantRecord | None) -> dict[str, Any]:
    """What the app's public tenant sets, over what the public app of its connection URI domain sets."""
    own = public_tenant.core_config if public_tenant else {}
    domain, app = split_app_key(app_id)
    if domain == DEFAULT_DOMAIN or app == PUBLIC:
        return own
    of_domain = (await store.find_tenants(connection, app_key(domain, PUBLIC), [PUBLIC])).get(PUBLIC)
    return (of_domain.core_config if of_domain else {}) | own


def with_overrides(base: Settings, overrides: Mapping[str, Any]) -> Settings:
    """The base settings with a tenant's own; values were checked when they were stored."""
    known = {key: read_override(key, value) for key, value in overrides.items() if value is not None and key in LEVELS}
    return dataclasses.replace(base, **known) if known else base
