# SPDX-License-Identifier: Apache-2.0
"""Keys of a core, applications and browsers, for the tests of sessions."""

from collections.abc import AsyncIterator, Callable
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa

from tests.plugins.places import Place
from tests.recipe.session.application import Application, Browser
from twofold import _state

MakeApplication = Callable[..., Application]


@pytest.fixture(scope="session")
def signing_key() -> rsa.RSAPrivateKey:
    """The core's key."""
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


@pytest.fixture(scope="session")
def foreign_key() -> rsa.RSAPrivateKey:
    """The key of somebody else."""
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


@pytest.fixture
async def make_application(place: Place) -> AsyncIterator[MakeApplication]:
    """Start an application with this configuration of sessions."""
    made: list[Application] = []

    def make(**config: Any) -> Application:
        made.append(Application(place, **config))
        return made[-1]

    yield make
    for application in made:
        await application.transport.stop()
    _state.set_current_app(None)


@pytest.fixture
def application(make_application: MakeApplication) -> Application:
    """An application with the defaults."""
    return make_application()


@pytest.fixture(params=["cookie", "header"])
async def browser(request: pytest.FixtureRequest, application: Application) -> Browser:
    """A browser in which user u1 is signed in, by cookies and by headers."""
    browser = application.browser(request.param)
    await browser.send("POST", "/enter/u1", {"theme": "dark"})
    return browser
