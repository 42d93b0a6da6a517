# SPDX-License-Identifier: Apache-2.0
"""Makes keys and access tokens for tests, good and bad ones."""

import json
from base64 import urlsafe_b64encode
from collections.abc import Callable
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256

NOW_MS = 1_800_000_000_000
HEADER = {"alg": "RS256", "typ": "JWT", "kid": "d-1", "version": "5"}
PAYLOAD: dict[str, Any] = {
    "iat": NOW_MS // 1000,
    "exp": NOW_MS // 1000 + 3600,
    "sub": "user",
    "tId": "public",
    "rsub": "recipe-user",
    "sessionHandle": "handle",
    "refreshTokenHash1": "0" * 64,
    "parentRefreshTokenHash1": None,
    "antiCsrfToken": None,
    "iss": "http://localhost:8000/auth",
}

Sign = Callable[[bytes], bytes]


def base64url(content: bytes) -> str:
    """Encode without padding, as JWTs do."""
    return urlsafe_b64encode(content).rstrip(b"=").decode()


def token(sign: Sign, header: dict[str, Any] | None = None, payload: dict[str, Any] | None = None) -> str:
    """Make a token; members of `header` and `payload` are changed, and removed where the value is `...`."""
    parts = [_changed(HEADER, header or {}), _changed(PAYLOAD, payload or {})]
    signed = ".".join(base64url(json.dumps(part).encode()) for part in parts)
    return f"{signed}.{base64url(sign(signed.encode()))}"


def rsa_signer(key: rsa.RSAPrivateKey) -> Sign:
    """Sign as RS256 does."""
    return lambda content: key.sign(content, padding.PKCS1v15(), SHA256())


def ec_signer(key: ec.EllipticCurvePrivateKey) -> Sign:
    """Sign as ES256 does."""

    def sign(content: bytes) -> bytes:
        r, s = decode_dss_signature(key.sign(content, ec.ECDSA(SHA256())))
        return r.to_bytes(32, "big") + s.to_bytes(32, "big")

    return sign


def rsa_jwk(key: rsa.RSAPrivateKey, kid: str) -> dict[str, Any]:
    """Return the public key as the core publishes it."""
    numbers = key.public_key().public_numbers()
    modulus = base64url(numbers.n.to_bytes(key.key_size // 8, "big"))
    return {"kty": "RSA", "kid": kid, "alg": "RS256", "use": "sig", "n": modulus, "e": "AQAB"}


def ec_jwk(key: ec.EllipticCurvePrivateKey, kid: str) -> dict[str, Any]:
    """Return the public key as a JWK."""
    numbers = key.public_key().public_numbers()
    x, y = (base64url(number.to_bytes(32, "big")) for number in (numbers.x, numbers.y))
    return {"kty": "EC", "crv": "P-256", "kid": kid, "alg": "ES256", "use": "sig", "x": x, "y": y}


def _changed(members: dict[str, Any], changes: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in {**members, **changes}.items() if value is not ...}
