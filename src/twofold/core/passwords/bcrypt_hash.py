# SPDX-License-Identifier: Apache-2.0
"""bcrypt: only the first 72 bytes of a password count, as everywhere; a NUL is a byte like any other."""

import re

import bcrypt

from twofold.core.config import Settings

PREFIXES = ("$2a", "$2b", "$2x", "$2y")
MAX_PASSWORD_BYTES = 72
SALT_BYTES = 16
# 2^20 rounds take minutes: such a string can only be a mistake or an attack on our threads.
MAX_COST = 20
_SHAPE = re.compile(r"\$2[abxy]\$(\d\d)\$[./A-Za-z0-9]{53}")


def make(password: bytes, settings: Settings) -> str:
    """Hash with the configured cost."""
    salt = bcrypt.gensalt(settings.bcrypt_log_rounds, prefix=b"2a")
    return bcrypt.hashpw(password[:MAX_PASSWORD_BYTES], salt).decode()


def matches(stored: str, password: bytes) -> bool:
    """Whether the password is the stored one. All four versions are read as `$2a`; a malformed string never matches."""
    if (cost := _cost(stored)) is None or cost > MAX_COST:
        return False
    try:
        return bcrypt.checkpw(password[:MAX_PASSWORD_BYTES], b"$2a" + stored[3:].encode())
    except ValueError:
        return False


def is_weaker(stored: str, settings: Settings) -> bool:
    """Whether a new bcrypt hash would cost more than this one."""
    cost = _cost(stored)
    return cost is None or cost < settings.bcrypt_log_rounds


def _cost(stored: str) -> int | None:
    shape = _SHAPE.fullmatch(stored)
    return int(shape[1]) if shape else None
