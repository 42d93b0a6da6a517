# SPDX-License-Identifier: Apache-2.0
"""Passwords: how they are hashed, and which hashes of other systems are understood. Start reading at `hasher.py`."""

from twofold.core.passwords.formats import Algorithm, algorithm_of, require_importable
from twofold.core.passwords.hasher import (
    MAX_PASSWORD_BYTES,
    PasswordHasher,
    Verification,
    require_hashable,
)

__all__ = [
    "MAX_PASSWORD_BYTES",
    "Algorithm",
    "PasswordHasher",
    "Verification",
    "algorithm_of",
    "require_hashable",
    "require_importable",
]
