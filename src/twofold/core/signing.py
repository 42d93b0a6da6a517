# SPDX-License-Identifier: Apache-2.0
"""The keys of an app: those that sign its tokens, published as JWKS, and the one that encrypts its refresh tokens.

*Dynamic* keys (`d-<creation time>`) are replaced every `access_token_dynamic_signing_key_update_interval`; the *static*
key (`s-<uuid>`) never is. The next dynamic key is made OVERLAP_MS before the newest comes of age, and signs only
OVERLAP_MS later if another can until then: it is in every JWKS before the first token that needs it.

        made            signs           a successor is made       signs no more             deleted
          ├───overlap────┼───────────────────────┼──────overlap────────┼──────────────────────┤
          0              60 s                 I - 60 s                 I        I + 2 × access token validity

Several nodes on one database agree: who finds a key missing makes a candidate, outside of any transaction, and one
serializable transaction decides whether it is still missing. A key that another node made is found when it is needed
(`find`), after CACHE_MS at the latest, and when the app was deleted or changed.
"""

import asyncio
import threading
from concurrent.futures import Future
from dataclasses import dataclass, field
from hashlib import sha256
from typing import cast

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import load_der_private_key

from twofold.core import signing_store as store
from twofold.core._fields import Json
from twofold.core.clock import Clock
from twofold.core.config import Settings
from twofold.core.jwt import encode_base64url
from twofold.core.sealing import Sealer
from twofold.core.signing_store import StoredKey
from twofold.core.storage.database import Connection, Database
from twofold.core.tenancy.directory import Tenant
from twofold.core.tokens import Tokens

ALGORITHM = "RS256"
OVERLAP_MS = 60_000
CACHE_MS = 30_000
CACHE_SIZE = 10_000
REMEMBERED_SIGNATURES = 10_000
REFRESH_KEY_BYTES = 32
TABLES = ("app_keys",)

_DYNAMIC, _STATIC, _REFRESH = "dynamic", "static", "refresh"


class WrongSignature(Exception):
    """The signature was not made with this key over these bytes."""


@dataclass(frozen=True, slots=True)
class SigningKey:
    """A key that signs tokens with RS256 (RFC 7518, section 3.3)."""

    key_id: str
    is_dynamic: bool
    created_at_ms: int
    jwk: Json
    stored_secret: str = field(repr=False)
    private: RSAPrivateKey = field(repr=False)
    _verified: set[bytes] = field(default_factory=set, repr=False, compare=False)

    def sign(self, data: bytes) -> bytes:
        """The signature over `data`."""
        return self.private.sign(data, PKCS1v15(), SHA256())

    def verify(self, signature: bytes, data: bytes) -> None:
        """Return if the signature is this key's over `data`, the signed part of a JWT. Raises WrongSignature.

        Which signatures were good is remembered: clients show one access token many times.
        """
        digest = sha256(data + b"." + signature).digest()
        if digest in self._verified:
            return
        try:
            self.private.public_key().verify(signature, data, PKCS1v15(), SHA256())
        except InvalidSignature:
            raise WrongSignature from None
        if len(self._verified) >= REMEMBERED_SIGNATURES:
            self._verified.clear()
        self._verified.add(digest)


@dataclass(frozen=True, slots=True)
class Rotation:
    """When dynamic keys come and go, by the settings of an app."""

    interval_ms: int
    lifetime_ms: int

    @classmethod
    def of(cls, settings: Settings) -> "Rotation":
        """The rotation that these settings ask for."""
        interval_ms = int(settings.access_token_dynamic_signing_key_update_interval * 3_600_000)
        return cls(interval_ms, interval_ms + 2 * settings.access_token_validity * 1000)

    def oldest_newest_ms(self, now_ms: int) -> int:
        """When the newest key must have been made, lest it is time for another."""
        return now_ms - self.interval_ms + OVERLAP_MS


@dataclass(frozen=True, slots=True)
class KeyRing:
    """The keys of one app as they were read. Signing keys stand newest first, the static one last.

    as_of: that of the tenant for which they were read: an app that was deleted and made anew has other keys.
    """

    dynamic_keys: tuple[SigningKey, ...]
    static_key: SigningKey
    refresh_key: bytes = field(repr=False)
    read_at_ms: int
    as_of: object

    def signing_key(self, settings: Settings, now_ms: int, *, is_dynamic: bool) -> SigningKey:
        """The key to sign a token with now."""
        if not is_dynamic:
            return self.static_key
        newest, *older = self.dynamic_keys
        young = now_ms - newest.created_at_ms < OVERLAP_MS
        if young and older and now_ms - older[0].created_at_ms < Rotation.of(settings).interval_ms:
            return older[0]
        return newest

    def verifying_keys(self, settings: Settings, now_ms: int) -> tuple[SigningKey, ...]:
        """The keys whose tokens are good now, in the order of the JWKS."""
        oldest_ms = now_ms - Rotation.of(settings).lifetime_ms
        return (*(key for key in self.dynamic_keys if key.created_at_ms >= oldest_ms), self.static_key)

    def find(self, key_id: str, settings: Settings, now_ms: int) -> SigningKey | None:
        """The key of this id, while its tokens are good."""
        return next((key for key in self.verifying_keys(settings, now_ms) if key.key_id == key_id), None)

    def seconds_to_next_key(self, settings: Settings, now_ms: int) -> int:
        """In how many whole seconds the next dynamic key is made; at least 1."""
        next_ms = self.dynamic_keys[0].created_at_ms - Rotation.of(settings).oldest_newest_ms(0)
        return max(1, (next_ms - now_ms) // 1000)

    def is_current(self, tenant: Tenant, now_ms: int) -> bool:
        """Whether it was read just now, no app was changed since, and no new key is due."""
        is_fresh = self.as_of is tenant.as_of and 0 <= now_ms - self.read_at_ms < CACHE_MS
        return is_fresh and self.dynamic_keys[0].created_at_ms >= Rotation.of(tenant.settings).oldest_newest_ms(now_ms)


class SigningKeys:
    """Knows the keys of all apps of one database, and makes those that are missing."""

    def __init__(self, database: Database, clock: Clock, tokens: Tokens, sealer: Sealer) -> None:
        self._database = database
        self._clock = clock
        self._tokens = tokens
        self._sealer = sealer
        self._rings: dict[str, KeyRing] = {}
        self._readings: dict[str, Future[None]] = {}
        self._lock = threading.Lock()

    async def of(self, tenant: Tenant) -> KeyRing:
        """The keys of an app, from memory whenever it can."""
        ring = self._rings.get(tenant.app_id)
        if ring is not None and ring.is_current(tenant, self._clock.now_ms()):
            return ring
        return await self._read(tenant)

    async def find(self, tenant: Tenant, key_id: str) -> SigningKey | None:
        """The key that verifies tokens with this `kid`; looks whether another node made it before it says None."""
        now_ms = self._clock.now_ms()
        found = (await self.of(tenant)).find(key_id, tenant.settings, now_ms)
        return found or (await self._read(tenant)).find(key_id, tenant.settings, now_ms)

    def forget_app(self, app_id: str) -> None:
        """Read the keys of this app anew on the next call; for those who deleted it."""
        self._rings.pop(app_id, None)

    async def delete_expired(self, tenant: Tenant) -> None:
        """Delete the dynamic keys of an app that verify nothing any more."""
        before_ms = self._clock.now_ms() - Rotation.of(tenant.settings).lifetime_ms
        await store.delete_dynamic_older(self._database, tenant.app_id, before_ms)

    async def _read(self, tenant: Tenant) -> KeyRing:
        """Read the keys of an app. Who asks while a reading is under way waits for it, in whatever thread."""
        app_id = tenant.app_id
        while True:
            with self._lock:
                reading = self._readings.get(app_id)
                if reading is None:
                    self._readings[app_id] = Future()
            if reading is None:
                try:
                    return await self._read_now(tenant)
                finally:
                    with self._lock:
                        self._readings.pop(app_id).set_result(None)
            await asyncio.shield(asyncio.wrap_future(reading))
            ring = self._rings.get(app_id)
            if ring is not None and ring.is_current(tenant, self._clock.now_ms()):
                return ring

    async def _read_now(self, tenant: Tenant) -> KeyRing:
        app_id = tenant.app_id
        known = self._rings.get(app_id)
        stored = await store.find_all(self._database, app_id)
        while due := self._due(stored, tenant.settings):
            stored = await self._complete(tenant, due)
        if len(self._rings) >= CACHE_SIZE:
            self._rings.clear()
        ring = self._rings[app_id] = self._ring(stored, known, tenant.as_of)
        return ring

    def _due(self, stored: list[StoredKey], settings: Settings) -> list[str]:
        oldest_newest_ms = Rotation.of(settings).oldest_newest_ms(self._clock.now_ms())
        there = {key.purpose for key in stored if key.purpose != _DYNAMIC or key.created_at_ms >= oldest_newest_ms}
        return [purpose for purpose in (_DYNAMIC, _STATIC, _REFRESH) if purpose not in there]

    async def _complete(self, tenant: Tenant, due: list[str]) -> list[StoredKey]:
        """Add what is due, unless another node did so first, and return all keys."""
        candidates = await asyncio.gather(*(self._candidate(tenant.app_id, purpose) for purpose in due))

        async def add_what_is_still_due(tx: Connection) -> list[StoredKey]:
            still_due = self._due(await store.find_all(tx, tenant.app_id), tenant.settings)
            for candidate in candidates:
                if candidate.purpose in still_due:
                    await store.add(tx, candidate)
            return await store.find_all(tx, tenant.app_id)

        return await self._database.transaction(add_what_is_still_due, serializable=True)

    async def _candidate(self, app_id: str, purpose: str) -> StoredKey:
        if purpose == _REFRESH:
            key_id, algorithm = f"r-{self._tokens.uuid()}", "HMAC-SHA512"
            secret = self._tokens.bytes(REFRESH_KEY_BYTES)
        else:
            algorithm = ALGORITHM
            secret = await asyncio.to_thread(self._tokens.rsa_key)
            key_id = f"d-{self._clock.now_ms()}" if purpose == _DYNAMIC else f"s-{self._tokens.uuid()}"
        now_ms = int(key_id[2:]) if purpose == _DYNAMIC else self._clock.now_ms()
        sealed = self._sealer.seal(secret, sealing_context(app_id, key_id))
        return StoredKey(app_id, key_id, purpose, now_ms, algorithm, sealed)

    def _ring(self, stored: list[StoredKey], known: KeyRing | None, as_of: object) -> KeyRing:
        """Put keys together; private keys that were parsed before are taken over."""
        parsed = {} if known is None else {key.stored_secret: key for key in (*known.dynamic_keys, known.static_key)}
        signing = [parsed.get(key.secret) or self._parse(key) for key in stored if key.purpose != _REFRESH]
        refresh = next(key for key in stored if key.purpose == _REFRESH)
        return KeyRing(
            dynamic_keys=tuple(key for key in signing if key.is_dynamic),
            static_key=next(key for key in signing if not key.is_dynamic),
            refresh_key=self._unseal(refresh),
            read_at_ms=self._clock.now_ms(),
            as_of=as_of,
        )

    def _parse(self, key: StoredKey) -> SigningKey:
        # The check that it leaves out takes as long as making a key, and is for keys that others made.
        private = cast(
            RSAPrivateKey, load_der_private_key(self._unseal(key), None, unsafe_skip_rsa_key_validation=True)
        )
        jwk = _jwk(key.key_id, private)
        return SigningKey(key.key_id, key.purpose == _DYNAMIC, key.created_at_ms, jwk, key.secret, private)

    def _unseal(self, key: StoredKey) -> bytes:
        return self._sealer.unseal(key.secret, sealing_context(key.app_id, key.key_id))


def sealing_context(app_id: str, key_id: str) -> str:
    """What the stored secret of a key is bound to, so that it opens in no other row."""
    return f"app_keys\n{app_id}\n{key_id}"


def _jwk(key_id: str, private: RSAPrivateKey) -> Json:
    """The public key (RFC 7517; RFC 7518, section 6.3.1)."""
    numbers = private.public_key().public_numbers()
    return {
        "kty": "RSA",
        "kid": key_id,
        "n": _unsigned(numbers.n),
        "e": _unsigned(numbers.e),
        "alg": ALGORITHM,
        "use": "sig",
    }


def _unsigned(number: int) -> str:
    return encode_base64url(number.to_bytes((number.bit_length() + 7) // 8, "big"))
