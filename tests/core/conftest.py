# SPDX-License-Identifier: Apache-2.0
"""A started core with a clock that can be turned, once on SQLite and once on PostgreSQL."""

from collections.abc import AsyncIterator

import pytest

from tests.core.quick import quick_core
from twofold.core.app import Core
from twofold.core.clock import TurnableClock


@pytest.fixture
def database_url(core_database_url: str) -> str:
    """URL of a database without rows: the test runs once on SQLite and once on PostgreSQL."""
    return core_database_url


@pytest.fixture
def clock() -> TurnableClock:
    """The clock of the core."""
    return TurnableClock()


@pytest.fixture
async def core(database_url: str, clock: TurnableClock) -> AsyncIterator[Core]:
    """A core that has the public app and tenant."""
    started = quick_core(database_url, clock)
    await started.start()
    yield started
    await started.stop()
