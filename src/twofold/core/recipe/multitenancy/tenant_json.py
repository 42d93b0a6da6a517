# SPDX-License-Identifier: Apache-2.0
"""Tenants as clients see them: by their lists of factors (v2), or by the flags that came before those lists (v1)."""

from collections.abc import Callable, Iterable
from itertools import groupby

from twofold.core._fields import Json
from twofold.core.tenancy.login_methods import LoginKind, effective_first_factors, is_shown_enabled
from twofold.core.tenancy.names import split_app_key
from twofold.core.tenancy.store import TenantRecord
from twofold.core.version import V5_0, Version

Show = Callable[[TenantRecord], Json]


def tenant_json(record: TenantRecord) -> Json:
    """A tenant in v2; what is not restricted is absent. `coreConfig` is its own, not what it inherits."""
    answer: Json = {
        "tenantId": record.tenant_id,
        "thirdParty": {"providers": record.third_party_providers},
        "coreConfig": record.core_config,
    }
    first_factors = effective_first_factors(record)
    if first_factors is not None:
        answer["firstFactors"] = list(first_factors)
    return answer | _required(record)


def old_tenant_json(record: TenantRecord, version: Version) -> Json:
    """A tenant in v1; the lists are there from CDI 5.0 on, where they say something."""

    def switch(kind: LoginKind) -> Json:
        return {"enabled": is_shown_enabled(record, kind, version)}

    answer: Json = {
        "tenantId": record.tenant_id,
        "emailPassword": switch(LoginKind.EMAIL_PASSWORD),
        "thirdParty": switch(LoginKind.THIRD_PARTY) | {"providers": record.third_party_providers},
        "passwordless": switch(LoginKind.PASSWORDLESS),
        "coreConfig": record.core_config,
    }
    if version < V5_0:
        return answer
    if record.first_factors:
        answer["firstFactors"] = list(record.first_factors)
    return answer | _required(record)


def apps_json(records: Iterable[TenantRecord], show: Show) -> list[Json]:
    """Tenants, in the order of their apps, grouped by app."""
    return [
        {"appId": split_app_key(app_id)[1], "tenants": [show(record) for record in group]}
        for app_id, group in groupby(records, key=lambda record: record.app_id)
    ]


def domains_json(records: Iterable[TenantRecord], show: Show) -> list[Json]:
    """Tenants grouped by connection URI domain and app."""

    def domain_of(record: TenantRecord) -> str:
        return split_app_key(record.app_id)[0]

    return [
        {"connectionUriDomain": domain, "apps": apps_json(group, show)}
        for domain, group in groupby(sorted(records, key=lambda r: (domain_of(r), r.app_id)), key=domain_of)
    ]


def _required(record: TenantRecord) -> Json:
    factors = record.required_secondary_factors
    return {} if factors is None else {"requiredSecondaryFactors": list(factors)}
