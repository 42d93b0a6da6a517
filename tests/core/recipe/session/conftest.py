# SPDX-License-Identifier: Apache-2.0
"""Clients of the session endpoints: of the newest version that rotates lazily, and of the one that rotates eagerly."""

import pytest

from tests.core.recipe.session.client import SessionClient
from twofold.core.app import Core
from twofold.core.version import V5_6


@pytest.fixture
def client(core: Core) -> SessionClient:
    """A client of CDI 5.4."""
    return SessionClient(core)


@pytest.fixture
def eager(core: Core) -> SessionClient:
    """A client of CDI 5.6."""
    return SessionClient(core, V5_6)
