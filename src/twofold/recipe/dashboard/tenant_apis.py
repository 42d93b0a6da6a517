# SPDX-License-Identifier: Apache-2.0
"""APIs of tenants: list, make, look at and delete them, and change their factors and settings."""

from typing import Annotated, Any

from twofold.asyncio import get_user_count
from twofold.exceptions import BadInputError, CoreError
from twofold.recipe._api import ApiCall, Parse, Supplied, api
from twofold.recipe.multifactorauth.explain import has_own_policy
from twofold.recipe.multifactorauth.recipe import MultiFactorAuthRecipe
from twofold.recipe.multitenancy.first_factors import first_factors_of
from twofold.recipe.multitenancy.recipe import MultitenancyRecipe
from twofold.recipe.multitenancy.types import TenantConfigCreateOrUpdate
from twofold.types.base import UserContext
from twofold.types.recipe import BaseAPIInterface

from . import factors
from . import tenant_results as results
from .access import API
from .provider_config import names_of_providers
from .results import OkResponse
from .types import APIOptions

TENANT = f"{API}/tenant"


def read_new_tenant_id(value: Any) -> str:
    """Read the id of a tenant that is to be made; the core says whether a tenant can have it."""
    if not isinstance(value, str):
        raise BadInputError("Please provide tenantId")
    return value


def read_setting(value: Any) -> Any:
    """Take the value of a setting as it is; the core knows what it may be, and null stands for its default."""
    return value


async def read_tenant_config(call: ApiCall) -> None:
    """Read what a new tenant is to have beside its id."""
    for key in ("firstFactors", "requiredSecondaryFactors"):
        wanted = call.values.get(key)
        if wanted is not None and not (isinstance(wanted, list) and all(isinstance(item, str) for item in wanted)):
            raise BadInputError(f"{key} must be an array of strings")
    if not isinstance(call.values.get("coreConfig", {}), dict):
        raise BadInputError("coreConfig must be an object")
    call.arguments["config"] = TenantConfigCreateOrUpdate.from_json(call.values)


class TenantAPIs(BaseAPIInterface):
    """One method per HTTP API; each may be overridden or disabled. The tenant is the one in the path."""

    disable_tenants_get: bool = False
    disable_tenant_post: bool = False
    disable_tenant_get: bool = False
    disable_tenant_delete: bool = False
    disable_tenant_core_config_put: bool = False
    disable_tenant_first_factor_put: bool = False
    disable_tenant_required_secondary_factor_put: bool = False

    @api("GET", f"{API}/tenants")
    async def tenants_get(self, user_context: UserContext) -> results.DashboardListTenantsGetResponse:
        """Return every tenant."""
        found = await MultitenancyRecipe.get().functions.list_all_tenants(user_context)
        return results.DashboardListTenantsGetResponse(
            [results.DashboardListTenantItem(tenant) for tenant in found.tenants]
        )

    @api("POST", TENANT, prepare=read_tenant_config)
    async def tenant_post(
        self,
        new_tenant_id: Annotated[str, Parse(read_new_tenant_id, "tenantId")],
        config: Annotated[TenantConfigCreateOrUpdate, Supplied],
        user_context: UserContext,
    ) -> (
        results.CreateTenantOkResponse
        | results.MultitenancyNotEnabledInCoreError
        | results.TenantIdAlreadyExistsError
        | results.InvalidTenantIdError
    ):
        """Make a tenant. One that exists stays as it is, unless it is made at the same time."""
        functions = MultitenancyRecipe.get().functions
        existing = await functions.list_all_tenants(user_context)
        if any(tenant.tenant_id == new_tenant_id.strip().lower() for tenant in existing.tenants):
            return results.TenantIdAlreadyExistsError()
        try:
            made = await functions.create_or_update_tenant(new_tenant_id, config, user_context)
        except CoreError as error:
            if error.status_code == 402:
                return results.MultitenancyNotEnabledInCoreError()
            if error.status_code == 400:
                return results.InvalidTenantIdError(error.body)
            raise
        return results.CreateTenantOkResponse(True) if made.created_new else results.TenantIdAlreadyExistsError()

    @api("GET", TENANT)
    async def tenant_get(
        self, tenant_id: str, api_options: APIOptions, user_context: UserContext
    ) -> results.TenantGetOkResponse | results.UnknownTenantError:
        """Return the tenant as it works: with what it takes over from the application."""
        tenant = await MultitenancyRecipe.get().functions.get_tenant(tenant_id, user_context)
        if tenant is None:
            return results.UnknownTenantError()
        return results.TenantGetOkResponse(
            results.DashboardTenant(
                tenant.tenant_id,
                results.TenantProviders(await names_of_providers(tenant_id, user_context)),
                first_factors_of(tenant.first_factors),
                tenant.required_secondary_factors,
                await api_options.recipe_implementation.get_core_config(tenant_id, user_context),
                await get_user_count(None, tenant_id, user_context),
            )
        )

    @api("DELETE", TENANT)
    async def tenant_delete(
        self, tenant_id: str, user_context: UserContext
    ) -> results.DeleteTenantOkResponse | results.CannotDeletePublicTenantError:
        """Delete the tenant; its users stay in the application."""
        try:
            deleted = await MultitenancyRecipe.get().functions.delete_tenant(tenant_id, user_context)
        except CoreError as error:
            if error.status_code == 403:
                return results.CannotDeletePublicTenantError()
            raise
        return results.DeleteTenantOkResponse(deleted.did_exist)

    @api("PUT", f"{TENANT}/core-config")
    async def tenant_core_config_put(
        self, name: str, value: Annotated[Any, Parse(read_setting)], tenant_id: str, user_context: UserContext
    ) -> OkResponse | results.UnknownTenantError | results.InvalidConfigError:
        """Change a setting of the core for the tenant; null brings the default back."""
        functions = MultitenancyRecipe.get().functions
        if await functions.get_tenant(tenant_id, user_context) is None:
            return results.UnknownTenantError()
        try:
            await functions.create_or_update_tenant(
                tenant_id, TenantConfigCreateOrUpdate(core_config={name: value}), user_context
            )
        except CoreError as error:
            if error.status_code == 400:
                return results.InvalidConfigError(error.body)
            raise
        return OkResponse()

    @api("PUT", f"{TENANT}/first-factor")
    async def tenant_first_factor_put(
        self, factor_id: str, enable: bool, tenant_id: str, user_context: UserContext
    ) -> OkResponse | results.RecipeNotConfiguredError | results.UnknownTenantError:
        """Let the tenant's users begin with a factor, or not any more. From now on the tenant has a list of its own."""
        missing = factors.missing_recipe(factor_id, factors.available_first_factors()) if enable else None
        if missing is not None:
            return missing
        functions = MultitenancyRecipe.get().functions
        tenant = await functions.get_tenant(tenant_id, user_context)
        if tenant is None:
            return results.UnknownTenantError()
        wanted = factors.changed(first_factors_of(tenant.first_factors), factor_id, is_wanted=enable)
        change = TenantConfigCreateOrUpdate(first_factors=wanted)
        await functions.create_or_update_tenant(tenant_id, change, user_context)
        return OkResponse()

    @api("PUT", f"{TENANT}/required-secondary-factor")
    async def tenant_required_secondary_factor_put(
        self, factor_id: str, enable: bool, tenant_id: str, user_context: UserContext
    ) -> (
        results.RequiredSecondaryFactorOkResponse
        | results.RecipeNotConfiguredError
        | results.MFANotInitializedError
        | results.UnknownTenantError
    ):
        """Require a second factor of the tenant's users, or not any more."""
        mfa = MultiFactorAuthRecipe.get_or_none()
        if mfa is None:
            return results.MFANotInitializedError()
        missing = factors.missing_recipe(factor_id, factors.available_secondary_factors()) if enable else None
        if missing is not None:
            return missing
        functions = MultitenancyRecipe.get().functions
        tenant = await functions.get_tenant(tenant_id, user_context)
        if tenant is None:
            return results.UnknownTenantError()
        wanted = factors.changed(tenant.required_secondary_factors or [], factor_id, is_wanted=enable)
        change = TenantConfigCreateOrUpdate(required_secondary_factors=wanted or None)
        await functions.create_or_update_tenant(tenant_id, change, user_context)
        return results.RequiredSecondaryFactorOkResponse(has_own_policy(mfa))
