# SPDX-License-Identifier: Apache-2.0
"""People in the database of a core."""

import pytest

from tests.core.users.people import People
from twofold.core.app import Core


@pytest.fixture
def people(core: Core) -> People:
    """Creates the people of a test."""
    return People(core.services.database)
