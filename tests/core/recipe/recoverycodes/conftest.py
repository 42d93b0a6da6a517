# SPDX-License-Identifier: Apache-2.0
"""A core whose hashes are quick: how slow they are is a setting, and no promise of these tests."""

from collections.abc import AsyncIterator

import pytest

from twofold.core.app import Core, create_core
from twofold.core.clock import TurnableClock
from twofold.core.config import Settings


@pytest.fixture
async def core(database_url: str, clock: TurnableClock) -> AsyncIterator[Core]:
    """A core that has the public app and tenant."""
    started = create_core(database_url, Settings(argon2_iterations=1, argon2_memory_kb=64), clock=clock)
    await started.start()
    yield started
    await started.stop()
