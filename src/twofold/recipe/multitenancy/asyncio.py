# SPDX-License-Identifier: Apache-2.0
"""Tenants for async code."""

from typing import Any

from twofold._user_context import filled
from twofold.types.base import RecipeUserId, UserContext

from .functions import AssociateUserToTenantResult, Functions
from .recipe import MultitenancyRecipe
from .types import (
    CreateOrUpdateTenantOkResult,
    CreateOrUpdateThirdPartyConfigOkResult,
    DeleteTenantOkResult,
    DeleteThirdPartyConfigOkResult,
    DisassociateUserFromTenantOkResult,
    ListAllTenantsOkResult,
    TenantConfig,
    TenantConfigCreateOrUpdate,
)


async def create_or_update_tenant(
    tenant_id: str, config: TenantConfigCreateOrUpdate | None, user_context: UserContext | None = None
) -> CreateOrUpdateTenantOkResult:
    """Make sure that a tenant exists and is as `config` says."""
    return await _functions().create_or_update_tenant(tenant_id, config, filled(user_context))


async def delete_tenant(tenant_id: str, user_context: UserContext | None = None) -> DeleteTenantOkResult:
    """Delete a tenant."""
    return await _functions().delete_tenant(tenant_id, filled(user_context))


async def get_tenant(tenant_id: str, user_context: UserContext | None = None) -> TenantConfig | None:
    """Return a tenant, or None when there is none."""
    return await _functions().get_tenant(tenant_id, filled(user_context))


async def list_all_tenants(user_context: UserContext | None = None) -> ListAllTenantsOkResult:
    """Return every tenant, in no particular order."""
    return await _functions().list_all_tenants(filled(user_context))


async def create_or_update_third_party_config(
    tenant_id: str, config: Any, skip_validation: bool | None = None, user_context: UserContext | None = None
) -> CreateOrUpdateThirdPartyConfigOkResult:
    """Make sure that a tenant has a third-party provider as `config` says."""
    return await _functions().create_or_update_third_party_config(
        tenant_id, config, skip_validation, filled(user_context)
    )


async def delete_third_party_config(
    tenant_id: str, third_party_id: str, user_context: UserContext | None = None
) -> DeleteThirdPartyConfigOkResult:
    """Take a third-party provider from a tenant."""
    return await _functions().delete_third_party_config(tenant_id, third_party_id, filled(user_context))


async def associate_user_to_tenant(
    tenant_id: str, recipe_user_id: RecipeUserId, user_context: UserContext | None = None
) -> AssociateUserToTenantResult:
    """Let a login method be used on one more tenant."""
    return await _functions().associate_user_to_tenant(tenant_id, recipe_user_id, filled(user_context))


async def disassociate_user_from_tenant(
    tenant_id: str, recipe_user_id: RecipeUserId, user_context: UserContext | None = None
) -> DisassociateUserFromTenantOkResult:
    """Let a login method not be used on a tenant any more; its sessions there end."""
    return await _functions().disassociate_user_from_tenant(tenant_id, recipe_user_id, filled(user_context))


def _functions() -> Functions:
    return MultitenancyRecipe.get().functions
