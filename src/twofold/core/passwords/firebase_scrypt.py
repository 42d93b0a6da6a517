# SPDX-License-Identifier: Apache-2.0
"""Firebase's scrypt, for imported users: `$f_scrypt$<hash>$<salt>$m=<memory cost>$r=<rounds>$s=<salt separator>`.

The key that scrypt (RFC 7914) derives encrypts the project's signer key with AES-256 in counter mode; the hash is what
comes out. Passwords are read as UTF-8, as Firebase does, also where the interface's origin reads `?` for each letter
outside ASCII: with that, `pässword` and `p?ssword` would be one password, and no such user of Firebase could sign in.
"""

import base64
import binascii
import hashlib
import hmac
from dataclasses import dataclass

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

PREFIX = "$f_scrypt$"
_KEY_BYTES = 64
_CIPHER_KEY_BYTES = 32
_ZERO_IV = bytes(16)
_PARAMETERS = frozenset("mrs")
MAX_MEMORY_BYTES = 256 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class FirebaseHash:
    """The parts of a stored string, decoded."""

    digest: bytes
    salt: bytes
    memory_cost: int
    rounds: int

    @property
    def memory_bytes(self) -> int:
        """What one computation needs."""
        return 128 * self.rounds * (1 << self.memory_cost)


def parse(stored: str) -> FirebaseHash | None:
    """Read a stored string; None when it is malformed or asks for more memory than any real one."""
    parts = stored.removeprefix(PREFIX).split("$")
    if not stored.startswith(PREFIX) or len(parts) != 5:
        return None
    named = {part[:1]: part[2:] for part in parts[2:] if part[1:2] == "="}
    if named.keys() != _PARAMETERS:
        return None
    try:
        salt = base64.b64decode(parts[1], validate=True) + base64.b64decode(named["s"], validate=True)
        found = FirebaseHash(base64.b64decode(parts[0], validate=True), salt, _number(named["m"]), _number(named["r"]))
    except (ValueError, binascii.Error):
        return None
    is_sane = 0 < found.memory_cost < 32 and found.rounds > 0 and found.memory_bytes <= MAX_MEMORY_BYTES
    return found if is_sane and found.digest else None


def matches(stored: str, password: bytes, signer_key: str) -> bool:
    """Whether the password is the stored one; false for malformed strings and keys."""
    found = parse(stored)
    if found is None:
        return False
    try:
        secret = base64.b64decode(signer_key, validate=True)
    except (ValueError, binascii.Error):
        return False
    derived = hashlib.scrypt(
        password,
        salt=found.salt,
        n=1 << found.memory_cost,
        r=found.rounds,
        p=1,
        dklen=_KEY_BYTES,
        maxmem=found.memory_bytes + 1024 * 1024,
    )
    encryptor = Cipher(algorithms.AES256(derived[:_CIPHER_KEY_BYTES]), modes.CTR(_ZERO_IV)).encryptor()
    return hmac.compare_digest(encryptor.update(secret) + encryptor.finalize(), found.digest)


def _number(text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) <= 4):
        raise ValueError("not a small decimal number")
    return int(text)
