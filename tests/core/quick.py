# SPDX-License-Identifier: Apache-2.0
"""A core that starts and answers quickly: what its hashes and keys cost is a setting, and no promise of most tests."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from twofold.core.app import Core, create_core
from twofold.core.clock import Clock
from twofold.core.config import Settings
from twofold.testing import QUICK_HASHES, _QuickTokens


def quick_core(database_url: str, clock: Clock | None = None, **settings: Any) -> Core:
    """Make a core with these settings, cheap hashes, and signing keys that other cores of this process have, too."""
    return create_core(database_url, Settings(**{**QUICK_HASHES, **settings}), clock=clock, tokens=_QuickTokens())


@asynccontextmanager
async def core_for_races(database_url: str, clock: Clock, connections: int = 16) -> AsyncIterator[Core]:
    """A running core that may use so many connections at once, where its database has any."""
    separator = "&" if "?" in database_url else "?"
    options = f"{separator}max_connections={connections}" if database_url.startswith("postgres") else ""
    started = quick_core(database_url + options, clock)
    await started.start()
    yield started
    await started.stop()
