# SPDX-License-Identifier: Apache-2.0
"""Which providers a tenant offers: its own, over those of `init`; without own ones, those of `init`."""

from collections.abc import Sequence

from twofold._wire import Json, WireError
from twofold.exceptions import BadInputError, GeneralError
from twofold.recipe.multitenancy.recipe import MultitenancyRecipe
from twofold.types.base import UserContext

from .networks import ProviderNetworks
from .provider import Provider, ProviderClientConfig, ProviderConfig, ProviderInput, UserFields, UserInfoMap
from .providers import create_provider
from .providers.custom import clone_provider_config, discover_oidc_endpoints

PUBLIC_TENANT = "public"
# What JSON cannot say, or what decides who gets in, is the application's and not the tenant's.
_ALWAYS_OF_APPLICATION = (
    "require_email",
    "generate_fake_email",
    "validate_id_token_payload",
    "validate_access_token",
)
_MERGED_BY_THEMSELVES = ("third_party_id", "clients", "user_info_map")


async def offered_providers(
    static: Sequence[ProviderInput], tenant_id: str, user_context: UserContext
) -> list[ProviderInput]:
    """Return the providers of a tenant.

    Raises:
        BadInputError: there is no such tenant.
    """
    tenant = await MultitenancyRecipe.get().functions.get_tenant(tenant_id, user_context)
    if tenant is None:
        raise BadInputError(f"The tenant {tenant_id} does not exist")
    return merged([_read(json) for json in tenant.third_party_providers], static, tenant_id)


def merged(own: Sequence[ProviderConfig], static: Sequence[ProviderInput], tenant_id: str) -> list[ProviderInput]:
    """Return a tenant's own providers over the application's; the application's when it has none. Inputs are kept."""
    if not own:
        return [
            provider
            for provider in static
            if tenant_id == PUBLIC_TENANT or provider.include_in_non_public_tenants_by_default
        ]
    by_id = {provider.config.third_party_id: provider for provider in static}
    return [_over(config, by_id.get(config.third_party_id)) for config in own]


async def ready_provider(
    given: ProviderInput, client_type: str | None, tenant_id: str, networks: ProviderNetworks, user_context: UserContext
) -> Provider:
    """Return a provider with its configuration complete.

    Raises:
        ClientTypeNotFoundError: it has no such client.
        ProviderUnavailableError: it does not tell its endpoints.
    """
    provider = await configured_provider(given, client_type, tenant_id, networks, user_context)
    await discover_oidc_endpoints(networks.to(given.config), provider.config)
    return provider


async def configured_provider(
    given: ProviderInput, client_type: str | None, tenant_id: str, networks: ProviderNetworks, user_context: UserContext
) -> Provider:
    """Return a provider as it is configured, without asking it anything.

    Raises:
        ClientTypeNotFoundError: it has no such client.
    """
    provider = create_provider(given, networks.to(given.config))
    provider.tenant_id = tenant_id
    provider.config = await provider.get_config_for_client_type(client_type, user_context)
    return provider


def _over(own: ProviderConfig, static: ProviderInput | None) -> ProviderInput:
    if static is None:
        return ProviderInput(own)
    config = clone_provider_config(static.config)
    for name in ProviderConfig.__dataclass_fields__:
        value = getattr(own, name)
        if value is not None and name not in _ALWAYS_OF_APPLICATION + _MERGED_BY_THEMSELVES:
            setattr(config, name, value)
    config.clients = _clients(own.clients or [], config.clients or [])
    if own.user_info_map is not None:
        below = config.user_info_map or UserInfoMap()
        config.user_info_map = UserInfoMap(
            _fields(own.user_info_map.from_id_token_payload, below.from_id_token_payload),
            _fields(own.user_info_map.from_user_info_api, below.from_user_info_api),
        )
    return ProviderInput(config, static.include_in_non_public_tenants_by_default, static.override)


def _clients(own: list[ProviderClientConfig], static: list[ProviderClientConfig]) -> list[ProviderClientConfig]:
    by_type = {client.client_type: client for client in static} | {client.client_type: client for client in own}
    return list(by_type.values())


def _fields(own: UserFields | None, below: UserFields | None) -> UserFields:
    upper, lower = own or UserFields(), below or UserFields()
    return UserFields(
        upper.user_id or lower.user_id,
        upper.email or lower.email,
        upper.email_verified or lower.email_verified,
    )


def _read(json: Json) -> ProviderConfig:
    try:
        return ProviderConfig.from_json(json)
    except WireError as error:
        raise GeneralError(f"The tenant's provider cannot be read: {error}") from error
