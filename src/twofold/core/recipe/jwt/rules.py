# SPDX-License-Identifier: Apache-2.0
"""Rules of JSON Web Tokens for applications, and the clean-up of the keys that sign them."""

from twofold.core import jwt, signing_store
from twofold.core._endpoint import Call
from twofold.core._fields import Json
from twofold.core.errors import BadRequest
from twofold.core.services import Services
from twofold.core.signing import ALGORITHM
from twofold.core.tenancy.directory import UnknownTenant
from twofold.core.tenancy.names import PUBLIC

EXPIRED_EVERY_SECONDS = 24 * 3600


# What makes a token of ours the token of a session. A copy of a session's payload, signed for another purpose with the
# same keys, would be one more access token, which no sign-out ends and whose other claims are the caller's.
_SESSION_CLAIMS = frozenset({"sub", "sessionHandle", "refreshTokenHash1"})


async def create(call: Call, payload: Json, issuer: str, validity_s: int, *, is_dynamic: bool) -> str:
    """Sign a payload. Its own `iss`, `iat` and `exp` win over ours.

    Raises BadRequest for text that is no Unicode, and for a payload that would pass as a session's.
    """
    if payload.keys() >= _SESSION_CLAIMS:
        raise BadRequest(
            "Field name 'payload' is invalid in JSON input: with 'sub', 'sessionHandle' and 'refreshTokenHash1' the "
            "token could be used as a session; leave the last one out"
        )
    now_ms = call.now_ms()
    ring = await call.services.signing_keys.of(call.tenant)
    key = ring.signing_key(call.settings, now_ms, is_dynamic=is_dynamic)
    claims = {"iss": issuer, "iat": now_ms // 1000, "exp": now_ms // 1000 + validity_s} | payload
    try:
        return jwt.write({"alg": ALGORITHM, "typ": "JWT", "kid": key.key_id}, claims, key.sign)
    except jwt.MalformedToken as error:
        raise BadRequest(f"Field name 'payload' is invalid in JSON input: {error}") from None


async def public_keys(call: Call) -> tuple[list[Json], int]:
    """The keys that verify the app's tokens (dynamic ones first, newest first), and for how many seconds that holds."""
    now_ms = call.now_ms()
    ring = await call.services.signing_keys.of(call.tenant)
    keys = [key.jwk for key in ring.verifying_keys(call.settings, now_ms)]
    return keys, ring.seconds_to_next_key(call.settings, now_ms)


async def delete_expired_keys(services: Services) -> None:
    """Delete the signing keys whose last token has expired, in every app."""
    for app_id in await signing_store.list_apps(services.database):
        try:
            tenant = await services.tenants.find(app_id, PUBLIC)
        except UnknownTenant:  # removed meanwhile
            continue
        await services.signing_keys.delete_expired(tenant)
