# SPDX-License-Identifier: Apache-2.0
"""Leaves no App behind."""

from collections.abc import Iterator

import pytest

from twofold import _state


@pytest.fixture(autouse=True)
def no_app_afterwards() -> Iterator[None]:
    """Forget the App that a test made."""
    yield
    _state.set_current_app(None)
