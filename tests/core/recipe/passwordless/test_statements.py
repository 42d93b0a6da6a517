# SPDX-License-Identifier: Apache-2.0
"""How many statements a code costs: on PostgreSQL each is a round trip, BEGIN and COMMIT among them."""

import dataclasses
from collections.abc import Awaitable, Callable
from typing import Any

from tests.core.recipe.passwordless.flow import begin, consume, typed
from twofold.core.app import Core


class CountingConnection:
    """Passes statements on, and counts them in `counted`."""

    def __init__(self, connection: Any, counted: list[str]) -> None:
        self._connection = connection
        self._counted = counted

    def __getattr__(self, name: str) -> Any:
        """The connection's own method, counted when it runs a statement."""
        if name in ("fetch_one", "fetch_all", "fetch_value", "execute"):
            self._counted.append(name)
        return getattr(self._connection, name)

    async def transaction(self, body: Callable[[Any], Awaitable[Any]], serializable: bool = False) -> Any:
        """A transaction whose statements count, too."""
        self._counted += ["BEGIN", "COMMIT"]
        return await self._connection.transaction(lambda tx: body(CountingConnection(tx, self._counted)), serializable)


async def test_statements_of_a_code_that_is_made_and_used(core: Core) -> None:
    """PostgreSQL makes it with two statements and uses it with seven; SQLite, which is in this process, needs more."""
    await consume(core, typed(await begin(core)))  # signs up
    counted: list[str] = []
    database: Any = CountingConnection(core.services.database, counted)
    watched = Core(dataclasses.replace(core.services, database=database))
    await watched.start()
    counted.clear()

    flow = await begin(watched)
    made = len(counted)
    counted.clear()
    used = await consume(watched, typed(flow))

    assert used["status"] == "OK"
    assert (made, len(counted)) == ((2, 7) if core.services.database.dialect == "postgres" else (5, 9))
