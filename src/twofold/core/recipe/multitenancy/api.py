# SPDX-License-Identifier: Apache-2.0
"""Endpoints of apps and tenants."""

import re
from typing import Annotated

from twofold.core._endpoint import Call, Endpoints, Scope
from twofold.core._fields import ABSENT, Absent, Field, Json
from twofold.core.errors import BadRequest, Forbidden, empty_field
from twofold.core.recipe.multitenancy import rules
from twofold.core.recipe.multitenancy.rules import Factors, TenantChange
from twofold.core.tenancy.names import PUBLIC, RESERVED_TENANT_IDS, app_key, split_app_key
from twofold.core.tenancy.store import TenantRecord
from twofold.core.users.rules import Refused, add_to_tenant, remove_from_tenant

MAX_ID_LENGTH = 64
_ID = re.compile("[a-z0-9-]+")
_FACTOR = re.compile("[A-Za-z0-9_.()-]+")

RecipeUserId = Annotated[str, Field(name_before="userId")]

endpoints = Endpoints()


@endpoints.put("/recipe/multitenancy/tenant/v2", Scope.TENANT)
async def put_tenant(
    call: Call,
    tenant_id: str = PUBLIC,
    core_config: Json | None = None,
    first_factors: list[str] | Absent | None = ABSENT,
    required_secondary_factors: list[str] | Absent | None = ABSENT,
) -> Json:
    """Create a tenant of this app, or change it."""
    _refuse_old_flags(call)
    target = read_tenant_id(tenant_id)
    if target != PUBLIC and call.tenant_id not in (PUBLIC, target):
        raise Forbidden("You must use the public or same tenant to add/update a tenant")
    return await _put(call, call.app_id, target, core_config, first_factors, required_secondary_factors)


@endpoints.put("/recipe/multitenancy/app/v2", Scope.TENANT)
async def put_app(
    call: Call,
    app_id: str = PUBLIC,
    core_config: Json | None = None,
    first_factors: list[str] | Absent | None = ABSENT,
    required_secondary_factors: list[str] | Absent | None = ABSENT,
) -> Json:
    """Create an app with its public tenant, or change that tenant."""
    _refuse_old_flags(call)
    target = read_app_id(app_id)
    domain, own = split_app_key(call.app_id)
    if target != PUBLIC and (call.tenant_id != PUBLIC or own not in (PUBLIC, target)):
        raise Forbidden("You must use the public or same app to add/update an app")
    return await _put(call, app_key(domain, target), PUBLIC, core_config, first_factors, required_secondary_factors)


@endpoints.get("/recipe/multitenancy/tenant/v2", Scope.TENANT)
async def get_tenant(call: Call) -> Json:
    """The tenant in the path."""
    return {"status": "OK"} | tenant_json(call.tenant.record)


@endpoints.post("/recipe/multitenancy/tenant/user", Scope.TENANT)
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


@endpoints.post("/recipe/multitenancy/tenant/user/remove", Scope.TENANT)
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


def tenant_json(record: TenantRecord) -> Json:
    """A tenant as CDI 5.1 and newer show it: what is not restricted is absent."""
    answer: Json = {
        "tenantId": record.tenant_id,
        "thirdParty": {"providers": record.third_party_providers},
        "coreConfig": record.core_config,
    }
    first_factors = rules.effective_first_factors(record)
    if first_factors is not None:
        answer["firstFactors"] = list(first_factors)
    if record.required_secondary_factors is not None:
        answer["requiredSecondaryFactors"] = list(record.required_secondary_factors)
    return answer


def read_tenant_id(text: str) -> str:
    """A tenant id as stored. Raises BadRequest."""
    tenant_id = _read_id("tenantId", text)
    if tenant_id in RESERVED_TENANT_IDS:
        raise BadRequest(f"Cannot use '{tenant_id}' as a tenantId")
    return _check_characters("tenantId", tenant_id)


def read_app_id(text: str) -> str:
    """An app's id as stored. Raises BadRequest."""
    return _check_characters("appId", _read_id("appId", text))


async def _put(
    call: Call, app_id: str, tenant_id: str, core_config: Json | None, first: Factors, required: Factors
) -> Json:
    for name, factors in (("firstFactors", first), ("requiredSecondaryFactors", required)):
        check_factors(name, factors)
    change = TenantChange(core_config or {}, first, required)
    return {
        "status": "OK",
        "createdNew": await rules.create_or_update_tenant(call.services, app_id, tenant_id, change),
    }


def check_factors(name: str, factors: Factors) -> None:
    """Refuse a list of factors with duplicates or impossible names."""
    if factors is None or isinstance(factors, Absent):
        return
    if len(set(factors)) != len(factors):
        raise BadRequest(f"{name} input should not contain duplicate values")
    if not all(_FACTOR.fullmatch(factor) and len(factor) <= 128 for factor in factors):
        raise BadRequest(f"{name} should contain only 0-9,a-z,A-Z,_,.,- characters")


def _refuse_old_flags(call: Call) -> None:
    for field, text in (
        ("emailPasswordEnabled", "emailPasswordEnabled"),
        ("thirdPartyEnabled", "thirdParty"),
        ("passwordlessEnabled", "passwordless"),
    ):
        if field in call.raw:
            raise BadRequest(f"{text} is not a valid input for this API")


def _not_blank(user_id: str) -> str:
    if not user_id.strip():
        raise empty_field("userId")
    return user_id


def _read_id(name: str, text: str) -> str:
    value = text.strip().lower()
    if not value:
        raise BadRequest(f"{name} should not be an empty String")
    if len(value) > MAX_ID_LENGTH:
        raise BadRequest(f"{name} may have at most {MAX_ID_LENGTH} characters")
    return value


def _check_characters(name: str, value: str) -> str:
    if value.startswith("appid-"):
        raise BadRequest(f"{name} must not start with 'appid-'")
    if not _ID.fullmatch(value):
        raise BadRequest(f"{name} can only contain letters, numbers and hyphens")
    return value
