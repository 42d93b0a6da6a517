# SPDX-License-Identifier: Apache-2.0
"""Reading, changing, regenerating, and how long a session lives."""

import pytest

from tests.core.recipe.session.client import SessionClient, access_token, refresh_token
from twofold.core.app import Core, create_core
from twofold.core.clock import TurnableClock
from twofold.core.config import Settings
from twofold.core.errors import BadRequest
from twofold.core.jwt import take_apart, write
from twofold.core.recipe.session import delete_expired
from twofold.core.storage.query import Query
from twofold.core.version import V3_1, V5_4, V5_6, Version

NO_SESSION = {"status": "UNAUTHORISED", "message": "Session does not exist."}
EXPIRED = {"status": "UNAUTHORISED", "message": "Session missing in db or has expired"}
COUNT = Query("SELECT COUNT(*) FROM sessions WHERE app_id = :app_id")
DAY = 24 * 3600


async def test_a_session_is_read_with_its_nulls(client: SessionClient) -> None:
    """Both objects come back as they were given; hashes never do."""
    created = await client.create(userDataInJWT={"a": None}, userDataInDatabase={"b": [None, {"c": None}]})
    handle = created["session"]["handle"]

    assert await client.get(handle) == {
        "status": "OK",
        "sessionHandle": handle,
        "userId": "user",
        "recipeUserId": "user",
        "tenantId": "public",
        "userDataInDatabase": {"b": [None, {"c": None}]},
        "userDataInJWT": {"a": None},
        "expiry": created["refreshToken"]["expiry"],
        "timeCreated": created["refreshToken"]["createdTime"],
    }


async def test_old_clients_read_no_recipe_user(core: Core, client: SessionClient) -> None:
    """`recipeUserId` came with CDI 4.0."""
    handle = (await client.create())["session"]["handle"]

    assert "recipeUserId" not in await SessionClient(core, V3_1).get(handle)


async def test_data_is_replaced_whole(client: SessionClient) -> None:
    """A new object takes the place of the old one; the deprecated reads agree."""
    handle = (await client.create(userDataInDatabase={"a": 1}, userDataInJWT={"a": 1}))["session"]["handle"]
    for path, field in (("/recipe/session/data", "userDataInDatabase"), ("/recipe/jwt/data", "userDataInJWT")):
        assert await client.call("PUT", path, sessionHandle=handle, **{field: {"b": 2}}) == {"status": "OK"}

        assert await client.call("GET", path, sessionHandle=handle) == {"status": "OK", field: {"b": 2}}


@pytest.mark.parametrize("handle", ["nosuch", "d4f1b7a2-1111-4222-8333-444455556666_nosuch", "", "_"])
async def test_unknown_handles(client: SessionClient, handle: str) -> None:
    """A handle that names no session, or a tenant that does not exist, is no session."""
    assert await client.get(handle or "x") == NO_SESSION
    assert await client.call("PUT", "/recipe/session/data", sessionHandle=handle, userDataInDatabase={}) == NO_SESSION
    assert await client.call("PUT", "/recipe/jwt/data", sessionHandle=handle, userDataInJWT={}) == NO_SESSION


async def test_protected_claims_are_refused_everywhere(client: SessionClient) -> None:
    """Neither replacing the claims nor regenerating lets the application shadow a claim of the session."""
    created = await client.create()
    handle = created["session"]["handle"]

    with pytest.raises(BadRequest, match="protected field"):
        await client.call("PUT", "/recipe/jwt/data", sessionHandle=handle, userDataInJWT={"sub": "x"})
    with pytest.raises(BadRequest, match="protected field"):
        await client.regenerate(access_token(created), userDataInJWT={"sub": "x"})


async def test_regenerate_replaces_claims_and_keeps_the_rest(client: SessionClient) -> None:
    """The new token has the new claims and the old expiry, hashes, anti-csrf value and kind of key."""
    created = await client.create(userDataInJWT={"a": 1}, enableAntiCsrf=True, useDynamicSigningKey=False)

    answer = await client.regenerate(access_token(created), userDataInJWT={"b": 2})
    old, new = take_apart(access_token(created)), take_apart(access_token(answer))
    expected = {name: value for name, value in old.claims.items() if name != "a"} | {"b": 2}
    assert new.claims | {"iat": 0} == expected | {"iat": 0}
    assert new.header == old.header
    assert (await client.get(created["session"]["handle"]))["userDataInJWT"] == {"b": 2}
    assert (await client.regenerate(access_token(answer)))["session"]["userDataInJWT"] == {"b": 2}


async def test_regenerate_of_an_expired_token_stores_only(client: SessionClient, clock: TurnableClock) -> None:
    """The claims are kept, but an expired token gets no successor."""
    created = await client.create()
    clock.turn(seconds=3602)

    answer = await client.regenerate(access_token(created), userDataInJWT={"b": 2})
    assert answer["session"]["userDataInJWT"] == {"b": 2}
    assert "accessToken" not in answer


async def test_regenerate_grants_no_long_life(core: Core, client: SessionClient) -> None:
    """The caller has verified the token, but if it did not: a made-up expiry is cut to what the settings allow."""
    parts = take_apart(access_token(await client.create()))
    made_up = write(parts.header, parts.claims | {"exp": 2**40}, lambda _: b"nothing")

    answer = await client.regenerate(made_up)
    claims = take_apart(access_token(answer)).claims
    assert claims["exp"] - claims["iat"] <= 3601


async def test_regenerate_refuses_what_is_no_session_token(client: SessionClient) -> None:
    """Neither garbage nor the token of an ended session is regenerated."""
    created = await client.create()
    await client.call("POST", "/recipe/session/remove", sessionHandles=[created["session"]["handle"]])

    assert (await client.regenerate("garbage"))["status"] == "UNAUTHORISED"
    assert await client.regenerate(access_token(created)) == NO_SESSION
    assert await client.regenerate(access_token(created), userDataInJWT={}) == NO_SESSION


async def test_an_idle_session_ends(client: SessionClient, clock: TurnableClock) -> None:
    """A session that was not used for `refresh_token_validity` is gone, for every endpoint."""
    created = await client.create()
    handle = created["session"]["handle"]
    clock.turn(seconds=100 * DAY + 1)

    assert await client.refresh(refresh_token(created)) == EXPIRED
    assert await client.get(handle) == NO_SESSION
    assert await client.call("PUT", "/recipe/session/data", sessionHandle=handle, userDataInDatabase={}) == NO_SESSION
    assert await client.regenerate(access_token(created)) == NO_SESSION
    assert (await client.call("GET", "/recipe/session/user", userId="user"))["sessionHandles"] == []


@pytest.mark.parametrize("family", [V5_4, V5_6])
async def test_a_session_ends_however_often_it_is_refreshed(core: Core, clock: TurnableClock, family: Version) -> None:
    """The absolute limit: a year after its beginning a session is over, though it was never idle."""
    sdk = SessionClient(core, family)
    answer = await sdk.create()
    began_ms = answer["refreshToken"]["createdTime"]
    for _ in range(6):
        clock.turn(seconds=60 * DAY)
        answer = await sdk.refresh(refresh_token(answer))
        await sdk.verify(access_token(answer))
    assert answer["refreshToken"]["expiry"] == began_ms + 365 * DAY * 1000
    clock.turn(seconds=6 * DAY)

    assert await sdk.refresh(refresh_token(answer)) == EXPIRED


async def test_the_absolute_limit_can_be_lowered(
    core: Core, database_url: str, client: SessionClient, clock: TurnableClock
) -> None:
    """A lower limit holds for sessions that began before it was set."""
    created = await client.create()
    strict = create_core(database_url, Settings(session_absolute_lifetime=60), clock=clock)
    clock.turn(seconds=3601)

    assert await SessionClient(strict).refresh(refresh_token(created)) == EXPIRED
    assert (await client.refresh(refresh_token(created)))["status"] == "OK"
    await strict.stop()


async def test_the_absolute_limit_can_be_off(database_url: str, clock: TurnableClock) -> None:
    """With 0 only idleness ends a session."""
    core = create_core(database_url, Settings(session_absolute_lifetime=0), clock=clock)
    sdk = SessionClient(core, V5_6)
    answer = await sdk.create()
    for _ in range(20):
        clock.turn(seconds=90 * DAY)
        answer = await sdk.refresh(refresh_token(answer))

    assert answer["status"] == "OK"
    await core.stop()


async def test_housekeeping_deletes_only_the_expired(core: Core, client: SessionClient, clock: TurnableClock) -> None:
    """Expired sessions go, others stay."""
    await client.create()
    clock.turn(seconds=60 * DAY)
    await client.create()
    clock.turn(seconds=60 * DAY)

    await delete_expired(core.services)
    assert await core.services.database.fetch_value(COUNT, app_id="public") == 1
