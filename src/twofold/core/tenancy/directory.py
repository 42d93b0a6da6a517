# SPDX-License-Identifier: Apache-2.0
"""Finds the tenant of a call and its effective settings, from memory whenever it can.

Each change or deletion of a tenant is counted in the database, in the same transaction. A node that is asked looks at
that number once in LOOK_EVERY_MS, and forgets everything when it is another one: so a change made by another node is
seen within that time, whatever the number of tenants, and one made by this node at once (`forget`). An unknown tenant
is never remembered: creating it anywhere works immediately.
"""

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from twofold.core.clock import Clock
from twofold.core.config import LEVELS, Settings, kept_within, read_override
from twofold.core.errors import BadRequest
from twofold.core.storage.database import Connection, Database
from twofold.core.tenancy import store
from twofold.core.tenancy.names import DEFAULT_DOMAIN, PUBLIC, app_key, split_app_key
from twofold.core.tenancy.store import TenantRecord

LOOK_EVERY_MS = 1_000
CACHE_SIZE = 10_000


@dataclass(frozen=True, slots=True)
class Tenant:
    """A tenant that exists, and the settings that hold for it: its own, else its app's, else the core's.

    as_of: whatever else was read as of the same object is from the same time: no change was noticed in between.
    """

    app_id: str
    tenant_id: str
    settings: Settings
    record: TenantRecord
    as_of: object


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
        self._domains_as_of: object = None
        self._as_of: object = object()
        self._changes = 0
        self._looked_at_ms = 0

    async def find(self, app_id: str, tenant_id: str) -> Tenant:
        """The tenant and its effective settings. Raises UnknownTenant."""
        as_of = self._as_of if self._is_fresh(self._clock.now_ms()) else await self._look()
        known = self._known.get((app_id, tenant_id))
        if known is not None and known.as_of is as_of:
            return known
        return await self._read(app_id, tenant_id, as_of)

    async def domain_of_host(self, host: str) -> str:
        """The connection URI domain that a Host header names; the default one for every unknown host."""
        as_of = self._as_of if self._is_fresh(self._clock.now_ms()) else await self._look()
        if self._domains_as_of is not as_of:
            self._domains = frozenset(
                domain for domain, _ in map(split_app_key, await store.list_apps_of_domains(self._database))
            )
            self._domains_as_of = as_of
        if not self._domains:
            return DEFAULT_DOMAIN
        name = host.rpartition(":")[0] if host.rpartition(":")[2].isdigit() else host
        return name.lower() if name.lower() in self._domains else DEFAULT_DOMAIN

    def forget(self) -> None:
        """Read everything anew on the next call; for those who changed something."""
        self._as_of = object()

    def _is_fresh(self, now_ms: int) -> bool:
        """Whether somebody looked for changes lately: then what was read as of `_as_of` holds."""
        return 0 <= now_ms - self._looked_at_ms < LOOK_EVERY_MS

    async def _look(self) -> object:
        """Look for changes. What is remembered holds if it was read as of the object that this returns."""
        # The others need not look meanwhile.
        looked_at_ms, self._looked_at_ms = self._looked_at_ms, self._clock.now_ms()
        try:
            changes = await store.count_changes(self._database)
        except BaseException:
            self._looked_at_ms = looked_at_ms
            raise
        if changes != self._changes:
            self._changes = changes
            self.forget()
        return self._as_of

    async def _read(self, app_id: str, tenant_id: str, as_of: object) -> Tenant:
        records = await store.find_tenants(self._database, app_id, [PUBLIC, tenant_id])
        record = records.get(tenant_id)
        if record is None:
            self._known.pop((app_id, tenant_id), None)
            raise UnknownTenant(app_id, tenant_id)
        overrides = await overrides_above(self._database, app_id, records.get(PUBLIC)) | record.core_config
        # What was stored before a profile of assurance was chosen may be looser than that allows.
        settings = kept_within(with_overrides(self._base, overrides))
        tenant = Tenant(app_id, tenant_id, settings, record, as_of)
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
