# SPDX-License-Identifier: Apache-2.0
"""Dashboard users and sessions through the core call: what the recordings do not show."""

import asyncio
from typing import Any

import pytest

from tests.core.recipe.calls import at_once, get, post, rows, run_jobs
from twofold.core.app import Core, create_core
from twofold.core.clock import TurnableClock
from twofold.core.config import Settings
from twofold.core.errors import BadRequest

EMAIL, PASSWORD, OTHER_PASSWORD = "admin@example.com", "secret-pass-1", "other-pass-2"
A_DAY_SECONDS = 24 * 3600


async def create(core: Core, email: str = EMAIL) -> str:
    """Create a dashboard user, and answer their id."""
    answer = await post(core, "dashboard/user", {"email": email, "password": PASSWORD})
    user_id: str = answer["user"]["userId"]
    return user_id


async def update(core: Core, **body: str) -> Any:
    """Change a dashboard user, and answer the status."""
    return (await core.call("PUT", "/recipe/dashboard/user", body=body))["status"]


async def sign_in(core: Core, email: str = EMAIL, password: str = PASSWORD) -> Any:
    """Sign in, and answer the session's id, or None."""
    return (await post(core, "dashboard/signin", {"email": email, "password": password})).get("sessionId")


async def verify(core: Core, session_id: str) -> Any:
    """Verify a session, and answer the status."""
    return (await post(core, "dashboard/session/verify", {"sessionId": session_id}))["status"]


async def test_neither_password_nor_session_is_stored_readable(core: Core) -> None:
    """Whoever reads the database cannot sign in with what is there."""
    await create(core)
    session_id = await sign_in(core)
    stored = str(await rows(core, "dashboard_users") + await rows(core, "dashboard_sessions"))

    assert PASSWORD not in stored
    assert session_id not in stored


async def test_a_listed_session_can_be_ended_but_not_used(core: Core) -> None:
    """The list names sessions by what opens nothing."""
    user_id = await create(core)
    session_id = await sign_in(core)
    [listed] = (await get(core, "dashboard/user/sessions", {"userId": user_id}))["sessions"]

    assert await verify(core, listed["sessionId"]) == "INVALID_SESSION_ERROR"
    await core.call("DELETE", "/recipe/dashboard/session", query={"sessionId": listed["sessionId"]})
    assert await verify(core, session_id) == "INVALID_SESSION_ERROR"


async def test_a_session_ends_after_thirty_days(core: Core, clock: TurnableClock) -> None:
    """Whether or not the housekeeping has removed it, which it then does."""
    user_id = await create(core)
    session_id = await sign_in(core)
    clock.turn(seconds=29 * A_DAY_SECONDS)
    assert await verify(core, session_id) == "OK"

    clock.turn(seconds=A_DAY_SECONDS + 1)

    assert await verify(core, session_id) == "INVALID_SESSION_ERROR"
    assert (await get(core, "dashboard/user/sessions", {"userId": user_id}))["sessions"] == []
    await sign_in(core)
    await run_jobs(core, "dashboard")
    assert len(await rows(core, "dashboard_sessions")) == 1


@pytest.mark.parametrize("change", [{"newEmail": "new@example.com"}, {"newPassword": OTHER_PASSWORD}])
async def test_a_change_ends_all_sessions_of_that_user(core: Core, change: dict[str, str]) -> None:
    """Of nobody else; and saying again what holds already changes nothing."""
    await create(core)
    await create(core, "other@example.com")
    mine, others = await sign_in(core), await sign_in(core, "other@example.com")
    assert await update(core, email=EMAIL, newEmail=EMAIL) == "OK"
    assert await verify(core, mine) == "OK"

    assert await update(core, email=EMAIL, **change) == "OK"

    assert await verify(core, mine) == "INVALID_SESSION_ERROR"
    assert await verify(core, others) == "OK"


async def test_no_session_outlives_a_change_that_runs_beside_its_sign_in(core: Core) -> None:
    """Sign-ins with the old password while it is changed: afterwards none of their sessions opens anything."""
    await create(core)
    signing_in = [sign_in(core) for _ in range(8)]

    *session_ids, changed = await asyncio.gather(*signing_in, update(core, email=EMAIL, newPassword=OTHER_PASSWORD))

    assert changed == "OK"
    assert {await verify(core, session_id) for session_id in session_ids if session_id} <= {"INVALID_SESSION_ERROR"}
    assert await sign_in(core) is None
    assert await sign_in(core, password=OTHER_PASSWORD) is not None


async def test_no_session_outlives_its_user(core: Core) -> None:
    """Sign-ins while the user is deleted."""
    user_id = await create(core)
    deleting = core.call("DELETE", "/recipe/dashboard/user", query={"userId": user_id})

    await asyncio.gather(*(sign_in(core) for _ in range(8)), deleting)

    assert await rows(core, "dashboard_sessions") == []
    assert await sign_in(core) is None


async def test_one_of_many_gets_an_email(core: Core) -> None:
    """Created or changed at once: one user has the address, and the others are told so."""
    body = {"email": EMAIL, "password": PASSWORD}
    assert await at_once(core, "dashboard/user", body, 8) == {"OK": 1, "EMAIL_ALREADY_EXISTS_ERROR": 7}
    ids = [await create(core, f"{number}@example.com") for number in range(5)]

    statuses = await asyncio.gather(*(update(core, userId=user_id, newEmail="one@example.com") for user_id in ids))

    assert sorted(statuses) == ["EMAIL_ALREADY_EXISTS_ERROR"] * 4 + ["OK"]


async def test_a_weak_hash_is_replaced_at_sign_in(database_url: str) -> None:
    """By the settings of today; signing in goes on, also for those who do it at once."""
    weak = create_core(database_url, Settings(argon2_iterations=1, argon2_memory_kb=64))
    await create(weak)
    [before] = await rows(weak, "dashboard_users")
    await weak.stop()

    core = create_core(database_url, Settings(argon2_iterations=2, argon2_memory_kb=64))
    session_ids = await asyncio.gather(*(sign_in(core) for _ in range(4)))
    [after] = await rows(core, "dashboard_users")

    assert {await verify(core, session_id) for session_id in session_ids} == {"OK"}
    assert after["password_hash"] != before["password_hash"]
    await core.stop()


async def test_dashboard_users_belong_to_their_app(core: Core) -> None:
    """Another app knows neither the user nor the session, and may have the same address; they go with their app."""
    await core.call("PUT", "/recipe/multitenancy/app/v2", body={"appId": "other"})
    await create(core)
    session_id = await sign_in(core)
    body = {"email": EMAIL, "password": PASSWORD}

    unknown = await core.call("POST", "/recipe/dashboard/signin", app_id="other", body=body)
    not_there = await core.call(
        "POST", "/recipe/dashboard/session/verify", app_id="other", body={"sessionId": session_id}
    )
    created = await core.call("POST", "/recipe/dashboard/user", app_id="other", body=body)
    assert [unknown["status"], not_there["status"], created["status"]] == [
        "INVALID_CREDENTIALS_ERROR",
        "INVALID_SESSION_ERROR",
        "OK",
    ]
    await core.call("POST", "/recipe/multitenancy/app/remove", body={"appId": "other"})

    assert [row["app_id"] for row in await rows(core, "dashboard_users")] == ["public"]


async def test_an_address_that_fits_no_column_is_a_bad_request(core: Core) -> None:
    """Instead of an error of the database."""
    with pytest.raises(BadRequest, match="'email' is too long"):
        await create(core, "a" * 250 + "@example.com")


async def test_wrong_passwords_are_limited(core: Core) -> None:
    """Attack class 03: exactly so many are looked at, for an account that exists and for one that does not alike."""
    user_id = await create(core)
    budget = Settings().password_guess_budget
    for email in (EMAIL, "nobody@example.com"):
        body = {"email": email, "password": "wrong"}
        statuses = [(await post(core, "dashboard/signin", body))["status"] for _ in range(budget + 1)]
        assert statuses == ["INVALID_CREDENTIALS_ERROR"] * budget + ["USER_SUSPENDED_ERROR"]

    assert await sign_in(core) is None
    assert await update(core, userId=user_id, newPassword=OTHER_PASSWORD) == "OK"
    assert await sign_in(core, password=OTHER_PASSWORD) is not None
