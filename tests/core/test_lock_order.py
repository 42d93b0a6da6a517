# SPDX-License-Identifier: Apache-2.0
"""Everybody locks in one order, so that nobody waits for each other: see docs/architecture.md."""

import asyncio
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from typing import Any

import asyncpg
import pytest

from tests.core.quick import core_for_races
from tests.core.recipe.calls import link, make_primary, post, sign_up
from tests.core.recipe.session.client import SessionClient
from tests.core.test_races import WAITING_FOR_A_LOCK
from twofold.core.app import Core
from twofold.core.clock import TurnableClock
from twofold.core.storage.database import Connection
from twofold.core.storage.query import Query

Json = dict[str, Any]
LOCK_DEVICES = Query("SELECT device_id FROM trusted_devices FOR UPDATE")
COUNT_SESSIONS = Query("SELECT COUNT(*) FROM sessions")
COUNT_FREE_SESSIONS = Query("SELECT COUNT(*) FROM (SELECT 1 FROM sessions FOR UPDATE SKIP LOCKED) AS free")


@dataclass(frozen=True)
class Person:
    """A person with two ways in and a session of each, which rest on a trusted device."""

    user_id: str
    member: str
    handle: str
    device_id: str


async def begin(core: Core, *, is_linked: bool) -> Person:
    """Make such a person; unless is_linked, the second way in is a person of its own."""
    user_id, member = await sign_up(core, "a@example.com"), await sign_up(core, "b@example.com")
    await make_primary(core, user_id)
    if is_linked:
        await link(core, member, user_id)
    handles = [(await SessionClient(core).create(item))["session"]["handle"] for item in (user_id, member)]
    trusted = await post(core, "trusteddevices", {"userId": user_id, "factors": ["totp"], "lifetimeMs": 1000})
    for handle in handles if is_linked else handles[:1]:
        body = {"userId": user_id, "token": trusted["token"], "sessionHandle": handle}
        assert (await post(core, "trusteddevices/recognise", body))["status"] == "OK"
    return Person(user_id, member, handles[0], trusted["deviceId"])


def _replacement(person: Person) -> Json:
    body = {"userId": person.user_id, "factors": ["totp"], "lifetimeMs": 1000, "sessionHandle": person.handle}
    return {**body, "replacedDeviceId": person.device_id}


CHANGES: dict[str, Callable[[Person], tuple[str, Json]]] = {
    "sign out": lambda ann: ("recipe/session/remove", {"userId": ann.user_id}),
    "sign out here": lambda ann: ("recipe/session/remove", {"userId": ann.user_id, "revokeAcrossAllTenants": False}),
    "remove": lambda ann: ("recipe/trusteddevices/remove", {"userId": ann.user_id, "deviceId": ann.device_id}),
    "remove all": lambda ann: ("recipe/trusteddevices/removeall", {"userId": ann.user_id}),
    "replace": lambda ann: ("recipe/trusteddevices", _replacement(ann)),
    "link": lambda ann: (
        "recipe/accountlinking/user/link",
        {"recipeUserId": ann.member, "primaryUserId": ann.user_id},
    ),
    "unlink": lambda ann: ("recipe/accountlinking/user/unlink", {"recipeUserId": ann.member}),
    "leave tenant": lambda ann: ("recipe/multitenancy/tenant/user/remove", {"recipeUserId": ann.member}),
    "reset factors": lambda ann: ("recipe/factorreset", {"userId": ann.user_id, "factors": ["totp"], "reason": "lost"}),
    "delete one": lambda ann: ("user/remove", {"userId": ann.member, "removeAllLinkedAccounts": False}),
    "delete": lambda ann: ("user/remove", {"userId": ann.user_id}),
}


@pytest.fixture
async def postgres_core(core_postgres_url: str, clock: TurnableClock) -> AsyncIterator[Core]:
    """A core on the database that locks rows."""
    async with core_for_races(core_postgres_url, clock) as started:
        yield started


@pytest.mark.parametrize("change", CHANGES)
async def test_who_waits_for_a_device_holds_no_session(
    postgres_core: Core, core_postgres_url: str, change: str
) -> None:
    """Whoever recognises the device has it, and wants the session next: they would wait for each other."""
    path, body = CHANGES[change](await begin(postgres_core, is_linked=change != "link"))
    watching = await asyncpg.connect(core_postgres_url)
    has_devices = asyncio.Event()

    async def change_meanwhile() -> Json:
        await has_devices.wait()
        return await postgres_core.call("POST", f"/{path}", body=body, actor="ops")

    async def hold_devices(tx: Connection) -> tuple[int, int]:
        assert len(await tx.fetch_all(LOCK_DEVICES)) == 1
        has_devices.set()
        async with asyncio.timeout(60):
            while not await watching.fetchval(WAITING_FOR_A_LOCK):  # noqa: ASYNC110 - of the server
                await asyncio.sleep(0.01)
        return await tx.fetch_value(COUNT_FREE_SESSIONS), await tx.fetch_value(COUNT_SESSIONS)

    changing = asyncio.create_task(change_meanwhile())
    free, all_sessions = await postgres_core.services.database.transaction(hold_devices)
    await watching.close()

    assert (await changing)["status"] == "OK"
    assert free == all_sessions == 2
