# SPDX-License-Identifier: Apache-2.0
"""The application under attack, on both databases."""

from collections.abc import AsyncIterator

import pytest

from tests.security.application import World, application, recipes
from tests.security.canaries import Canaries
from tests.security.journey import known_secrets
from twofold import testing


@pytest.fixture
def database_url(core_database_url: str) -> str:
    """URL of a database without rows: the test runs once on SQLite and once on PostgreSQL."""
    return core_database_url


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.slow)])
def any_database_url(request: pytest.FixtureRequest) -> str:
    """As `database_url`, on PostgreSQL in the long run only: for attacks that the database has little to do with."""
    url: str = request.getfixturevalue(f"core_{request.param}_url")
    return url


@pytest.fixture
async def world(database_url: str) -> AsyncIterator[World]:
    """The application with every recipe."""
    async with testing.app(recipes(), database_url=database_url) as under_test:
        yield World(under_test, application())


@pytest.fixture
async def quick_world() -> AsyncIterator[World]:
    """The same in memory, for what does not depend on the database."""
    async with testing.app(recipes()) as under_test:
        yield World(under_test, application())


@pytest.fixture
def canaries() -> Canaries:
    """The secrets that are known from the beginning."""
    return known_secrets()
