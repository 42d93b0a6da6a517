# SPDX-License-Identifier: Apache-2.0
"""What is made in the name of a session, and outlives it: trust in a device, and recovery codes (attack class 22)."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest

from tests.core.quick import core_for_races
from tests.core.recipe.calls import post, rows, sign_up
from tests.core.recipe.recoverycodes.test_recovery_codes import add_app
from tests.core.recipe.session.client import SessionClient
from tests.core.test_races import committed_while_waiting
from twofold.core._endpoint import Call
from twofold.core.app import Core
from twofold.core.clock import TurnableClock
from twofold.core.recipe.recoverycodes import store as codes_store
from twofold.core.recipe.session import holding
from twofold.core.recipe.session import store as session_store
from twofold.core.recipe.totp import store as totp_store
from twofold.core.recipe.trusteddevices import store as devices_store
from twofold.core.storage.database import Connection
from twofold.core.users.factors import factors_changed
from twofold.core.users.store import lock_user
from twofold.core.version import NEWEST

Json = dict[str, Any]


@pytest.fixture
async def core(database_url: str, clock: TurnableClock) -> AsyncIterator[Core]:
    """A core that may use sixteen connections at once."""
    async with core_for_races(database_url, clock) as started:
        yield started


@pytest.fixture
async def postgres_core(core_postgres_url: str, clock: TurnableClock) -> AsyncIterator[Core]:
    """The same on the database where statements of several transactions run at once."""
    async with core_for_races(core_postgres_url, clock) as started:
        yield started


async def begin(core: Core, user_id: str) -> str:
    """Begin a session, and answer its handle."""
    handle: str = (await SessionClient(core).create(user_id))["session"]["handle"]
    return handle


async def trust(core: Core, user_id: str, handle: str) -> Json:
    """Trust a device in the name of a session."""
    body = {"userId": user_id, "factors": ["totp"], "lifetimeMs": 1000, "sessionHandle": handle}
    return await post(core, "trusteddevices", body)


async def make_codes(core: Core, user_id: str, handle: str, **fields: Any) -> Json:
    """Make recovery codes in the name of a session."""
    return await post(core, "recoverycodes", {"userId": user_id, "count": 1, "sessionHandle": handle, **fields})


async def sign_out_everywhere(core: Core, user_id: str) -> Json:
    """End all sessions of a user."""
    return await post(core, "session/remove", {"userId": user_id})


async def test_no_session_no_trust_and_no_codes(core: Core, clock: TurnableClock) -> None:
    """Attack class 22.

    A session that was ended, has expired, is of somebody else or of nobody, or never was, makes nothing.
    """
    user_id, other = await sign_up(core), await sign_up(core, "b@example.com")
    await add_app(core, user_id)
    ended = await begin(core, user_id)
    await sign_out_everywhere(core, user_id)
    living, of_other = await begin(core, user_id), await begin(core, other)

    for handle in (ended, of_other, "none"):
        assert await trust(core, user_id, handle) == {"status": "UNAUTHORISED"}
        assert await make_codes(core, user_id, handle) == {"status": "UNAUTHORISED"}
    assert await trust(core, "nobody", await begin(core, "nobody")) == {"status": "UNAUTHORISED"}
    assert (await trust(core, user_id, living))["status"] == "OK"
    assert (await make_codes(core, user_id, living))["status"] == "OK"
    clock.turn(seconds=core.services.settings.refresh_token_validity * 60)
    assert await trust(core, user_id, living) == {"status": "UNAUTHORISED"}


async def test_no_second_factor_no_codes(core: Core) -> None:
    """They would open the one that is set up later. Of factors of the application's own, the application knows."""
    user_id = await sign_up(core)
    handle = await begin(core, user_id)

    assert await make_codes(core, user_id, handle) == {"status": "NO_SECOND_FACTOR_ERROR"}
    assert await rows(core, "recovery_codes") == []
    assert (await make_codes(core, user_id, handle, hasOtherFactor=True))["status"] == "OK"


async def test_trust_and_sign_out_everywhere_at_once(core: Core) -> None:
    """Attack class 22.

    Whatever was on its way when all sessions ended: no browser is trusted afterwards.
    """
    for number in range(4):
        user_id = await sign_up(core, f"{number}@example.com")
        handles = [await begin(core, user_id) for _ in range(8)]
        answers = await asyncio.gather(
            *(trust(core, user_id, handle) for handle in handles[:4]),
            sign_out_everywhere(core, user_id),
            *(trust(core, user_id, handle) for handle in handles),
        )
        assert {answer["status"] for answer in answers} <= {"OK", "UNAUTHORISED"}
        assert await rows(core, "trusted_devices") == []


async def test_trust_waits_for_the_end_of_its_session(postgres_core: Core, core_postgres_url: str) -> None:
    """Attack class 22.

    Sessions whose end is not committed yet make nothing any more.
    """
    core = postgres_core
    user_id = await sign_up(core)
    await add_app(core, user_id)
    for make in (trust, make_codes):
        handle = await begin(core, user_id)

        async def end(tx: Connection) -> None:
            await session_store.forget(tx, "public", user_id)

        answer = await committed_while_waiting(core, core_postgres_url, end, make(core, user_id, handle))
        assert answer == {"status": "UNAUTHORISED"}
    assert await rows(core, "trusted_devices") == []


async def test_the_end_of_a_session_waits_for_trust(postgres_core: Core, core_postgres_url: str) -> None:
    """Attack class 22.

    A device that is not committed yet is found, and forgotten, by who ends all sessions.
    """
    core = postgres_core
    user_id = await sign_up(core)
    handle = await begin(core, user_id)
    device = devices_store.NewDevice("d1", user_id, "hash", ["totp"], "", 1, 2**50)

    async def trust_and_hold(tx: Connection) -> None:
        await holding.hold(tx, await _call(core), handle, user_id)
        await devices_store.add(tx, "public", "public", device)

    ending = sign_out_everywhere(core, user_id)
    answer = await committed_while_waiting(core, core_postgres_url, trust_and_hold, ending)

    assert answer["sessionHandlesRevoked"] == [handle]
    assert await rows(core, "trusted_devices") == []


@pytest.mark.parametrize("first", ["removal", "codes"])
async def test_no_codes_are_left_of_the_last_factor(postgres_core: Core, core_postgres_url: str, first: str) -> None:
    """Attack class 11.

    Codes that are made while the last second factor is removed go with it, or are refused, whichever comes first.
    """
    core = postgres_core
    user_id = await sign_up(core)
    handle = await begin(core, user_id)
    await add_app(core, user_id)
    call = await _call(core)

    async def make(tx: Connection) -> None:
        await holding.hold(tx, call, handle, user_id)
        await codes_store.replace_codes(tx, "public", user_id, ["hash"], 1)

    async def remove(tx: Connection) -> None:
        await lock_user(tx, "public", user_id)
        await totp_store.forget_user(tx, "public", user_id)
        await factors_changed(tx, core.services.recipes, "public", user_id)

    body = {"userId": user_id, "deviceName": "phone"}
    change, other = (
        (remove, make_codes(core, user_id, handle))
        if first == "removal"
        else (make, post(core, "totp/device/remove", body))
    )
    answer = await committed_while_waiting(core, core_postgres_url, change, other)

    assert answer["status"] == ("NO_SECOND_FACTOR_ERROR" if first == "removal" else "OK")
    assert await rows(core, "recovery_codes") == []


async def _call(core: Core) -> Call:
    return Call(core.services, await core.tenant("public", "public"), NEWEST, "public", {}, is_operator=False, actor="")
