# SPDX-License-Identifier: Apache-2.0
"""The core's public keys (JWKS, RFC 7517), fetched through the core client and kept.

Keys are fetched again after the configured interval, and when a token names an unknown key, but then at most once in
half a second, so that invented key ids cannot turn into a flood of calls to the core. Requests that wait for keys at
the same time share one fetch.
"""

import asyncio
from base64 import urlsafe_b64decode
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256

from twofold.recipe.session.access_token import VerifyingKey

JWKS_REFETCH_COOLDOWN_MS = 500
_MIN_RSA_BITS = 2048

FetchJwks = Callable[[], Awaitable[dict[str, Any]]]


class KeySet:
    """The keys by `kid`; one that has none is under the empty one.

    Args:
        fetch: Returns the JWKS document; called when keys are missing or old.
        clock_ms: Current time in milliseconds.
        refresh_interval_ms: Age from which the keys are fetched again.
    """

    def __init__(self, fetch: FetchJwks, clock_ms: Callable[[], int], refresh_interval_ms: int) -> None:
        self._fetch = fetch
        self._clock_ms = clock_ms
        self._refresh_interval_ms = refresh_interval_ms
        self._fetched_at_ms: int | None = None
        self._documents: dict[str, Any] = {}
        self._keys: dict[str, VerifyingKey] = {}
        self._pending: asyncio.Task[None] | None = None

    def fresh(self) -> Mapping[str, VerifyingKey] | None:
        """Return the keys if they are fresh, without waiting; else None."""
        fetched_at_ms = self._fetched_at_ms
        if fetched_at_ms is None or self._clock_ms() - fetched_at_ms >= self._refresh_interval_ms:
            return None
        return self._keys

    async def current(self) -> Mapping[str, VerifyingKey]:
        """Return the keys, fetched when there are none yet or they are old. Errors of the core are raised."""
        keys = self.fresh()
        if keys is None:
            await self._refetch()
            keys = self._keys
        return keys

    async def after_unknown_kid(self) -> Mapping[str, VerifyingKey]:
        """Return the keys after trying to learn new ones, at most once per `JWKS_REFETCH_COOLDOWN_MS`."""
        fetched_at_ms = self._fetched_at_ms
        cooling_down = fetched_at_ms is not None and self._clock_ms() - fetched_at_ms < JWKS_REFETCH_COOLDOWN_MS
        if not cooling_down or self._pending is not None:
            await self._refetch()
        return self._keys

    async def _refetch(self) -> None:
        loop = asyncio.get_running_loop()
        pending = self._pending
        # A fetch that runs in the loop of another thread cannot be awaited here.
        if pending is None or pending.done() or pending.get_loop() is not loop:
            pending = self._pending = loop.create_task(self._fetch_and_store())
        # The fetch serves others, too: it goes on when this request is cancelled.
        await asyncio.shield(pending)

    async def _fetch_and_store(self) -> None:
        try:
            document = await self._fetch()
            self._store(document.get("keys", []))
            self._fetched_at_ms = self._clock_ms()
        finally:
            self._pending = None

    def _store(self, documents: list[dict[str, Any]]) -> None:
        """Replace the keys. One that did not change stays the same object, so that what it verified stays verified."""
        keys: dict[str, VerifyingKey] = {}
        by_kid: dict[str, Any] = {}
        for document in documents:
            kid = document.get("kid", "")
            if not isinstance(kid, str):
                continue
            key = self._keys[kid] if self._documents.get(kid) == document else verifying_key(document)
            if key is not None:
                keys[kid], by_kid[kid] = key, document
        self._keys, self._documents = keys, by_kid


def verifying_key(jwk: Mapping[str, Any]) -> VerifyingKey | None:
    """Return the key of a JWK, bound to its algorithm; None for a kind we do not accept, like symmetric keys."""
    if jwk.get("use", "sig") != "sig":
        return None
    kind, algorithm = jwk.get("kty"), jwk.get("alg")
    try:
        if kind == "RSA" and algorithm in ("RS256", None):
            return _rsa_key(jwk)
        if kind == "EC" and algorithm in ("ES256", None) and jwk.get("crv") == "P-256":
            return _ec_key(jwk)
    except (KeyError, TypeError, ValueError):
        return None
    return None


def _rsa_key(jwk: Mapping[str, Any]) -> VerifyingKey | None:
    public_key = rsa.RSAPublicNumbers(e=_integer(jwk["e"]), n=_integer(jwk["n"])).public_key()
    if public_key.key_size < _MIN_RSA_BITS:
        return None
    scheme, digest = padding.PKCS1v15(), SHA256()

    def verify(signature: bytes, signed: bytes) -> bool:
        try:
            public_key.verify(signature, signed, scheme, digest)
        except InvalidSignature:
            return False
        return True

    return VerifyingKey("RS256", verify)


def _ec_key(jwk: Mapping[str, Any]) -> VerifyingKey:
    numbers = ec.EllipticCurvePublicNumbers(_integer(jwk["x"]), _integer(jwk["y"]), ec.SECP256R1())
    public_key = numbers.public_key()
    scheme = ec.ECDSA(SHA256())

    def verify(signature: bytes, signed: bytes) -> bool:
        # RFC 7518, 3.4: the two numbers side by side, 32 bytes each.
        if len(signature) != 64:
            return False
        r, s = int.from_bytes(signature[:32], "big"), int.from_bytes(signature[32:], "big")
        try:
            public_key.verify(encode_dss_signature(r, s), signed, scheme)
        except InvalidSignature:
            return False
        return True

    return VerifyingKey("ES256", verify)


def _integer(text: str) -> int:
    padded = text + "=" * (-len(text) % 4)
    return int.from_bytes(urlsafe_b64decode(padded), "big")
