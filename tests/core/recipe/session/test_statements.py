# SPDX-License-Identifier: Apache-2.0
"""How many statements the hot calls cost: on PostgreSQL each is a round trip."""

import dataclasses
from typing import Any

import pytest

from tests.core.recipe.session.client import SessionClient, access_token, refresh_token
from twofold.core.app import Core
from twofold.core.clock import TurnableClock
from twofold.core.storage.database import Database
from twofold.core.version import V5_6


class CountingDatabase:
    """Passes statements on and counts them; `writes` are those that change something."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self.reads = 0
        self.writes = 0

    def __getattr__(self, name: str) -> Any:
        """The database's own method, counted when it runs a statement."""
        method = getattr(self._database, name)
        if name not in ("fetch_one", "fetch_all", "fetch_value", "execute"):
            return method

        async def count(query: Any, **values: Any) -> Any:
            if query.writes:
                self.writes += 1
            else:
                self.reads += 1
            return await method(query, **values)

        return count

    def taken(self) -> tuple[int, int]:
        """Reads and writes since the last time."""
        counted, self.reads, self.writes = (self.reads, self.writes), 0, 0
        return counted


@pytest.fixture
async def counted(core: Core) -> tuple[Core, CountingDatabase]:
    """A core whose statements are counted, with its keys and tenants in memory."""
    database: Any = CountingDatabase(core.services.database)
    watched = Core(dataclasses.replace(core.services, database=database))
    await watched.start()
    await SessionClient(watched).create("warm")
    database.taken()
    return watched, database


async def test_statements_of_each_call(counted: tuple[Core, CountingDatabase]) -> None:
    """(reads, writes): what finds the session also finds the person, and tells that the activity was noted lately."""
    core, database = counted
    sdk, eager = SessionClient(core), SessionClient(core, V5_6)
    form = {"email": "ada@example.com", "password": "correct horse battery"}
    user_id = (await sdk.call("POST", "/recipe/signup", **form))["user"]["id"]
    database.taken()

    created = await sdk.create(user_id)
    assert database.taken() == (0, 1)
    await sdk.verify(access_token(created))
    assert database.taken() == (0, 0)
    await sdk.verify(access_token(created), check_database=True)
    assert database.taken() == (1, 0)
    child = await sdk.refresh(refresh_token(created))
    assert database.taken() == (1, 0)
    await sdk.verify(access_token(child))
    assert database.taken() == (1, 1)
    grandchild = await sdk.refresh(refresh_token(child))
    assert database.taken() == (1, 0)
    await sdk.refresh(refresh_token(grandchild))
    assert database.taken() == (1, 1)
    await eager.refresh(refresh_token(grandchild))
    assert database.taken() == (1, 1)


async def test_activity_is_written_every_five_minutes(
    counted: tuple[Core, CountingDatabase], clock: TurnableClock
) -> None:
    """A refresh notes the activity when that was not done for five minutes."""
    core, database = counted
    sdk = SessionClient(core)
    form = {"email": "ada@example.com", "password": "correct horse battery"}
    user_id = (await sdk.call("POST", "/recipe/signup", **form))["user"]["id"]
    created = await sdk.create(user_id)
    start_ms = clock.now_ms()
    database.taken()

    clock.turn(seconds=301)
    await sdk.refresh(refresh_token(created))
    assert database.taken() == (1, 1)
    answer = await sdk.call("GET", "/users/count/active", since=start_ms + 1)
    assert answer["count"] == 1
    await sdk.refresh(refresh_token(created))
    assert database.taken()[1] == 0
