# SPDX-License-Identifier: Apache-2.0
"""Rules of creating and changing apps and tenants."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from twofold.core._fields import ABSENT, Absent, Json
from twofold.core.errors import BadRequest
from twofold.core.recipe.multitenancy import store
from twofold.core.recipe.multitenancy.core_config import check_overrides, check_ranges, check_same_in_app
from twofold.core.recipe.multitenancy.ids import Factors
from twofold.core.recipe.multitenancy.old_switches import Switches, switch_before_5_0, switch_since_5_0
from twofold.core.recipe.multitenancy.providers import check_providers
from twofold.core.services import Services
from twofold.core.storage.database import Connection
from twofold.core.tenancy import store as tenancy_store
from twofold.core.tenancy.directory import UnknownTenant, overrides_above, with_overrides
from twofold.core.tenancy.login_methods import effective_first_factors
from twofold.core.tenancy.names import PUBLIC
from twofold.core.tenancy.store import TenantRecord
from twofold.core.version import V5_0, V5_1, Version


@dataclass(frozen=True, slots=True)
class TenantChange:
    """What a call wants to change; what is absent stays. `switches` are a v1 call's, and None in v2."""

    core_config: Json
    first_factors: Factors = ABSENT
    required_secondary_factors: Factors = ABSENT
    switches: Switches | None = None
    version: Version = V5_1


async def create_or_update_tenant(services: Services, app_id: str, tenant_id: str, change: TenantChange) -> bool:
    """Create a tenant (with its app, when it is the public one) or change it, all or nothing. True when it is new."""
    is_base = (app_id, tenant_id) == (PUBLIC, PUBLIC)
    if change.core_config and is_base and not services.settings.base_config_modifiable:
        raise BadRequest("Cannot modify base config")
    now_ms = services.clock.now_ms()

    async def apply(tx: Connection) -> bool:
        created = await _create(tx, app_id, tenant_id, change, now_ms)
        record = await _lock(tx, app_id, tenant_id)
        changed = apply_change(record, change)
        await _check_config(tx, services, changed, change.core_config)
        if changed != record:
            await store.update_tenant(tx, changed)
        return created

    try:
        return await services.database.transaction(apply)
    finally:
        services.tenants.forget()


async def put_provider(
    services: Services, app_id: str, tenant_id: str, provider: Json, *, is_checked: bool = True
) -> bool:
    """Add a third-party provider to a tenant, or replace the one with its id. True when it is new."""

    def put(providers: list[Json]) -> list[Json]:
        places = [place for place, item in enumerate(providers) if item["thirdPartyId"] == provider["thirdPartyId"]]
        if not places:
            return [*providers, provider]
        return [provider if place == places[0] else item for place, item in enumerate(providers)]

    before, after = await _change_providers(services, app_id, tenant_id, put, is_checked=is_checked)
    return len(after) > len(before)


async def remove_provider(services: Services, app_id: str, tenant_id: str, third_party_id: str) -> bool:
    """Remove a third-party provider of a tenant; whether there was one."""

    def remove(providers: list[Json]) -> list[Json]:
        return [item for item in providers if item["thirdPartyId"] != third_party_id]

    before, after = await _change_providers(services, app_id, tenant_id, remove, is_checked=True)
    return len(after) < len(before)


def apply_change(record: TenantRecord, change: TenantChange) -> TenantRecord:
    """The record after a change: overrides are merged, factors are replaced."""
    merged = record.core_config | change.core_config
    changed = replace(record, core_config={key: value for key, value in merged.items() if value is not None})
    if change.switches is None:
        return _with_factors(changed, change)
    if change.version < V5_0:
        return switch_before_5_0(changed, change.switches)
    return switch_since_5_0(changed, change.switches, change.first_factors, change.required_secondary_factors)


async def _create(tx: Connection, app_id: str, tenant_id: str, change: TenantChange, now_ms: int) -> bool:
    is_public, is_old = tenant_id == PUBLIC, change.switches is not None
    if is_public:
        await tenancy_store.create_app(tx, app_id, now_ms)
    has_no_list = is_public or (is_old and change.version >= V5_0)
    return await tenancy_store.create_tenant(
        tx,
        app_id,
        tenant_id,
        now_ms=now_ms,
        first_factors=None if has_no_list else [],
        enabled=is_public or not is_old,
    )


async def _lock(tx: Connection, app_id: str, tenant_id: str) -> TenantRecord:
    record = await store.lock_tenant(tx, app_id, tenant_id)
    if record is None:
        raise UnknownTenant(app_id, tenant_id)  # deleted a moment ago
    return record


async def _check_config(tx: Connection, services: Services, changed: TenantRecord, given: Json) -> None:
    is_public = changed.tenant_id == PUBLIC
    app_id = changed.app_id
    public = None if is_public else (await tenancy_store.find_tenants(tx, app_id, [PUBLIC])).get(PUBLIC)
    above = await overrides_above(tx, app_id, public)
    check_overrides(given, above, is_public=is_public)
    check_ranges(with_overrides(services.settings, above | changed.core_config))
    if is_public and given:
        for other in await store.list_tenants(tx, app_id):
            if other.tenant_id != PUBLIC:
                check_same_in_app(given, other.core_config)


async def _change_providers(
    services: Services,
    app_id: str,
    tenant_id: str,
    change: Callable[[list[Json]], list[Json]],
    *,
    is_checked: bool,
) -> tuple[list[Json], list[Json]]:
    async def apply(tx: Connection) -> tuple[list[Json], list[Json]]:
        record = await _lock(tx, app_id, tenant_id)
        before = record.third_party_providers
        after = change(before)
        if is_checked:
            check_providers(after)
        await store.update_tenant(tx, replace(record, third_party_providers=after))
        return before, after

    try:
        return await services.database.transaction(apply)
    finally:
        services.tenants.forget()


def _with_factors(record: TenantRecord, change: TenantChange) -> TenantRecord:
    first, required = change.first_factors, change.required_secondary_factors
    if first is ABSENT and required is ABSENT:
        return record
    changes: dict[str, Any] = {
        "first_factors": effective_first_factors(record),
        "email_password_enabled": True,
        "third_party_enabled": True,
        "passwordless_enabled": True,
    }
    if not isinstance(first, Absent):
        changes["first_factors"] = None if first is None else tuple(first)
    if not isinstance(required, Absent):
        changes["required_secondary_factors"] = tuple(required) if required else None
    return replace(record, **changes)
