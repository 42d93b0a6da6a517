# SPDX-License-Identifier: Apache-2.0
"""Identity tokens (OpenID Connect Core 1.0, section 3.1.3.7): whose they are, for whom, from whom, and until when.

The algorithm belongs to the provider's key, never to the token's header, and keys inside a token are never looked at.
"""

import binascii
from base64 import urlsafe_b64decode
from typing import Any, TypeGuard

import msgspec

from twofold.recipe.session.access_token import VerifyingKey
from twofold.recipe.session.jwks import KeySet

from .exceptions import ProviderRefusedError
from .provider_http import ProviderHttp

MAX_TOKEN_LENGTH = 65_536
CLOCK_SKEW_SECONDS = 60
_SECURE = "https://"


async def verified_payload(
    http: ProviderHttp,
    id_token: str,
    jwks_uri: str,
    audience: str,
    issuer: str | None = None,
    nonce: str | None = None,
) -> dict[str, Any]:
    """Return what an identity token says, if all of it can be believed.

    Args:
        http: the way to the provider's keys.
        id_token: the token.
        jwks_uri: where the keys are.
        audience: the client id that the token must be for.
        issuer: who must have issued it; not checked when None.
        nonce: what the token must repeat; not checked when None.

    Raises:
        ProviderRefusedError: anything is wrong with the token.
        ProviderUnavailableError: the keys could not be fetched.
    """
    header, payload, signature, signed = _parse(id_token)
    key = await _key_for(header, http.keys(jwks_uri))
    if key is None:
        raise _refused("is signed with a key that the provider does not publish")
    if header.get("alg") != key.algorithm or "crit" in header or not key.verify(signature, signed):
        raise _refused("has no good signature")
    _check_times(payload, http.clock_ms() / 1000)
    _check_audience(payload, audience)
    if issuer is not None and _without_scheme(payload.get("iss")) != _without_scheme(_for_tenant(issuer, payload)):
        raise _refused("is from another issuer")
    if nonce is not None and payload.get("nonce") != nonce:
        raise _refused("was made for another sign-in")
    return payload


async def _key_for(header: dict[str, Any], keys: KeySet) -> VerifyingKey | None:
    kid = header.get("kid")
    if isinstance(kid, str):
        return (await keys.current()).get(kid) or (await keys.after_unknown_kid()).get(kid)
    # OpenID Connect Core, section 10.1: a provider with one key need not name it.
    published = await keys.current()
    return next(iter(published.values())) if "kid" not in header and len(published) == 1 else None


def _parse(token: str) -> tuple[dict[str, Any], dict[str, Any], bytes, bytes]:
    parts = token.split(".")
    if len(token) > MAX_TOKEN_LENGTH or len(parts) != 3:
        raise _refused("is malformed")
    try:
        header, payload = (msgspec.json.decode(_decoded(part)) for part in parts[:2])
        signature = _decoded(parts[2])
    except (binascii.Error, ValueError) as error:
        raise _refused("is malformed") from error
    if not isinstance(header, dict) or not isinstance(payload, dict):
        raise _refused("is malformed")
    return header, payload, signature, f"{parts[0]}.{parts[1]}".encode()


def _decoded(part: str) -> bytes:
    return urlsafe_b64decode(part + "=" * (-len(part) % 4))


def _check_times(payload: dict[str, Any], now_seconds: float) -> None:
    expires = payload.get("exp")
    if not _is_number(expires) or now_seconds >= expires + CLOCK_SKEW_SECONDS:
        raise _refused("has expired")
    not_before = payload.get("nbf", 0)
    if not _is_number(not_before) or now_seconds < not_before - CLOCK_SKEW_SECONDS:
        raise _refused("is not valid yet")


def _check_audience(payload: dict[str, Any], audience: str) -> None:
    given = payload.get("aud")
    audiences = given if isinstance(given, list) else [given]
    party = payload.get("azp", audience)
    if audience not in audiences or (len(audiences) > 1 and party != audience):
        raise _refused("is for another application")


def _for_tenant(issuer: str, payload: dict[str, Any]) -> str:
    """Microsoft's shared directories publish `…/{tenantid}/v2.0`; each token names its own (`tid`)."""
    tenant = payload.get("tid")
    return issuer.replace("{tenantid}", tenant) if isinstance(tenant, str) else issuer


def _without_scheme(issuer: Any) -> str | None:
    """Google's tokens name their issuer with `https://` or, the older ones, without."""
    return issuer.removeprefix(_SECURE) if isinstance(issuer, str) else None


def _is_number(value: Any) -> TypeGuard[int | float]:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _refused(what: str) -> ProviderRefusedError:
    return ProviderRefusedError(f"The provider's identity token {what}. Please sign in again")
