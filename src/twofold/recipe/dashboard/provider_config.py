# SPDX-License-Identifier: Apache-2.0
"""A third-party provider as the dashboard shows and takes it.

What is shown is what sign-in uses, endpoints that the provider publishes included, with `SHOWN_SECRET` in place of each
secret. Whoever sends that text back leaves the secret as it is.
"""

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import replace
from functools import cache

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from twofold._wire import Json
from twofold.exceptions import BadInputError
from twofold.recipe.thirdparty.exceptions import ProviderRefusedError, ProviderUnavailableError
from twofold.recipe.thirdparty.networks import ProviderNetworks
from twofold.recipe.thirdparty.offered import configured_provider, offered_providers
from twofold.recipe.thirdparty.provider import (
    CommonProviderConfig,
    Provider,
    ProviderClientConfig,
    ProviderConfig,
    ProviderConfigForClient,
    ProviderInput,
)
from twofold.recipe.thirdparty.providers import create_provider
from twofold.recipe.thirdparty.providers.custom import clone_provider_config, discover_oidc_endpoints
from twofold.recipe.thirdparty.recipe import ThirdPartyRecipe
from twofold.types.base import UserContext

from . import boxy
from .tenant_results import TenantProvider

SHOWN_SECRET = "********"
PRIVATE_KEY = "privateKey"
_NO_CLIENT = ""  # an id that no client has
# What of the query goes into `additionalConfig`, by the beginning of the provider's id.
_QUERY: dict[str, Mapping[str, str]] = {
    "okta": {"oktaDomain": "oktaDomain"},
    "active-directory": {"directoryId": "directoryId"},
    "boxy-saml": {"boxyUrl": "boxyURL", "boxyAPIKey": "boxyAPIKey"},
    "google-workspaces": {"hd": "hd"},
}
_PUBLISHED = ("oidc_discovery_endpoint", "authorization_endpoint", "token_endpoint", "user_info_endpoint")
_OVERRIDABLE = {
    "get_authorisation_redirect_url": "isGetAuthorisationRedirectUrlOverridden",
    "exchange_auth_code_for_oauth_tokens": "isExchangeAuthCodeForOAuthTokensOverridden",
    "get_user_info": "isGetUserInfoOverridden",
}


def third_party() -> ThirdPartyRecipe:
    """Return the recipe of providers.

    Raises:
        BadInputError: the application does not have it.
    """
    recipe = ThirdPartyRecipe.get_or_none()
    if recipe is None:
        raise BadInputError("Please initialise ThirdParty recipe to be able to use this login method")
    return recipe


async def names_of_providers(tenant_id: str, user_context: UserContext) -> list[TenantProvider]:
    """Return the providers that the tenant offers; none without the recipe. None of them is asked for it."""
    recipe = ThirdPartyRecipe.get_or_none()
    if recipe is None:
        return []
    found = []
    for given in await offered_providers(recipe.providers, tenant_id, user_context):
        _, config = (await _of_clients(given, recipe.networks, tenant_id, user_context))[0]
        found.append(TenantProvider(config.third_party_id, config.name or config.third_party_id))
    return found


async def provider_of_tenant(third_party_id: str, tenant_id: str, user_context: UserContext) -> ProviderInput:
    """Return a provider as the tenant uses it, else the application's, else one that says nothing yet."""
    static = third_party().providers
    offered = await offered_providers(static, tenant_id, user_context)
    known = (given for given in (*offered, *static) if given.config.third_party_id == third_party_id)
    found = next(known, None) or ProviderInput(ProviderConfig(third_party_id))
    # Of the application's own: what the query says must not change it.
    return replace(found, config=clone_provider_config(found.config))


def take_query(config: ProviderConfig, query: Mapping[str, str | None]) -> None:
    """Put what the query says into every client; endpoints are then computed anew."""
    keys = next((keys for prefix, keys in _QUERY.items() if config.third_party_id.startswith(prefix)), {})
    said = {key: value for name, key in keys.items() if (value := query.get(name))}
    if not said:
        return
    config.clients = config.clients or [ProviderClientConfig(_NO_CLIENT)]
    for client in config.clients:
        client.additional_config = {**(client.additional_config or {}), **said}
    for name in _PUBLISHED:
        setattr(config, name, None)


async def shown(given: ProviderInput, tenant_id: str, user_context: UserContext) -> Json:
    """Return the provider's JSON, complete and without secrets."""
    networks = third_party().networks
    http = networks.to(given.config)
    resolved = await _of_clients(given, networks, tenant_id, user_context)
    provider, first = resolved[0]
    # When the provider does not answer, its configuration must be seen all the more.
    with suppress(ProviderUnavailableError, ProviderRefusedError):
        await discover_oidc_endpoints(http, first)
    common = {name: getattr(first, name) for name in CommonProviderConfig.__dataclass_fields__}
    configured = given.config.clients or []
    clients = [_shown_client(config, configured, await boxy.connection_of(http, config)) for _, config in resolved]
    return {
        **ProviderConfig(**common).to_json(),
        "clients": clients,
        **{flag: _is_overridden(provider, given.config, name) for name, flag in _OVERRIDABLE.items()},
    }


def with_secrets(config: ProviderConfig, known: ProviderConfig) -> ProviderConfig:
    """Return a configuration with the secrets that were only shown as `SHOWN_SECRET` put back.

    Raises:
        BadInputError: there is no such secret.
    """
    before = {client.client_type: client for client in known.clients or []}
    for client in config.clients or []:
        old = before.get(client.client_type) or ProviderClientConfig("")
        if client.client_secret == SHOWN_SECRET:
            client.client_secret = _known(old.client_secret, "clientSecret")
        additional = client.additional_config or {}
        if additional.get(PRIVATE_KEY) == SHOWN_SECRET:
            additional[PRIVATE_KEY] = _known((old.additional_config or {}).get(PRIVATE_KEY), PRIVATE_KEY)
    return config


async def _of_clients(
    given: ProviderInput, networks: ProviderNetworks, tenant_id: str, user_context: UserContext
) -> list[tuple[Provider, ProviderConfigForClient]]:
    """The provider and its configuration for each client; for a made-up client where there is none."""
    found = []
    for client in given.config.clients or [ProviderClientConfig(_NO_CLIENT)]:
        config = clone_provider_config(given.config)
        config.clients = [_complete(config.third_party_id, client)]
        alone = replace(given, config=config)
        provider = await configured_provider(alone, client.client_type, tenant_id, networks, user_context)
        found.append((provider, provider.config))
    return found


def _complete(third_party_id: str, client: ProviderClientConfig) -> ProviderClientConfig:
    if client.client_id != _NO_CLIENT or not third_party_id.startswith("apple"):
        return client
    return replace(client, additional_config={"keyId": "", "teamId": "", PRIVATE_KEY: _key_of_nobody()})


def _shown_client(config: ProviderConfigForClient, configured: list[ProviderClientConfig], more: Json) -> Json:
    client = {name: getattr(config, name) for name in ProviderClientConfig.__dataclass_fields__}
    json = ProviderClientConfig(**client).to_json()
    additional = {key: value for key, value in (config.additional_config or {}).items() if key != boxy.API_KEY} | more
    is_made_up = config.client_id == _NO_CLIENT
    if PRIVATE_KEY in additional:
        additional[PRIVATE_KEY] = "" if is_made_up else SHOWN_SECRET
    if additional:
        json["additionalConfig"] = additional
    if is_made_up:
        return json | {"clientId": "", "clientSecret": ""}
    # The secret that Apple gets is made of the private key, and is none of the configuration.
    own = next((item for item in configured if item.client_type == config.client_type), None)
    json.pop("clientSecret", None)
    return json if own is None or own.client_secret is None else json | {"clientSecret": SHOWN_SECRET}


def _is_overridden(provider: Provider, config: ProviderConfig, method: str) -> bool:
    original = create_provider(ProviderInput(config), provider.http)
    return getattr(getattr(provider, method), "__func__", None) is not getattr(type(original), method)


def _known(secret: str | None, name: str) -> str:
    if secret is None:
        raise BadInputError(f"Please provide {name}: there is none yet that could stay")
    return secret


@cache
def _key_of_nobody() -> str:
    """Apple's configuration is complete only with a key; this one signs nothing that is ever sent."""
    key = ec.generate_private_key(ec.SECP256R1())
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
