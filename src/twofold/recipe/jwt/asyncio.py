# SPDX-License-Identifier: Apache-2.0
"""Tokens and keys for async code."""

from typing import Any

from twofold._user_context import filled
from twofold.types.base import UserContext

from .recipe import JWTRecipe
from .types import CreateJwtOkResult, CreateJwtResultUnsupportedAlgorithm, GetJWKSResult


async def create_jwt(
    payload: dict[str, Any] | None = None,
    validity_seconds: int | None = None,
    use_static_signing_key: bool | None = None,
    user_context: UserContext | None = None,
) -> CreateJwtOkResult | CreateJwtResultUnsupportedAlgorithm:
    """Sign a token. The key is the static one, which is never rotated, unless `use_static_signing_key` is False."""
    return await JWTRecipe.get().functions.create_jwt(
        {} if payload is None else payload, validity_seconds, use_static_signing_key, filled(user_context)
    )


async def get_jwks(user_context: UserContext | None = None) -> GetJWKSResult:
    """Return the public keys that tokens and sessions are checked with."""
    return await JWTRecipe.get().functions.get_jwks(filled(user_context))
