# SPDX-License-Identifier: Apache-2.0
"""Rules of creating and changing apps and tenants."""

import dataclasses
from dataclasses import dataclass
from typing import Any

from twofold.core._fields import ABSENT, Absent
from twofold.core.errors import BadRequest
from twofold.core.recipe.multitenancy import store
from twofold.core.recipe.multitenancy.core_config import check_overrides, check_ranges
from twofold.core.services import Services
from twofold.core.storage.database import Connection
from twofold.core.tenancy import store as tenancy_store
from twofold.core.tenancy.directory import UnknownTenant, with_overrides
from twofold.core.tenancy.names import PUBLIC
from twofold.core.tenancy.store import TenantRecord

Factors = list[str] | Absent | None
BUILT_IN_FACTORS: dict[str, tuple[str, ...]] = {
    "email_password_enabled": ("emailpassword",),
    "third_party_enabled": ("thirdparty",),
    "passwordless_enabled": ("otp-email", "otp-phone", "link-email", "link-phone"),
}


@dataclass(frozen=True, slots=True)
class TenantChange:
    """What a call wants to change; what is absent stays."""

    core_config: dict[str, Any]
    first_factors: Factors = ABSENT
    required_secondary_factors: Factors = ABSENT


async def create_or_update_tenant(services: Services, app_id: str, tenant_id: str, change: TenantChange) -> bool:
    """Create a tenant (with its app, when it is the public one) or change it, all or nothing. True when it is new."""
    is_base = (app_id, tenant_id) == (PUBLIC, PUBLIC)
    if change.core_config and is_base and not services.settings.base_config_modifiable:
        raise BadRequest("Cannot modify base config")
    now_ms = services.clock.now_ms()

    async def apply(tx: Connection) -> bool:
        is_public = tenant_id == PUBLIC
        if is_public:
            await tenancy_store.create_app(tx, app_id, now_ms)
        created = await tenancy_store.create_tenant(
            tx, app_id, tenant_id, now_ms=now_ms, first_factors=None if is_public else [], enabled=True
        )
        record = await store.lock_tenant(tx, app_id, tenant_id)
        if record is None:
            raise UnknownTenant(app_id, tenant_id)  # deleted between the two statements
        public = record if is_public else (await tenancy_store.find_tenants(tx, app_id, [PUBLIC])).get(PUBLIC)
        changed = apply_change(record, change)
        public_overrides = public.core_config if public else {}
        check_overrides(change.core_config, public_overrides, is_public=is_public)
        check_ranges(with_overrides(services.settings, public_overrides | changed.core_config))
        if changed != record:
            await store.update_tenant(tx, changed)
        return created

    try:
        return await services.database.transaction(apply)
    finally:
        services.tenants.forget_app(app_id)


def apply_change(record: TenantRecord, change: TenantChange) -> TenantRecord:
    """The record after a change: overrides are merged, factors are replaced."""
    merged = record.core_config | change.core_config
    changed = dataclasses.replace(
        record, core_config={key: value for key, value in merged.items() if value is not None}
    )
    if change.first_factors is ABSENT and change.required_secondary_factors is ABSENT:
        return changed
    changed = _without_flags(changed)
    if not isinstance(change.first_factors, Absent):
        factors = change.first_factors
        changed = dataclasses.replace(changed, first_factors=None if factors is None else tuple(factors))
    if not isinstance(change.required_secondary_factors, Absent):
        required = change.required_secondary_factors
        changed = dataclasses.replace(changed, required_secondary_factors=tuple(required) if required else None)
    return changed


def effective_first_factors(record: TenantRecord) -> tuple[str, ...] | None:
    """The first factors as new clients see them: the list, or what the flags of old clients leave; None is no limit."""
    flags = {name: getattr(record, name) for name in BUILT_IN_FACTORS}
    if record.first_factors is not None or all(flags.values()):
        return record.first_factors
    return tuple(factor for name, is_on in flags.items() if is_on for factor in BUILT_IN_FACTORS[name])


def _without_flags(record: TenantRecord) -> TenantRecord:
    """The same tenant said by its list of factors alone."""
    return dataclasses.replace(
        record,
        first_factors=effective_first_factors(record),
        email_password_enabled=True,
        third_party_enabled=True,
        passwordless_enabled=True,
    )
