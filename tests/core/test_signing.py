# SPDX-License-Identifier: Apache-2.0
"""Signing keys: made once whoever asks, replaced with an overlap, seen by every node."""

import asyncio
import re
from typing import Any

import pytest

from twofold.core.app import Core, create_core
from twofold.core.clock import TurnableClock
from twofold.core.config import Settings
from twofold.core.sealing import CannotUnseal
from twofold.core.signing import CACHE_SIZE, REMEMBERED_SIGNATURES, KeyRing, SigningKeys, WrongSignature
from twofold.core.storage.database import Database, DatabaseUnavailable
from twofold.core.storage.query import Query
from twofold.core.tenancy.store import create_app, create_tenant

HOUR = 3600
WEEK = 168 * HOUR
SECRETS = Query("SELECT secret FROM app_keys WHERE app_id = :app_id")
FORGET_KEYS = Query("DELETE FROM app_keys WHERE app_id = :app_id")


async def ring(core: Core, app_id: str = "public") -> KeyRing:
    """The keys of an app, as a node sees them."""
    return await core.services.signing_keys.of(await core.tenant(app_id, "public"))


async def signing_key_id(core: Core) -> str:
    """The id of the dynamic key that signs now."""
    tenant = await core.tenant("public", "public")
    keys = await core.services.signing_keys.of(tenant)
    return keys.signing_key(tenant.settings, core.services.clock.now_ms(), is_dynamic=True).key_id


async def published_ids(core: Core) -> list[str]:
    """The key ids of the JWKS."""
    answer = await core.call("GET", "/.well-known/jwks.json")
    return [key["kid"] for key in answer["keys"]]


async def test_an_app_gets_its_keys_on_first_use(core: Core) -> None:
    """A fresh app has one dynamic key, named by its time, and one static key, named by a UUID."""
    dynamic, static = await published_ids(core)

    assert re.fullmatch(r"d-\d{13}", dynamic)
    assert re.fullmatch(r"s-[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", static)


async def test_fifty_first_calls_make_one_pair_of_keys(core: Core) -> None:
    """However many calls need the first key at once, one is made."""
    answers = await asyncio.gather(*(published_ids(core) for _ in range(50)))

    assert {tuple(answer) for answer in answers} == {tuple(await published_ids(core))}


async def test_nodes_that_start_at_once_agree(database_url: str) -> None:
    """Two cores on one new database that both make keys at the same moment end with the same."""
    nodes = [create_core(database_url) for _ in range(2)]
    await nodes[0].start()

    first, second = await asyncio.gather(*(published_ids(node) for node in nodes))
    rings = [await ring(node) for node in nodes]

    assert first == second
    assert rings[0].refresh_key == rings[1].refresh_key
    for node in nodes:
        await node.stop()


async def test_rotation_follows_the_clock(core: Core, clock: TurnableClock) -> None:
    """A successor is made a minute early, published at once, signs a minute later; the old key verifies on."""
    first = await signing_key_id(core)

    clock.turn(seconds=WEEK - 90)
    assert len(await published_ids(core)) == 2
    clock.turn(seconds=35)
    second, old, _ = await published_ids(core)
    assert (old, await signing_key_id(core)) == (first, first)
    clock.turn(seconds=61)
    assert await signing_key_id(core) == second
    clock.turn(seconds=2 * HOUR - 90)
    assert first in await published_ids(core)
    clock.turn(seconds=90)
    assert first not in await published_ids(core)


async def test_a_key_that_came_of_age_signs_no_more(core: Core, clock: TurnableClock) -> None:
    """After a long sleep the new key signs at once: the old one is too old to bridge its first minute."""
    first = await signing_key_id(core)
    clock.turn(seconds=2 * WEEK)

    assert await signing_key_id(core) != first


async def test_the_static_key_stays(core: Core, clock: TurnableClock) -> None:
    """The static key is the same after years."""
    static = (await published_ids(core))[-1]
    clock.turn(seconds=100 * WEEK)

    assert (await published_ids(core))[-1] == static


async def test_another_nodes_key_is_found_when_it_is_needed(
    core: Core, clock: TurnableClock, database_url: str
) -> None:
    """A node that has read its keys a moment ago looks again for a key id that it does not know."""
    other = create_core(database_url, clock=clock)
    await published_ids(core)
    await published_ids(other)
    await core.services.database.execute(FORGET_KEYS, app_id="public")
    core.services.signing_keys.forget_app("public")
    (new, _) = await published_ids(core)

    found = await other.services.signing_keys.find(await other.tenant("public", "public"), new)

    assert found is not None
    assert found.key_id == new
    await other.stop()


async def test_a_nodes_memory_ends(core: Core, clock: TurnableClock, database_url: str) -> None:
    """Keys that are gone from the database are gone from every node half a minute later."""
    other = create_core(database_url, clock=clock)
    before = await published_ids(other)
    await core.services.database.execute(FORGET_KEYS, app_id="public")

    clock.turn(seconds=31)
    after = await published_ids(other)
    assert not set(before) & set(after)
    await other.stop()


async def test_unknown_keys_are_not_found(core: Core) -> None:
    """A key id that nobody made is no key."""
    assert await core.services.signing_keys.find(await core.tenant("public", "public"), "d-1") is None


async def test_apps_have_keys_of_their_own(core: Core) -> None:
    """Attack 47: a signature of one app's key is refused by another's, and no app sees another's keys."""
    for app_id in ("a", "b"):
        await create_app(core.services.database, app_id, 0)
        await create_tenant(core.services.database, app_id, "public", now_ms=0, first_factors=None, enabled=True)
    of_a, of_b = await ring(core, "a"), await ring(core, "b")
    signature = of_a.static_key.sign(b"data")

    of_a.static_key.verify(signature, b"data")
    with pytest.raises(WrongSignature):
        of_b.static_key.verify(signature, b"data")
    assert of_a.refresh_key != of_b.refresh_key
    key_ids = {key.key_id for keys in (of_a, of_b) for key in (*keys.dynamic_keys, keys.static_key)}
    assert len(key_ids) >= 3  # the dynamic ones may be of the same millisecond


async def test_private_keys_are_encrypted_at_rest(database_url: str) -> None:
    """With `encryption_key` no stored key is plain, a node with it reads them, and one without it cannot."""
    settings = Settings(encryption_key="e" * 32)
    writer, reader, stranger = (
        create_core(database_url, settings),
        create_core(database_url, settings),
        create_core(database_url),
    )
    ids = await published_ids(writer)

    rows = await writer.services.database.fetch_all(SECRETS, app_id="public")
    assert len(rows) == 3
    assert all(row["secret"].startswith("aes256gcm.1.") for row in rows)
    assert await published_ids(reader) == ids
    with pytest.raises(CannotUnseal):
        await published_ids(stranger)
    for node in (writer, reader, stranger):
        await node.stop()


async def test_keys_do_not_show(core: Core) -> None:
    """Attack 21: no representation of the keys holds a secret."""
    shown = repr(await ring(core))
    rows = await core.services.database.fetch_all(SECRETS, app_id="public")

    assert not any(row["secret"] in shown for row in rows)
    assert "refresh_key" not in shown


class FailingOnce:
    """A database whose first question fails."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._has_failed = False

    def __getattr__(self, name: str) -> Any:
        """The database's own method, but for the first question."""
        return getattr(self._database, name)

    async def fetch_all(self, query: Query, **values: Any) -> Any:
        """Fail, then work; after others had time to join."""
        await asyncio.sleep(0)
        if not self._has_failed:
            self._has_failed = True
            raise DatabaseUnavailable("gone for a moment")
        return await self._database.fetch_all(query, **values)


async def test_a_failed_reading_fails_only_its_caller(core: Core) -> None:
    """Who waited for a reading that failed reads for itself."""
    services, tenant = core.services, await core.tenant("public", "public")
    database: Any = FailingOnce(services.database)
    keys = SigningKeys(database, services.clock, services.tokens, services.sealer)

    first, *others = await asyncio.gather(*(keys.of(tenant) for _ in range(3)), return_exceptions=True)
    assert isinstance(first, DatabaseUnavailable)
    assert all(isinstance(other, KeyRing) for other in others)


async def test_memory_is_bounded(core: Core) -> None:
    """A core with very many apps forgets keys rather than growing."""
    keys = core.services.signing_keys
    keys._rings.update(dict.fromkeys(map(str, range(CACHE_SIZE)), await ring(core)))
    keys.forget_app("public")

    await ring(core)
    assert list(keys._rings) == ["public"]


async def test_a_good_signature_is_remembered_for_its_own_text_alone(core: Core) -> None:
    """What was verified before speeds up nothing but the very same text and signature."""
    key = (await ring(core)).static_key
    signature = key.sign(b"header.claims")
    key.verify(signature, b"header.claims")
    key.verify(signature, b"header.claims")

    for other_signature, other_text in (
        (signature, b"header.other"),
        (signature[:-1] + bytes([signature[-1] ^ 1]), b"header.claims"),
        (signature[1:], b"header.claims." + signature[:1]),
    ):
        with pytest.raises(WrongSignature):
            key.verify(other_signature, other_text)
    assert len(key._verified) == 1


async def test_memory_of_signatures_is_bounded(core: Core) -> None:
    """A key that verifies very many tokens forgets rather than growing."""
    key = (await ring(core)).static_key
    key._verified.update(str(number).encode() for number in range(REMEMBERED_SIGNATURES))

    key.verify(key.sign(b"header.claims"), b"header.claims")

    assert len(key._verified) == 1
