# SPDX-License-Identifier: Apache-2.0
"""A database with the tables of tenants, users and metadata, on SQLite and on PostgreSQL."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.core.users.people import APP, People
from twofold.core import users
from twofold.core.recipe import usermetadata
from twofold.core.storage import Database, open_database
from twofold.core.storage.migrate import migrate
from twofold.core.tenancy import store as tenancy_store

FOLDERS = (
    ("tenancy", Path(tenancy_store.__file__).parent / "schema"),
    ("users", Path(users.__file__).parent / "schema"),
    ("usermetadata", Path(usermetadata.__file__).parent / "schema"),
)


@pytest.fixture
async def database(database_url: str) -> AsyncIterator[Database]:
    """The database, with two apps that have the tenants `public` and `t1`."""
    opened = open_database(database_url)
    await migrate(opened, FOLDERS)
    for app_id in (APP, "other"):
        await tenancy_store.create_app(opened, app_id, 0)
        for tenant_id in ("public", "t1"):
            await tenancy_store.create_tenant(opened, app_id, tenant_id, now_ms=0, first_factors=None, enabled=True)
    yield opened
    await opened.close()


@pytest.fixture
def people(database: Database) -> People:
    """Creates and links the people of a test."""
    return People(database)
