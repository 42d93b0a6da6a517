# SPDX-License-Identifier: Apache-2.0
"""A browser with an authenticator, and somebody who has signed up with it."""

import pytest

from tests.core.recipe.webauthn.passkeys import ORIGIN, sign_up
from twofold._authenticator import VirtualAuthenticator
from twofold.core.app import Core


@pytest.fixture
def authenticator() -> VirtualAuthenticator:
    """The browser of `user_id`."""
    return VirtualAuthenticator(ORIGIN)


@pytest.fixture
async def user_id(core: Core, authenticator: VirtualAuthenticator) -> str:
    """Somebody with one passkey."""
    made: str = (await sign_up(core, authenticator))["recipeUserId"]
    return made
