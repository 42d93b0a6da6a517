# SPDX-License-Identifier: Apache-2.0
"""A database with the sample tables, on SQLite and on PostgreSQL."""

from collections.abc import AsyncIterator

import pytest

from tests.core.storage.sample import FOLDERS
from twofold.core.storage import Database, open_database
from twofold.core.storage.migrate import migrate


@pytest.fixture(params=["sqlite", "postgres"])
def database_url(request: pytest.FixtureRequest) -> str:
    """URL of an empty database: here the tables are what is tested."""
    url: str = request.getfixturevalue(f"{request.param}_url")
    return url


@pytest.fixture
async def database(database_url: str) -> AsyncIterator[Database]:
    """A database with the sample tables."""
    opened = open_database(database_url)
    await migrate(opened, FOLDERS)
    yield opened
    await opened.close()
