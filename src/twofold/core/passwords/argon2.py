# SPDX-License-Identifier: Apache-2.0
"""Argon2 (RFC 9106): new hashes are Argon2id; Argon2i and Argon2d of other systems verify too."""

import base64

from argon2 import Parameters, Type, extract_parameters
from argon2.exceptions import InvalidHashError, VerificationError
from argon2.low_level import hash_secret, verify_secret

from twofold.core.config import Settings

_TYPES = {"$argon2id$": Type.ID, "$argon2i$": Type.I, "$argon2d$": Type.D}
PREFIXES = ("$argon2id", "$argon2i", "$argon2d")
SALT_BYTES = 16
HASH_BYTES = 32
_NEWEST_VERSION = 19
_SALT_PART = 4  # of $argon2id$v=19$m=…,t=…,p=…$salt$hash
# An imported string says itself what it costs. Beyond these nobody hashes passwords, and one sign-in could end us.
MAX_MEMORY_KIB = 1_048_576
MAX_PASSES_TIMES_KIB = 4 * MAX_MEMORY_KIB


def make(password: bytes, salt: bytes, settings: Settings) -> str:
    """Hash with Argon2id and the configured parameters; the PHC string that holds them."""
    return hash_secret(
        password,
        salt,
        settings.argon2_iterations,
        settings.argon2_memory_kb,
        settings.argon2_parallelism,
        HASH_BYTES,
        Type.ID,
    ).decode()


def make_like(stored: str, secret: bytes) -> str:
    """The string that `make` would have made of this secret with the salt and the parameters of a stored hash."""
    parameters = extract_parameters(stored)
    salt = stored.split("$")[_SALT_PART]
    return hash_secret(
        secret,
        base64.b64decode(salt + "=" * (-len(salt) % 4)),
        parameters.time_cost,
        parameters.memory_cost,
        parameters.parallelism,
        parameters.hash_len,
        parameters.type,
    ).decode()


def matches(stored: str, password: bytes) -> bool:
    """Whether the password is the stored one. A string that is malformed or beyond all measure never matches."""
    kind = next((kind for prefix, kind in _TYPES.items() if stored.startswith(prefix)), None)
    parameters = _parameters(stored)
    if kind is None or parameters is None or parameters.memory_cost > MAX_MEMORY_KIB:
        return False
    if parameters.memory_cost * parameters.time_cost > MAX_PASSES_TIMES_KIB:
        return False
    try:
        return verify_secret(stored.encode(), password, kind)
    except (VerificationError, InvalidHashError):
        return False


def is_weaker(stored: str, settings: Settings) -> bool:
    """Whether a new hash would be harder to guess than this one: work is memory times passes."""
    parameters = _parameters(stored)
    return (
        parameters is None
        or parameters.type is not Type.ID
        or parameters.version < _NEWEST_VERSION
        or parameters.hash_len < HASH_BYTES
        or parameters.salt_len < SALT_BYTES
        or parameters.memory_cost * parameters.time_cost < settings.argon2_memory_kb * settings.argon2_iterations
    )


def _parameters(stored: str) -> Parameters | None:
    try:
        return extract_parameters(stored)
    except (InvalidHashError, ValueError, KeyError):
        return None
