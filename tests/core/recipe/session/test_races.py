# SPDX-License-Identifier: Apache-2.0
"""Many calls at once with one token, on one node and on two."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from tests.core.recipe.session.client import SessionClient, access_token, refresh_token
from twofold.core.app import Core, create_core
from twofold.core.clock import TurnableClock
from twofold.core.storage.query import Query
from twofold.core.version import V5_4, V5_6, Version

CURRENT = Query("SELECT refresh_token_hash_2 FROM sessions WHERE app_id = :app_id")
PREVIOUS = Query("SELECT previous_refresh_token_hash_2 FROM sessions WHERE app_id = :app_id")


@pytest.fixture
async def nodes(core: Core, clock: TurnableClock, database_url: str) -> AsyncIterator[list[Core]]:
    """Two cores on one database."""
    other = create_core(database_url, clock=clock)
    yield [core, other]
    await other.stop()


def clients(nodes: list[Core], count: int, version: Version) -> list[SessionClient]:
    """Clients that take turns with the nodes."""
    return [SessionClient(nodes[number % len(nodes)], version) for number in range(count)]


async def test_parallel_refreshes_of_the_current_token_are_no_theft(nodes: list[Core]) -> None:
    """Attack class 41.

    Attack 41: fifty tabs refresh with the same token at once; each gets a child, and any child may be used.
    """
    many = clients(nodes, 50, V5_4)
    created = await many[0].create()

    answers = await asyncio.gather(*(sdk.refresh(refresh_token(created)) for sdk in many))

    assert {answer["status"] for answer in answers} == {"OK"}
    assert (await many[0].refresh(refresh_token(answers[17])))["status"] == "OK"


async def test_parallel_refreshes_of_one_child_are_no_theft(nodes: list[Core]) -> None:
    """Fifty refreshes with the same child: one promotes it, the others find it current."""
    many = clients(nodes, 50, V5_4)
    created = await many[0].create()
    child = refresh_token(await many[0].refresh(refresh_token(created)))

    answers = await asyncio.gather(*(sdk.refresh(child) for sdk in many))

    assert {answer["status"] for answer in answers} == {"OK"}


async def test_of_a_hundred_siblings_one_is_promoted(nodes: list[Core]) -> None:
    """A hundred children of one token are used at once: exactly one becomes current, all others are theft."""
    many = clients(nodes, 100, V5_4)
    first = refresh_token(await many[0].create())
    children = [refresh_token(answer) for answer in await asyncio.gather(*(sdk.refresh(first) for sdk in many))]

    answers = await asyncio.gather(*(sdk.refresh(child) for sdk, child in zip(many, children, strict=True)))

    statuses = [answer["status"] for answer in answers]
    assert statuses.count("OK") == 1
    assert statuses.count("TOKEN_THEFT_DETECTED") == 99


async def test_parallel_verifications_promote_once(nodes: list[Core]) -> None:
    """A hundred first uses of one access token all succeed, and displace the parent once."""
    many = clients(nodes, 100, V5_4)
    created = await many[0].create()
    refreshed = await many[0].refresh(refresh_token(created))
    before = await nodes[0].services.database.fetch_value(CURRENT, app_id="public")

    answers = await asyncio.gather(*(sdk.verify(access_token(refreshed)) for sdk in many))

    assert all(answer["status"] == "OK" and "accessToken" in answer for answer in answers)
    assert await nodes[0].services.database.fetch_value(PREVIOUS, app_id="public") == before


async def test_parallel_eager_refreshes_are_no_theft(nodes: list[Core]) -> None:
    """Attack 41: within the grace period fifty refreshes at once succeed, and one of the new tokens is current."""
    many = clients(nodes, 50, V5_6)
    created = await many[0].create()

    answers = await asyncio.gather(*(sdk.refresh(refresh_token(created)) for sdk in many))

    assert {answer["status"] for answer in answers} == {"OK"}
    verified = [await many[0].verify(access_token(answer), check_database=True) for answer in answers]
    assert [answer["status"] for answer in verified].count("OK") == 1


async def test_nodes_verify_each_others_tokens(nodes: list[Core]) -> None:
    """A token of one node is good on another that has no keys in memory yet, and the other way round."""
    one, other = clients(nodes, 2, V5_4)
    of_one, of_other = access_token(await one.create()), access_token(await other.create())

    assert (await other.verify(of_one))["status"] == "OK"
    assert (await one.verify(of_other))["status"] == "OK"
