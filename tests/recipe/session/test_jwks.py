# SPDX-License-Identifier: Apache-2.0
"""The core's keys: fetched once, again when old or when a key is unknown, and never in a flood."""

import asyncio
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa

from tests.recipe.session.signing import ec_jwk, rsa_jwk
from twofold.recipe.session.jwks import JWKS_REFETCH_COOLDOWN_MS, KeySet, verifying_key

pytestmark = pytest.mark.without_core

INTERVAL_MS = 14_400_000


class FakeCore:
    """Publishes keys, counts who asks, and tells the time."""

    def __init__(self, *keys: dict[str, Any]) -> None:
        self.keys = list(keys)
        self.fetches = 0
        self.now_ms = 1_000_000
        self.fails = False

    async def fetch(self) -> dict[str, Any]:
        """Return the JWKS document, after giving others a turn."""
        self.fetches += 1
        await asyncio.sleep(0)
        if self.fails:
            raise ConnectionError
        return {"keys": self.keys}

    def key_set(self) -> KeySet:
        """Return an empty key set over this core."""
        return KeySet(self.fetch, lambda: self.now_ms, INTERVAL_MS)


async def test_keys_are_fetched_once(signing_key: rsa.RSAPrivateKey) -> None:
    """Fresh keys are returned without asking the core."""
    core = FakeCore(rsa_jwk(signing_key, "d-1"))
    key_set = core.key_set()

    assert key_set.fresh() is None
    assert set(await key_set.current()) == {"d-1"}
    assert set(key_set.fresh() or ()) == {"d-1"}
    await key_set.current()
    assert core.fetches == 1


async def test_keys_get_old(signing_key: rsa.RSAPrivateKey) -> None:
    """After the interval the keys are fetched again, and withdrawn ones are gone."""
    core = FakeCore(rsa_jwk(signing_key, "d-1"))
    key_set = core.key_set()
    await key_set.current()
    core.now_ms += INTERVAL_MS
    core.keys = []

    assert key_set.fresh() is None
    assert await key_set.current() == {}


async def test_unknown_kid_asks_at_most_once_per_cooldown(signing_key: rsa.RSAPrivateKey) -> None:
    """Invented key ids do not become calls to the core; a new key is found after the cool-down."""
    core = FakeCore(rsa_jwk(signing_key, "d-1"))
    key_set = core.key_set()
    await key_set.current()
    core.keys.append(rsa_jwk(signing_key, "d-2"))

    assert "d-2" not in await key_set.after_unknown_kid()
    core.now_ms += JWKS_REFETCH_COOLDOWN_MS
    assert "d-2" in await key_set.after_unknown_kid()
    for _ in range(20):
        await key_set.after_unknown_kid()
    assert core.fetches == 2


async def test_requests_share_a_fetch(signing_key: rsa.RSAPrivateKey) -> None:
    """Many requests at the start wait for one answer, and all get the keys."""
    core = FakeCore(rsa_jwk(signing_key, "d-1"))
    key_set = core.key_set()

    results = await asyncio.gather(*(key_set.current() for _ in range(50)))

    assert all("d-1" in keys for keys in results)
    assert core.fetches == 1


async def test_cancelled_request_does_not_disturb_the_others(signing_key: rsa.RSAPrivateKey) -> None:
    """The request that began a fetch may go away; those that wait with it still get the keys."""
    core = FakeCore(rsa_jwk(signing_key, "d-1"))
    key_set = core.key_set()
    first, second = asyncio.create_task(key_set.current()), asyncio.create_task(key_set.current())
    await asyncio.sleep(0)
    first.cancel()

    assert "d-1" in await second


async def test_failed_fetch_is_told_and_tried_again(signing_key: rsa.RSAPrivateKey) -> None:
    """Without an answer of the core nothing is verified (class 37), and the next request asks again."""
    core = FakeCore(rsa_jwk(signing_key, "d-1"))
    key_set = core.key_set()
    core.fails = True
    with pytest.raises(ConnectionError):
        await key_set.current()
    core.fails = False

    assert "d-1" in await key_set.current()


async def test_unchanged_key_stays_the_same_object(
    signing_key: rsa.RSAPrivateKey, foreign_key: rsa.RSAPrivateKey
) -> None:
    """What a key has verified stays verified over a fetch; a key that changed under its name is another key."""
    core = FakeCore(rsa_jwk(signing_key, "d-1"), rsa_jwk(signing_key, "d-2"))
    key_set = core.key_set()
    before = dict(await key_set.current())
    core.now_ms += INTERVAL_MS
    core.keys[1] = rsa_jwk(foreign_key, "d-2")

    after = await key_set.current()

    assert after["d-1"] is before["d-1"]
    assert after["d-2"] is not before["d-2"]


@pytest.mark.parametrize(
    "changes",
    [
        {"kty": "oct", "k": "c2VjcmV0"},
        {"alg": "HS256"},
        {"alg": "none"},
        {"alg": "ES256"},
        {"use": "enc"},
        {"n": "AQAB"},
        {"n": 5},
        {"kty": "OKP"},
    ],
)
def test_other_keys_are_not_accepted(signing_key: rsa.RSAPrivateKey, changes: dict[str, Any]) -> None:
    """Symmetric, weak, foreign and malformed keys verify nothing."""
    assert verifying_key({**rsa_jwk(signing_key, "d-1"), **changes}) is None


def test_es256_needs_its_curve() -> None:
    """ES256 means P-256 alone."""
    jwk = ec_jwk(ec.generate_private_key(ec.SECP256R1()), "s-1")

    assert verifying_key(jwk) is not None
    assert verifying_key({**jwk, "crv": "P-384"}) is None


async def test_keys_without_kid_are_left_out(signing_key: rsa.RSAPrivateKey) -> None:
    """A key that cannot be named cannot be used."""
    core = FakeCore({**rsa_jwk(signing_key, "x"), "kid": None})

    assert await core.key_set().current() == {}
