# SPDX-License-Identifier: Apache-2.0
"""Keys of a core, for the tests of sessions."""

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa


@pytest.fixture(scope="session")
def signing_key() -> rsa.RSAPrivateKey:
    """The core's key."""
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


@pytest.fixture(scope="session")
def foreign_key() -> rsa.RSAPrivateKey:
    """The key of somebody else."""
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)
