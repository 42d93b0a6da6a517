# SPDX-License-Identifier: Apache-2.0
"""PBKDF2 (RFC 8018) as Django and ASP.NET Core Identity store it, for imported users.

    Django              pbkdf2_sha256$<iterations>$<salt>$<base64 of the key>, and pbkdf2_sha1$…
    ASP.NET, version 2  base64 of 00 ‖ salt (16) ‖ key (32): HMAC-SHA1, 1,000 iterations
    ASP.NET, version 3  base64 of 01 ‖ function (4) ‖ iterations (4) ‖ length of the salt (4) ‖ salt ‖ key

Numbers are unsigned and big-endian; the function is 0 (SHA-1), 1 (SHA-256) or 2 (SHA-512).
"""

import base64
import binascii
import hashlib
import hmac
import re
from dataclasses import dataclass, field

# An imported string says itself what it costs: a sign-in must not become a denial of service.
MAX_ITERATIONS = 5_000_000
MAX_SALT_BYTES = 128
MIN_KEY_BYTES = 16
MAX_KEY_BYTES = 64

_DJANGO = re.compile(r"pbkdf2_(sha256|sha1)\$([1-9][0-9]{0,6})\$([^$]+)\$([A-Za-z0-9+/]+=*)")
_ASPNET_FUNCTIONS = ("sha1", "sha256", "sha512")
_ASPNET_V2, _ASPNET_V3 = b"\x00", b"\x01"
_V2_SALT_BYTES, _V2_KEY_BYTES, _V2_ITERATIONS = 16, 32, 1000
_V3_HEADER_BYTES = 13


@dataclass(frozen=True, slots=True)
class Pbkdf2Hash:
    """The parts of a stored string, decoded."""

    function: str
    iterations: int
    salt: bytes = field(repr=False)
    key: bytes = field(repr=False)


def parse_django(stored: str) -> Pbkdf2Hash | None:
    """Read Django's form; None when it is malformed or beyond the limits of this module."""
    parts = _DJANGO.fullmatch(stored)
    key = None if parts is None else _decode(parts[4])
    if parts is None or key is None or len(key) != hashlib.new(parts[1]).digest_size:
        return None
    return _within_limits(Pbkdf2Hash(parts[1], int(parts[2]), parts[3].encode("utf-8", "surrogatepass"), key))


def parse_aspnet(stored: str) -> Pbkdf2Hash | None:
    """Read the form of ASP.NET Core Identity; None when it is malformed or beyond the limits of this module."""
    raw = _decode(stored)
    if raw is None:
        return None
    if raw[:1] == _ASPNET_V2 and len(raw) == 1 + _V2_SALT_BYTES + _V2_KEY_BYTES:
        return Pbkdf2Hash("sha1", _V2_ITERATIONS, raw[1 : 1 + _V2_SALT_BYTES], raw[1 + _V2_SALT_BYTES :])
    if raw[:1] != _ASPNET_V3 or len(raw) < _V3_HEADER_BYTES:
        return None
    function, iterations, salt_bytes = (int.from_bytes(raw[at : at + 4]) for at in (1, 5, 9))
    if function >= len(_ASPNET_FUNCTIONS):
        return None
    key_at = _V3_HEADER_BYTES + salt_bytes
    salt, key = raw[_V3_HEADER_BYTES:key_at], raw[key_at:]
    return _within_limits(Pbkdf2Hash(_ASPNET_FUNCTIONS[function], iterations, salt, key))


def matches(found: Pbkdf2Hash | None, password: bytes) -> bool:
    """Whether the password is the one that was hashed; false for what could not be read."""
    if found is None:
        return False
    key = hashlib.pbkdf2_hmac(found.function, password, found.salt, found.iterations, len(found.key))
    return hmac.compare_digest(key, found.key)


def _within_limits(found: Pbkdf2Hash) -> Pbkdf2Hash | None:
    is_sane = (
        0 < found.iterations <= MAX_ITERATIONS
        and 0 < len(found.salt) <= MAX_SALT_BYTES
        and MIN_KEY_BYTES <= len(found.key) <= MAX_KEY_BYTES
    )
    return found if is_sane else None


def _decode(text: str) -> bytes | None:
    try:
        return base64.b64decode(text, validate=True)
    except (ValueError, binascii.Error):
        return None
