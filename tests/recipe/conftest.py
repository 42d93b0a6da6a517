# SPDX-License-Identifier: Apache-2.0
"""The recipes keep their promises wherever the core is."""

import pytest

from tests.plugins.places import Place


@pytest.fixture(autouse=True)
def everywhere(place: Place) -> Place:
    """Run each test on SQLite, on PostgreSQL, and with a core elsewhere."""
    return place
