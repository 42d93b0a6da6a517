# SPDX-License-Identifier: Apache-2.0
"""A started core with a clock that can be turned, once on SQLite and once on PostgreSQL."""

from collections.abc import AsyncIterator

import pytest

from twofold.core.app import Core, create_core
from twofold.core.clock import TurnableClock


@pytest.fixture(params=["sqlite", "postgres"])
def database_url(request: pytest.FixtureRequest) -> str:
    """URL of a database without rows: the test runs once on SQLite and once on PostgreSQL."""
    url: str = request.getfixturevalue("sqlite_url" if request.param == "sqlite" else "core_postgres_url")
    return url


@pytest.fixture
def clock() -> TurnableClock:
    """The clock of the core."""
    return TurnableClock()


@pytest.fixture
async def core(database_url: str, clock: TurnableClock) -> AsyncIterator[Core]:
    """A core that has the public app and tenant."""
    started = create_core(database_url, clock=clock)
    await started.start()
    yield started
    await started.stop()
