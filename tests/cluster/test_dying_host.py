# SPDX-License-Identifier: Apache-2.0
"""An application with two hosts in its `connection_uri`, of which one is killed under load."""

import asyncio
from collections import Counter
from dataclasses import dataclass, field

import pytest

from tests.cluster.nodes import Node, running
from twofold import InputAppInfo, SupertokensConfig, _state, init
from twofold.asyncio import get_user_count
from twofold.exceptions import CoreError, CoreUnreachableError
from twofold.recipe import session
from twofold.recipe.session.asyncio import (
    create_new_session_without_request_response,
    get_all_session_handles_for_user,
)
from twofold.types import RecipeUserId

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]

CLIENTS = 8


@dataclass
class Load:
    """Callers that never pause. Each change is for a user of its own, so that one made twice is seen."""

    answered: list[str] = field(default_factory=list)
    broken: list[str] = field(default_factory=list)
    reads: int = 0
    _ends: bool = False

    async def run(self, client: int) -> None:
        """Make sessions and read until told to end. A read never fails; a change may, when its connection broke."""
        number = 0
        while not self._ends:
            number += 1
            user = f"user-{client}-{number}"
            try:
                await create_new_session_without_request_response("public", RecipeUserId(user))
                self.answered.append(user)
            except CoreUnreachableError:
                raise  # one host was there all the time
            except CoreError as error:
                if "broke during POST" not in str(error):
                    raise
                self.broken.append(user)
            await get_user_count()
            self.reads += 1

    async def goes_on(self) -> None:
        """Wait until every caller has made some calls."""
        before = self.reads
        async with asyncio.timeout(120):
            while self.reads < before + 10 * CLIENTS:  # noqa: ASYNC110  # an event in each caller would say less
                await asyncio.sleep(0.05)

    def end(self) -> None:
        """Tell the callers to stop after their next call."""
        self._ends = True


async def test_a_host_dies_and_comes_back(postgres_url: str) -> None:
    """What can be tried at the other host is; what may have been done is not done again; a host come back is used."""
    one, two = nodes = [Node(postgres_url), Node(postgres_url)]
    load = Load()
    async with running(*nodes):
        init(
            InputAppInfo("Shop", "http://localhost:8000", website_domain="http://localhost:8000"),
            "fastapi",
            SupertokensConfig(";".join(node.url for node in nodes)),
            [session.init()],
        )
        callers = [asyncio.create_task(load.run(client)) for client in range(CLIENTS)]
        await load.goes_on()
        one.kill()
        await load.goes_on()
        one.begin()
        await one.is_ready()
        await load.goes_on()
        # Nobody else is left to answer.
        two.kill()
        await load.goes_on()
        load.end()
        await asyncio.gather(*callers)
        made = {user: len(await get_all_session_handles_for_user(user)) for user in load.answered + load.broken}
        await _state.current_app().stop()
    _state.set_current_app(None)

    assert Counter(made[user] for user in load.answered) == {1: len(load.answered)}
    assert {made[user] for user in load.broken} <= {0, 1}
    # Of each caller, the one call that was under way at each death.
    assert len(load.broken) <= 2 * CLIENTS
