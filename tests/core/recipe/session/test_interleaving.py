# SPDX-License-Identifier: Apache-2.0
"""Two calls about one session, the second in the middle of the first: who loses looks again and decides anew."""

import dataclasses
from collections.abc import Awaitable, Callable
from typing import Any

from tests.core.recipe.session.client import SessionClient, access_token, refresh_token
from twofold.core.app import Core
from twofold.core.storage.database import Database
from twofold.core.storage.query import Query
from twofold.core.version import V5_4, V5_6, Version


class Interrupted:
    """A database that lets something else happen before the first change of a session's row."""

    def __init__(self, database: Database, interruption: Callable[[], Awaitable[object]]) -> None:
        self._database = database
        self._interruption: Callable[[], Awaitable[object]] | None = interruption

    def __getattr__(self, name: str) -> Any:
        """The database's own method."""
        return getattr(self._database, name)

    async def fetch_one(self, query: Query, **values: Any) -> Any:
        """Run a statement; the first UPDATE only after the interruption."""
        interruption = self._interruption
        if query.text.startswith("UPDATE sessions") and interruption is not None:
            self._interruption = None
            await interruption()
        return await self._database.fetch_one(query, **values)


def interrupted(core: Core, version: Version, interruption: Callable[[], Awaitable[object]]) -> SessionClient:
    """A client whose first change of a session comes late."""
    database: Any = Interrupted(core.services.database, interruption)
    watched = Core(dataclasses.replace(core.services, database=database))
    watched._preparation.is_done = True
    return SessionClient(watched, version)


async def test_a_sibling_that_was_promoted_meanwhile_makes_it_theft(core: Core, client: SessionClient) -> None:
    """Attack 41: between looking and promoting a sibling won; the loser is stale, not a second current token."""
    first = refresh_token(await client.create())
    mine, sibling = [refresh_token(await client.refresh(first)) for _ in range(2)]
    late = interrupted(core, V5_4, lambda: client.refresh(sibling))

    assert (await late.refresh(mine))["status"] == "TOKEN_THEFT_DETECTED"


async def test_the_same_token_promoted_meanwhile_is_fine(core: Core, client: SessionClient) -> None:
    """Another tab promoted the same token: it is current, so the answer is OK."""
    child = refresh_token(await client.refresh(refresh_token(await client.create())))
    late = interrupted(core, V5_4, lambda: client.refresh(child))

    assert (await late.refresh(child))["status"] == "OK"


async def test_a_session_that_ended_meanwhile_stays_ended(core: Core, client: SessionClient) -> None:
    """Attack 33: a removal between looking and writing is not undone, in any call."""
    created = await client.create()
    handle = created["session"]["handle"]
    child = await client.refresh(refresh_token(created))

    def end() -> Awaitable[object]:
        return client.call("POST", "/recipe/session/remove", sessionHandles=[handle])

    assert (await interrupted(core, V5_4, end).verify(access_token(child)))["status"] == "UNAUTHORISED"
    assert (await client.get(handle))["status"] == "UNAUTHORISED"


async def test_verification_of_a_branch_that_lost_meanwhile(core: Core, client: SessionClient) -> None:
    """A sibling was promoted between looking and promoting: the token is good, but gets no successor."""
    first = refresh_token(await client.create())
    mine, sibling = [await client.refresh(first) for _ in range(2)]
    late = interrupted(core, V5_4, lambda: client.verify(access_token(sibling)))

    answer = await late.verify(access_token(mine))
    assert answer["status"] == "OK"
    assert "accessToken" not in answer


async def test_eager_the_previous_token_displaced_meanwhile(core: Core, eager: SessionClient) -> None:
    """The heir was used between looking and writing: the old token is no longer previous, and its use is reuse."""
    first = refresh_token(await eager.create())
    heir = refresh_token(await eager.refresh(first))
    late = interrupted(core, V5_6, lambda: eager.refresh(heir))

    assert (await late.refresh(first))["recentTokenReuseSubtype"] == "STALE_LINEAGE"


async def test_eager_the_current_token_displaced_meanwhile(core: Core, eager: SessionClient) -> None:
    """Another tab used the same token: within the grace period both get a successor."""
    first = refresh_token(await eager.create())
    late = interrupted(core, V5_6, lambda: eager.refresh(first))

    assert (await late.refresh(first))["status"] == "OK"
