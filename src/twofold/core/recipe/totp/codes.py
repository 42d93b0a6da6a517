# SPDX-License-Identifier: Apache-2.0
"""Time-based one-time passwords (RFC 6238, with HMAC-SHA-1, as authenticator apps do them).

A time step is known by its digest: the whole HMAC, of which the code is 20 bits. It is the same for every device with
the same secret, tells nothing about the secret, and no code can be found from it by trying all of them.
"""

import base64
import binascii
import hashlib
import hmac
from collections.abc import Iterator
from dataclasses import dataclass

from twofold.core.tokens import equal

DIGITS = 6
SECRET_BYTES = 20


@dataclass(frozen=True, slots=True, repr=False)
class Step:
    """A time step of one secret."""

    digest: str
    code: str


def steps_around(secret: str, now_ms: int, period_seconds: int, skew: int) -> Iterator[Step]:
    """The steps whose codes are accepted now: the current one, `skew` before and `skew` after it."""
    key = decode_secret(secret)
    current = now_ms // (period_seconds * 1000)
    for counter in range(max(0, current - skew), current + skew + 1):
        yield step(key, counter)


def step(key: bytes, counter: int, digits: int = DIGITS) -> Step:
    """The step with this number (RFC 4226, section 5.3)."""
    digest = hmac.digest(key, counter.to_bytes(8), hashlib.sha1)
    offset = digest[-1] & 0x0F
    number = int.from_bytes(digest[offset : offset + 4]) & 0x7FFFFFFF
    return Step(digest.hex(), str(number % 10**digits).zfill(digits))


def matching(code: str, steps: Iterator[Step]) -> set[str]:
    """The digests of the steps that have this code. Each is compared, in constant time, whether others match or not."""
    return {item.digest for item in steps if equal(item.code, code)}


def encode_secret(key: bytes) -> str:
    """A key as authenticator apps take it: base32 in capitals."""
    return base64.b32encode(key).decode().rstrip("=")


def decode_secret(secret: str) -> bytes:
    """The key that a base32 text stands for, whatever its case and padding. Raises ValueError."""
    text = secret.strip().replace(" ", "").rstrip("=").upper()
    try:
        key = base64.b32decode(text + "=" * (-len(text) % 8))
    except binascii.Error as error:
        raise ValueError("not base32") from error
    if not key:
        raise ValueError("empty")
    return key
