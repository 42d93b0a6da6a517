# SPDX-License-Identifier: Apache-2.0
"""APIs of a tenant's third-party providers."""

from typing import Annotated, Any

from twofold._wire import WireError
from twofold.exceptions import BadInputError
from twofold.recipe._api import Parse, Texts, api
from twofold.recipe.multitenancy.first_factors import first_factors_of
from twofold.recipe.multitenancy.recipe import MultitenancyRecipe
from twofold.recipe.multitenancy.types import TenantConfig, TenantConfigCreateOrUpdate
from twofold.recipe.thirdparty.offered import merged
from twofold.recipe.thirdparty.provider import ProviderConfig
from twofold.types.base import UserContext
from twofold.types.recipe import BaseAPIInterface

from . import boxy, provider_config
from . import tenant_results as results
from .access import PROVIDER
from .types import APIOptions

THIRDPARTY = "thirdparty"


def read_provider(value: Any) -> ProviderConfig:
    """Read a provider; members that are none of a provider are left out."""
    if not isinstance(value, dict):
        raise BadInputError("Please provide providerConfig")
    try:
        return ProviderConfig.from_json(value)
    except WireError as error:
        raise BadInputError(f"providerConfig.{error}") from error


class ProviderAPIs(BaseAPIInterface):
    """One method per HTTP API; each may be overridden or disabled. The tenant is the one in the path."""

    disable_provider_get: bool = False
    disable_provider_put: bool = False
    disable_provider_delete: bool = False

    @api("GET", PROVIDER)
    async def provider_get(
        self,
        third_party_id: Annotated[str, Texts("Please provide thirdPartyId")],
        tenant_id: str,
        api_options: APIOptions,
        user_context: UserContext,
    ) -> results.ProviderConfigGetOkResponse | results.UnknownTenantError:
        """Return a provider as the tenant uses it, or would use it with what the query says. Secrets are not shown."""
        if await _tenant(tenant_id, user_context) is None:
            return results.UnknownTenantError()
        given = await provider_config.provider_of_tenant(third_party_id, tenant_id, user_context)
        provider_config.take_query(given.config, api_options.request.get_query_params())
        return results.ProviderConfigGetOkResponse(await provider_config.shown(given, tenant_id, user_context))

    @api("PUT", PROVIDER)
    async def provider_put(
        self,
        provider: Annotated[ProviderConfig, Parse(read_provider, "providerConfig")],
        tenant_id: str,
        user_context: UserContext,
    ) -> results.ProviderConfigPutOkResponse | results.UnknownTenantError | results.BoxyError:
        """Give the tenant a provider of its own. Those that it had from the application it keeps."""
        tenant = await _tenant(tenant_id, user_context)
        if tenant is None:
            return results.UnknownTenantError()
        known = await provider_config.provider_of_tenant(provider.third_party_id, tenant_id, user_context)
        provider_config.with_secrets(provider, known.config)
        try:
            await boxy.register(provider_config.third_party().networks.to(provider), provider, tenant_id)
        except boxy.BoxyRefusedError as error:
            return results.BoxyError(str(error))
        await _keep_providers_of_application(tenant, provider.third_party_id, user_context)
        stored = await MultitenancyRecipe.get().functions.create_or_update_third_party_config(
            tenant_id, provider, None, user_context
        )
        return results.ProviderConfigPutOkResponse(stored.created_new)

    @api("DELETE", PROVIDER)
    async def provider_delete(
        self,
        third_party_id: Annotated[str, Texts("Please provide thirdPartyId")],
        tenant_id: str,
        user_context: UserContext,
    ) -> results.ProviderConfigDeleteOkResponse | results.UnknownTenantError:
        """Take a provider from the tenant. With the last one goes the factor, or the application's would come back."""
        tenant = await _tenant(tenant_id, user_context)
        if tenant is None:
            return results.UnknownTenantError()
        await _keep_providers_of_application(tenant, third_party_id, user_context)
        functions = MultitenancyRecipe.get().functions
        deleted = await functions.delete_third_party_config(tenant_id, third_party_id, user_context)
        left = await functions.get_tenant(tenant_id, user_context)
        if left is not None and not left.third_party_providers:
            factors = [factor for factor in first_factors_of(left.first_factors) if factor != THIRDPARTY]
            change = TenantConfigCreateOrUpdate(first_factors=factors)
            await functions.create_or_update_tenant(tenant_id, change, user_context)
        return results.ProviderConfigDeleteOkResponse(deleted.did_config_exist)


async def _tenant(tenant_id: str, user_context: UserContext) -> TenantConfig | None:
    return await MultitenancyRecipe.get().functions.get_tenant(tenant_id, user_context)


async def _keep_providers_of_application(tenant: TenantConfig, but: str, user_context: UserContext) -> None:
    """Name the application's providers in a tenant that has none of its own: the first own one would replace them."""
    if tenant.third_party_providers:
        return
    functions = MultitenancyRecipe.get().functions
    for given in merged([], provider_config.third_party().providers, tenant.tenant_id):
        if given.config.third_party_id != but:
            by_name = ProviderConfig(given.config.third_party_id)
            await functions.create_or_update_third_party_config(tenant.tenant_id, by_name, True, user_context)
