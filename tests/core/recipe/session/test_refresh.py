# SPDX-License-Identifier: Apache-2.0
"""Refreshing in both families: what is issued, what replaces what, and what is theft."""

import pytest

from tests.core.recipe.session.client import SessionClient, access_token, hash_1, refresh_token
from twofold.core.app import Core, create_core
from twofold.core.clock import TurnableClock
from twofold.core.config import Settings
from twofold.core.errors import BadRequest
from twofold.core.jwt import take_apart
from twofold.core.version import V3_0, V4_0, V5_4, V5_6, Version

NO_SESSION = {"status": "UNAUTHORISED", "message": "Session missing in db or has expired"}


async def test_lazy_a_new_token_is_a_child_of_the_presented(client: SessionClient) -> None:
    """Up to CDI 5.5 the new access token names the presented refresh token as the parent of its own."""
    created = await client.create()
    answer = await client.refresh(refresh_token(created))

    claims = take_apart(access_token(answer)).claims
    assert claims["refreshTokenHash1"] == hash_1(refresh_token(answer))
    assert claims["parentRefreshTokenHash1"] == hash_1(refresh_token(created))


async def test_lazy_a_lost_answer_is_asked_for_again(client: SessionClient) -> None:
    """The current token is good as often as it comes, until a child of it is used."""
    first = refresh_token(await client.create())

    for _ in range(3):
        assert (await client.refresh(first))["status"] == "OK"


async def test_lazy_refreshing_with_a_child_promotes_it(client: SessionClient) -> None:
    """Once a child was used, its parent and its siblings are stolen goods; the session lives on all the same."""
    created = await client.create()
    child, sibling = [refresh_token(await client.refresh(refresh_token(created))) for _ in range(2)]
    assert (await client.refresh(child))["status"] == "OK"

    for token in (refresh_token(created), sibling):
        assert await client.refresh(token) == {
            "status": "TOKEN_THEFT_DETECTED",
            "session": {"handle": created["session"]["handle"], "userId": "user", "recipeUserId": "user"},
        }
    assert (await client.refresh(child))["status"] == "OK"


async def test_lazy_a_grandchild_needs_its_parent_to_be_current(client: SessionClient) -> None:
    """A token two generations ahead is good only because using its parent promoted that."""
    first = refresh_token(await client.create())
    second = refresh_token(await client.refresh(first))
    third = refresh_token(await client.refresh(second))

    assert (await client.refresh(third))["status"] == "OK"
    assert (await client.refresh(second))["status"] == "TOKEN_THEFT_DETECTED"


async def test_lazy_only_promotion_extends_the_session(client: SessionClient, clock: TurnableClock) -> None:
    """Asking again and again with one token does not keep a session alive; using a child does."""
    created = await client.create()
    before = (await client.get(created["session"]["handle"]))["expiry"]
    clock.turn(seconds=1000)
    child = refresh_token(await client.refresh(refresh_token(created)))
    assert (await client.get(created["session"]["handle"]))["expiry"] == before

    await client.refresh(child)
    assert (await client.get(created["session"]["handle"]))["expiry"] >= before + 1_000_000


async def test_eager_the_new_token_is_current_at_once(eager: SessionClient) -> None:
    """From CDI 5.6 the new access token has no parent, and the chain goes on."""
    answer = await eager.create()
    for _ in range(3):
        answer = await eager.refresh(refresh_token(answer))

        assert answer["status"] == "OK"
        assert take_apart(access_token(answer)).claims["parentRefreshTokenHash1"] is None


async def test_eager_the_previous_token_is_good_for_a_while(eager: SessionClient, clock: TurnableClock) -> None:
    """Within the grace period of the first use the displaced token gets another successor; then it is reuse."""
    first = refresh_token(await eager.create())
    await eager.refresh(first)
    clock.turn(seconds=20)
    again = await eager.refresh(first)
    clock.turn(seconds=20)

    late = await eager.refresh(first)
    assert (again["status"], late["status"]) == ("OK", "TOKEN_THEFT_DETECTED")
    assert late["recentTokenReuseSubtype"] == "RECENT_PREV"
    assert await eager.refresh(refresh_token(again)) == NO_SESSION


async def test_eager_the_last_successor_wins(eager: SessionClient) -> None:
    """The successor that a later one displaced is an orphan; its use ends the session."""
    created = await eager.create()
    orphan = refresh_token(await eager.refresh(refresh_token(created)))
    heir = refresh_token(await eager.refresh(refresh_token(created)))

    answer = await eager.refresh(orphan)
    assert answer["recentTokenReuseSubtype"] == "ORPHANED_BRANCH"
    assert answer["session"] == {"handle": created["session"]["handle"], "userId": "user", "recipeUserId": "user"}
    assert await eager.refresh(heir) == NO_SESSION


async def test_eager_an_old_token_ends_the_session(eager: SessionClient) -> None:
    """Attack class 41: attack 41: a token from two generations ago ends the family."""
    first = refresh_token(await eager.create())
    second = refresh_token(await eager.refresh(first))
    third = refresh_token(await eager.refresh(second))

    assert (await eager.refresh(first))["recentTokenReuseSubtype"] == "STALE_LINEAGE"
    assert await eager.refresh(third) == NO_SESSION


async def test_eager_reuse_can_be_mere_unauthorised(database_url: str, clock: TurnableClock) -> None:
    """With `recent_token_reuse_behaviour` UNAUTHORISED recent reuse is not called theft, but the session still ends."""
    core = create_core(database_url, Settings(recent_token_reuse_behaviour="UNAUTHORISED"), clock=clock)
    eager = SessionClient(core, V5_6)
    first = refresh_token(await eager.create())
    second = refresh_token(await eager.refresh(first))
    clock.turn(seconds=31)

    assert await eager.refresh(first) == {
        "status": "UNAUTHORISED",
        "message": "refresh token reuse detected",
        "recentTokenReuseSubtype": "RECENT_PREV",
    }
    assert await eager.refresh(second) == NO_SESSION
    await core.stop()


async def test_a_session_moves_between_the_families(client: SessionClient, eager: SessionClient) -> None:
    """A child got lazily may be used eagerly, and the other way round."""
    child = refresh_token(await client.refresh(refresh_token(await client.create())))
    next_one = refresh_token(await eager.refresh(child))

    answer = await client.refresh(next_one)
    assert answer["status"] == "OK"
    assert (await eager.refresh(refresh_token(answer)))["status"] == "OK"


@pytest.mark.parametrize("version", [V5_4, V5_6])
async def test_an_ended_session_is_not_refreshed(core: Core, version: Version) -> None:
    """Attack 42: after a removal the refresh token is refused."""
    sdk = SessionClient(core, version)
    created = await sdk.create()
    await sdk.call("POST", "/recipe/session/remove", sessionHandles=[created["session"]["handle"]])

    assert await sdk.refresh(refresh_token(created)) == NO_SESSION


async def test_garbage_is_unauthorised(client: SessionClient) -> None:
    """What is no refresh token says so, with a message."""
    answer = await client.refresh("garbage")

    assert answer == {"status": "UNAUTHORISED", "message": "Invalid refresh token"}


async def test_anti_csrf_is_bound_to_the_token(client: SessionClient) -> None:
    """Attack 39: with anti-csrf a refresh needs the value of the token, and gets a new one."""
    created = await client.create(enableAntiCsrf=True)
    token, value = refresh_token(created), created["antiCsrfToken"]
    refused = {"status": "UNAUTHORISED", "message": "Anti CSRF token missing, or not matching"}

    assert await client.refresh(token, enableAntiCsrf=True) == refused
    assert await client.refresh(token, enableAntiCsrf=True, antiCsrfToken="other") == refused
    answer = await client.refresh(token, enableAntiCsrf=True, antiCsrfToken=value)
    assert answer["antiCsrfToken"] == take_apart(access_token(answer)).claims["antiCsrfToken"] != value
    assert "antiCsrfToken" not in await client.refresh(refresh_token(answer))


async def test_the_kind_of_key_follows_the_latest_wish(client: SessionClient) -> None:
    """A session moves to the static key with a refresh, and its tokens stay there."""
    created = await client.create()
    answer = await client.refresh(refresh_token(created), useDynamicSigningKey=False)
    verified = await client.verify(access_token(answer))

    for token in (access_token(answer), access_token(verified)):
        assert take_apart(token).header["kid"].startswith("s-")


@pytest.mark.parametrize("version", [V3_0, V4_0])
async def test_old_clients_keep_the_kind_of_key(core: Core, version: Version) -> None:
    """Before CDI 5.0 the field is optional, and its absence changes nothing."""
    old = SessionClient(core, version)
    created = await old.create(useDynamicSigningKey=False)

    answer = await old.refresh(refresh_token(created), useDynamicSigningKey=None)
    assert take_apart(access_token(answer)).header["kid"].startswith("s-")


async def test_the_kind_of_key_is_required_today(client: SessionClient) -> None:
    """From CDI 5.0 on the field must be there."""
    with pytest.raises(BadRequest, match="useDynamicSigningKey"):
        await client.refresh("any", useDynamicSigningKey=None)


async def test_new_claims_come_with_the_next_token(client: SessionClient) -> None:
    """A refreshed access token has the claims as they are stored now."""
    created = await client.create(userDataInJWT={"role": "a"})
    await client.call(
        "PUT", "/recipe/jwt/data", sessionHandle=created["session"]["handle"], userDataInJWT={"role": "b"}
    )

    answer = await client.refresh(refresh_token(created))
    assert answer["session"]["userDataInJWT"] == {"role": "b"}
    assert take_apart(access_token(answer)).claims["role"] == "b"


async def test_the_format_follows_the_client(core: Core, client: SessionClient) -> None:
    """A client of CDI 3 gets format 4 from a session of a newer one."""
    token = refresh_token(await client.create())

    answer = await SessionClient(core, V3_0).refresh(token)
    assert take_apart(access_token(answer)).header["version"] == "4"
    assert "recipeUserId" not in answer["session"]
