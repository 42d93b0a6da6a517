# SPDX-License-Identifier: Apache-2.0
"""People in the database of a core with the tenants `public` and `t1`."""

import pytest

from tests.core.users.people import APP, People
from twofold.core.app import Core
from twofold.core.tenancy import store as tenancy_store


@pytest.fixture
async def people(core: Core) -> People:
    """Creates and links the people of a test."""
    database = core.services.database
    await tenancy_store.create_tenant(database, APP, "t1", now_ms=0, first_factors=None, enabled=True)
    return People(database)
