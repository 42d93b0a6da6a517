# SPDX-License-Identifier: Apache-2.0
"""Endpoints of JSON Web Tokens."""

from twofold.core._endpoint import Call, Endpoints, Reply, Scope
from twofold.core._fields import Json
from twofold.core.errors import BadRequest
from twofold.core.recipe.jwt import rules
from twofold.core.signing import ALGORITHM

endpoints = Endpoints()


@endpoints.post("/recipe/jwt", Scope.APP)
async def create_jwt(
    call: Call,
    algorithm: str,
    jwks_domain: str,
    payload: Json,
    validity: int,
    use_static_signing_key: bool = True,
) -> Json:
    """Sign a payload of the caller's."""
    if validity <= 0:
        raise BadRequest("validity must be greater than or equal to 0")
    if algorithm.upper() != ALGORITHM:
        return {"status": "UNSUPPORTED_ALGORITHM_ERROR"}
    token = await rules.create(call, payload, jwks_domain, validity, is_dynamic=not use_static_signing_key)
    return {"status": "OK", "jwt": token}


@endpoints.get("/.well-known/jwks.json", Scope.ANY, needs_api_key=False, needs_supported_version=False)
async def get_jwks(call: Call) -> Reply:
    """The public keys (RFC 7517), which anyone may keep until the next one is made."""
    keys, seconds = await rules.public_keys(call)
    cache = f"max-age={seconds}, must-revalidate"  # SDKs look for `max-age=<digits>` directly followed by a comma
    return Reply({"keys": keys}, {"Cache-Control": cache})


@endpoints.get("/recipe/jwt/jwks", Scope.APP)
async def get_jwks_for_sdk(call: Call) -> Json:
    """The public keys, for old SDKs. Deprecated."""
    keys, _ = await rules.public_keys(call)
    return {"status": "OK", "keys": keys}
