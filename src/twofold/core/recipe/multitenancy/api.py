# SPDX-License-Identifier: Apache-2.0
"""Endpoints of connection URI domains, apps and tenants, and of the users in a tenant.

Most come twice: v2 lists the factors that a tenant allows; v1 switches recipes on and off, for clients before CDI 5.1.
"""

from dataclasses import replace
from typing import Annotated, Any

from twofold.core._endpoint import Call, Endpoints, Scope
from twofold.core._fields import ABSENT, Absent, Field, Json
from twofold.core.errors import BadRequest, Forbidden, empty_field
from twofold.core.recipe.multitenancy import deletion, rules, store
from twofold.core.recipe.multitenancy.core_config import renamed
from twofold.core.recipe.multitenancy.ids import Factors, check_factors, read_app_id, read_domain, read_tenant_id
from twofold.core.recipe.multitenancy.old_switches import Switches
from twofold.core.recipe.multitenancy.providers import read_provider
from twofold.core.recipe.multitenancy.rules import TenantChange
from twofold.core.recipe.multitenancy.tenant_json import Show, apps_json, domains_json, old_tenant_json, tenant_json
from twofold.core.tenancy.login_methods import LoginKind
from twofold.core.tenancy.names import DEFAULT_DOMAIN, PUBLIC, app_key, split_app_key
from twofold.core.tenancy.protected import check_protected, without_protected
from twofold.core.tenancy.store import TenantRecord
from twofold.core.users.rules import Refused, add_to_tenant, remove_from_tenant
from twofold.core.version import V5_0

PATH = "/recipe/multitenancy"
UNKNOWN_TENANT: Json = {"status": "TENANT_NOT_FOUND_ERROR"}

FactorList = list[str] | Absent | None
RecipeUserId = Annotated[str, Field(name_before="userId")]
Since5_0 = Annotated[FactorList, Field(since=V5_0)]

endpoints = Endpoints()


@endpoints.put(f"{PATH}/tenant/v2", Scope.TENANT)
async def put_tenant(
    call: Call,
    tenant_id: str = PUBLIC,
    core_config: Json | None = None,
    first_factors: FactorList = ABSENT,
    required_secondary_factors: FactorList = ABSENT,
) -> Json:
    """Create a tenant of this app, or change it."""
    change = _change(call, core_config, first_factors, required_secondary_factors)
    return await _put_tenant(call, tenant_id, change)


@endpoints.put(f"{PATH}/app/v2", Scope.TENANT)
async def put_app(
    call: Call,
    app_id: str = PUBLIC,
    core_config: Json | None = None,
    first_factors: FactorList = ABSENT,
    required_secondary_factors: FactorList = ABSENT,
) -> Json:
    """Create an app with its public tenant, or change that tenant."""
    change = _change(call, core_config, first_factors, required_secondary_factors)
    return await _put_app(call, app_id, change)


@endpoints.put(f"{PATH}/connectionuridomain/v2", Scope.TENANT)
async def put_domain(
    call: Call,
    connection_uri_domain: str | None = None,
    core_config: Json | None = None,
    first_factors: FactorList = ABSENT,
    required_secondary_factors: FactorList = ABSENT,
) -> Json:
    """Create a connection URI domain with its public app and tenant, or change that tenant."""
    change = _change(call, core_config, first_factors, required_secondary_factors)
    return await _put_domain(call, connection_uri_domain, change)


@endpoints.put(f"{PATH}/tenant", Scope.TENANT)
async def put_tenant_v1(
    call: Call,
    tenant_id: str = PUBLIC,
    core_config: Json | None = None,
    email_password_enabled: bool | None = None,
    third_party_enabled: bool | None = None,
    passwordless_enabled: bool | None = None,
    first_factors: Since5_0 = ABSENT,
    required_secondary_factors: Since5_0 = ABSENT,
) -> Json:
    """Create a tenant of this app, or change it."""
    switches = _switches(email_password_enabled, third_party_enabled, passwordless_enabled)
    change = _change(call, core_config, first_factors, required_secondary_factors, switches)
    return await _put_tenant(call, tenant_id, change)


@endpoints.put(f"{PATH}/app", Scope.TENANT)
async def put_app_v1(
    call: Call,
    app_id: str = PUBLIC,
    core_config: Json | None = None,
    email_password_enabled: bool | None = None,
    third_party_enabled: bool | None = None,
    passwordless_enabled: bool | None = None,
    first_factors: Since5_0 = ABSENT,
    required_secondary_factors: Since5_0 = ABSENT,
) -> Json:
    """Create an app with its public tenant, or change that tenant."""
    switches = _switches(email_password_enabled, third_party_enabled, passwordless_enabled)
    change = _change(call, core_config, first_factors, required_secondary_factors, switches)
    return await _put_app(call, app_id, change)


@endpoints.put(f"{PATH}/connectionuridomain", Scope.TENANT)
async def put_domain_v1(
    call: Call,
    connection_uri_domain: str | None = None,
    core_config: Json | None = None,
    email_password_enabled: bool | None = None,
    third_party_enabled: bool | None = None,
    passwordless_enabled: bool | None = None,
    first_factors: Since5_0 = ABSENT,
    required_secondary_factors: Since5_0 = ABSENT,
) -> Json:
    """Create a connection URI domain with its public app and tenant, or change that tenant."""
    switches = _switches(email_password_enabled, third_party_enabled, passwordless_enabled)
    change = _change(call, core_config, first_factors, required_secondary_factors, switches)
    return await _put_domain(call, connection_uri_domain, change)


@endpoints.get(f"{PATH}/tenant/v2", Scope.TENANT, unknown_tenant=UNKNOWN_TENANT)
async def get_tenant(call: Call) -> Json:
    """The tenant in the path."""
    return {"status": "OK"} | _v2(call)(call.tenant.record)


@endpoints.get(f"{PATH}/tenant", Scope.TENANT, unknown_tenant=UNKNOWN_TENANT)
async def get_tenant_v1(call: Call) -> Json:
    """The tenant in the path."""
    return {"status": "OK"} | _v1(call)(call.tenant.record)


@endpoints.get(f"{PATH}/tenant/list/v2", Scope.TENANT)
async def list_tenants(call: Call) -> Json:
    """The tenants of this app."""
    return await _list_tenants(call, _v2(call))


@endpoints.get(f"{PATH}/tenant/list", Scope.TENANT)
async def list_tenants_v1(call: Call) -> Json:
    """The tenants of this app."""
    return await _list_tenants(call, _v1(call))


@endpoints.get(f"{PATH}/app/list/v2", Scope.TENANT)
async def list_apps(call: Call) -> Json:
    """The apps of this connection URI domain, with their tenants."""
    return await _list_apps(call, _v2(call))


@endpoints.get(f"{PATH}/app/list", Scope.TENANT)
async def list_apps_v1(call: Call) -> Json:
    """The apps of this connection URI domain, with their tenants."""
    return await _list_apps(call, _v1(call))


@endpoints.get(f"{PATH}/connectionuridomain/list/v2", Scope.TENANT)
async def list_domains(call: Call) -> Json:
    """Every connection URI domain, with its apps and tenants."""
    return await _list_domains(call, _v2(call))


@endpoints.get(f"{PATH}/connectionuridomain/list", Scope.TENANT)
async def list_domains_v1(call: Call) -> Json:
    """Every connection URI domain, with its apps and tenants."""
    return await _list_domains(call, _v1(call))


@endpoints.post(f"{PATH}/tenant/remove", Scope.TENANT)
async def remove_tenant(call: Call, tenant_id: str) -> Json:
    """Delete a tenant of this app; its users stay in the app."""
    target = read_tenant_id(tenant_id)
    if call.tenant_id != PUBLIC:
        raise Forbidden("Only the public tenantId is allowed to delete a tenant")
    return {"status": "OK", "didExist": await deletion.delete_tenant(call.services, call.app_id, target)}


@endpoints.post(f"{PATH}/app/remove", Scope.TENANT)
async def remove_app(call: Call, app_id: str) -> Json:
    """Delete an app of this connection URI domain with everything in it."""
    target = read_app_id(app_id)
    domain, _ = _require_public_app(call, "is allowed to delete an app")
    return {"status": "OK", "didExist": await deletion.delete_app(call.services, app_key(domain, target))}


@endpoints.post(f"{PATH}/connectionuridomain/remove", Scope.TENANT)
async def remove_domain(call: Call, connection_uri_domain: str) -> Json:
    """Delete a connection URI domain with everything in it."""
    target = read_domain(connection_uri_domain)
    _require_base_tenant(call, "is allowed to delete a connectionUriDomain")
    return {"status": "OK", "didExist": await deletion.delete_domain(call.services, target)}


@endpoints.put(f"{PATH}/config/thirdparty", Scope.TENANT)
async def put_provider(call: Call, config: Json, skip_validation: bool = False) -> Json:
    """Add a third-party provider to the tenant in the path, or replace the one with its id."""
    created = await rules.put_provider(
        call.services, call.app_id, call.tenant_id, read_provider(config), is_checked=not skip_validation
    )
    return {"status": "OK", "createdNew": created}


@endpoints.post(f"{PATH}/config/thirdparty/remove", Scope.TENANT)
async def remove_provider(call: Call, third_party_id: Annotated[str, Field(trim=True)]) -> Json:
    """Remove a third-party provider of the tenant in the path."""
    existed = await rules.remove_provider(call.services, call.app_id, call.tenant_id, third_party_id)
    return {"status": "OK", "didConfigExist": existed}


@endpoints.post(f"{PATH}/tenant/user", Scope.TENANT)
async def add_user(call: Call, recipe_user_id: RecipeUserId) -> Json:
    """Let a login method be used in the tenant in the path."""
    user_id = _not_blank(recipe_user_id)
    try:
        was_associated = await call.database.transaction(
            lambda tx: add_to_tenant(tx, call.app_id, call.tenant_id, user_id)
        )
    except Refused as refused:
        return refused.answer
    return {"status": "OK", "wasAlreadyAssociated": was_associated}


@endpoints.post(f"{PATH}/tenant/user/remove", Scope.TENANT)
async def remove_user(call: Call, recipe_user_id: RecipeUserId) -> Json:
    """End the use of a login method in the tenant in the path."""
    user_id = _not_blank(recipe_user_id)
    try:
        was_associated = await call.database.transaction(
            lambda tx: remove_from_tenant(tx, call.services.recipes, call.app_id, call.tenant_id, user_id)
        )
    except Refused as refused:
        return refused.answer
    return {"status": "OK", "wasAssociated": was_associated}


async def _put_tenant(call: Call, tenant_id: str, change: TenantChange) -> Json:
    target = read_tenant_id(tenant_id)
    if target != PUBLIC and call.tenant_id not in (PUBLIC, target):
        raise Forbidden("You must use the public or same tenant to add/update a tenant")
    return await _put(call, call.app_id, target, change)


async def _put_app(call: Call, app_id: str, change: TenantChange) -> Json:
    target = read_app_id(app_id)
    domain, own = split_app_key(call.app_id)
    if target != PUBLIC and (call.tenant_id != PUBLIC or own not in (PUBLIC, target)):
        raise Forbidden("You must use the public or same app to add/update an app")
    return await _put(call, app_key(domain, target), PUBLIC, change)


async def _put_domain(call: Call, connection_uri_domain: str | None, change: TenantChange) -> Json:
    target = DEFAULT_DOMAIN if connection_uri_domain is None else read_domain(connection_uri_domain)
    domain, _ = split_app_key(call.app_id)
    if target not in (DEFAULT_DOMAIN, domain) and not _is_base_tenant(call):
        raise Forbidden("You must use the default or same connectionUriDomain to create/update a connectionUriDomain")
    return await _put(call, app_key(target, PUBLIC), PUBLIC, change)


async def _put(call: Call, app_id: str, tenant_id: str, change: TenantChange) -> Json:
    served = call.services.settings.supertokens_saas_load_only_cud
    if served and split_app_key(app_id)[0] not in (DEFAULT_DOMAIN, served):
        raise BadRequest("Creation of connection uri domain or app or tenant is disallowed")
    created = await rules.create_or_update_tenant(call.services, app_id, tenant_id, change)
    return {"status": "OK", "createdNew": created}


async def _list_tenants(call: Call, show: Show) -> Json:
    if call.tenant_id != PUBLIC:
        raise Forbidden("Only the public tenantId is allowed to list all tenants associated with this app")
    records = await store.list_tenants(call.database, call.app_id)
    return {"status": "OK", "tenants": [show(record) for record in records]}


async def _list_apps(call: Call, show: Show) -> Json:
    domain, _ = _require_public_app(call, "is allowed to list all apps associated with this connection uri domain")
    records = await store.list_all_tenants(call.database)
    own = [record for record in records if split_app_key(record.app_id)[0] == domain]
    return {"status": "OK", "apps": apps_json(own, show)}


async def _list_domains(call: Call, show: Show) -> Json:
    _require_base_tenant(call, "is allowed to list all connectionUriDomains and appIds associated with this core")
    records = await store.list_all_tenants(call.database)
    return {"status": "OK", "connectionUriDomains": domains_json(records, show)}


def _v1(call: Call) -> Show:
    return lambda record: old_tenant_json(_shown(call, record), call.version)


def _v2(call: Call) -> Show:
    return lambda record: tenant_json(_shown(call, record))


def _shown(call: Call, record: TenantRecord) -> TenantRecord:
    return record if call.is_operator else replace(record, core_config=without_protected(record.core_config))


def _change(
    call: Call, core_config: Json | None, first: Factors, required: Factors, switches: Switches | None = None
) -> TenantChange:
    if switches is None:
        _refuse_switches(call.raw)
    if not call.is_operator:
        check_protected(core_config or {})
    check_factors("firstFactors", first)
    check_factors("requiredSecondaryFactors", required)
    return TenantChange(renamed(core_config or {}), first, required, switches, call.version)


def _switches(email_password: bool | None, third_party: bool | None, passwordless: bool | None) -> Switches:
    given = zip(LoginKind, (email_password, third_party, passwordless), strict=True)
    return {kind: is_on for kind, is_on in given if is_on is not None}


def _refuse_switches(body: Any) -> None:
    for field, text in (
        ("emailPasswordEnabled", "emailPasswordEnabled"),
        ("thirdPartyEnabled", "thirdParty"),
        ("passwordlessEnabled", "passwordless"),
    ):
        if field in body:
            raise BadRequest(f"{text} is not a valid input for this API")


def _require_public_app(call: Call, what: str) -> tuple[str, str]:
    domain, app_id = split_app_key(call.app_id)
    if (app_id, call.tenant_id) != (PUBLIC, PUBLIC):
        raise Forbidden(f"Only the public tenantId and public appId {what}")
    return domain, app_id


def _require_base_tenant(call: Call, what: str) -> None:
    if not _is_base_tenant(call):
        raise Forbidden(f"Only the public tenantId, public appId and default connectionUriDomain {what}")


def _is_base_tenant(call: Call) -> bool:
    return (call.app_id, call.tenant_id) == (app_key(DEFAULT_DOMAIN, PUBLIC), PUBLIC)


def _not_blank(user_id: str) -> str:
    if not user_id.strip():
        raise empty_field("userId")
    return user_id
