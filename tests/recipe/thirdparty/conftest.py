# SPDX-License-Identifier: Apache-2.0
"""A provider, and applications that let people sign in with it."""

import pytest

from tests.recipe.thirdparty.provider import Key, OpenIDProvider


@pytest.fixture(scope="session")
def provider_key() -> Key:
    """The provider's key."""
    return Key()


@pytest.fixture
def openid(provider_key: Key) -> OpenIDProvider:
    """The provider."""
    return OpenIDProvider(provider_key)
