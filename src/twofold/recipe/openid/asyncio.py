# SPDX-License-Identifier: Apache-2.0
"""The issuer's tokens for async code."""

from typing import Any

from twofold._user_context import filled
from twofold.recipe.jwt.interfaces import CreateJwtOkResult, CreateJwtResultUnsupportedAlgorithm, GetJWKSResult
from twofold.types.base import UserContext

from .recipe import OpenIdRecipe
from .types import GetOpenIdDiscoveryConfigurationResult


async def create_jwt(
    payload: dict[str, Any] | None = None,
    validity_seconds: int | None = None,
    use_static_signing_key: bool | None = None,
    user_context: UserContext | None = None,
) -> CreateJwtOkResult | CreateJwtResultUnsupportedAlgorithm:
    """Sign a token that names us as issuer, unless its payload names another."""
    return await OpenIdRecipe.get().functions.create_jwt(
        {} if payload is None else payload, validity_seconds, use_static_signing_key, filled(user_context)
    )


async def get_jwks(user_context: UserContext | None = None) -> GetJWKSResult:
    """Return the public keys that tokens and sessions are checked with."""
    return await OpenIdRecipe.get().functions.get_jwks(filled(user_context))


async def get_open_id_discovery_configuration(
    user_context: UserContext | None = None,
) -> GetOpenIdDiscoveryConfigurationResult:
    """Return where the issuer's endpoints are."""
    return await OpenIdRecipe.get().functions.get_open_id_discovery_configuration(filled(user_context))
