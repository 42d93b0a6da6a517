# SPDX-License-Identifier: Apache-2.0
"""An application whose dashboard has a key, and who has that key."""

from collections.abc import AsyncIterator

import pytest

from tests.recipe.dashboard.application import Caller, key_only
from twofold import testing


@pytest.fixture
async def admin() -> AsyncIterator[Caller]:
    """Who has the API key."""
    async with testing.app(key_only()) as under_test:
        yield Caller(under_test)
