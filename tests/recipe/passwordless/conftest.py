# SPDX-License-Identifier: Apache-2.0
"""Applications that sign people in with what they are sent."""

from collections.abc import AsyncIterator, Callable

import pytest

from tests.plugins.places import Place
from tests.recipe.passwordless.application import Application
from twofold import _state
from twofold.recipe._base import RecipeInit

StartApplication = Callable[..., Application]


@pytest.fixture
async def start(place: Place) -> AsyncIterator[StartApplication]:
    """Start applications with these recipes; they share a database and end with the test."""
    started: list[Application] = []

    def start_application(*recipes: RecipeInit, api_domain: str = "http://localhost:8000") -> Application:
        started.append(Application(place, list(recipes), api_domain))
        return started[-1]

    yield start_application
    for application in started:
        await application.transport.stop()
    _state.set_current_app(None)
