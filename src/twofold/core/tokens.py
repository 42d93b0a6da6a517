# SPDX-License-Identifier: Apache-2.0
"""Secrets: how they are made, stored and compared. No other module of the core draws randomness.

A bearer secret has at least 128 bits from the operating system's generator (NIST SP 800-63B-4, section 3.1.3) and is
stored only as a SHA-256 digest, which is enough for secrets that cannot be guessed. What people type (passwords) has
its own, slow hash in `passwords.py`.
"""

import hashlib
import hmac
import secrets
import uuid
from collections.abc import Callable

from cryptography.hazmat.primitives.asymmetric.rsa import generate_private_key
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

Entropy = Callable[[int], bytes]
_URL_SAFE = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
_LINK_TOKEN_LENGTH = 128
_RSA_BITS = 2048


class Tokens:
    """Draws secrets from `entropy`, the operating system's generator unless a test says otherwise."""

    def __init__(self, entropy: Entropy = secrets.token_bytes) -> None:
        self.bytes = entropy

    def uuid(self) -> str:
        """A random UUID (RFC 9562, version 4) in its usual lower-case form."""
        return str(uuid.UUID(bytes=self.bytes(16), version=4))

    def link_token(self) -> str:
        """128 letters and digits, for links that are sent by mail: about 762 bits."""
        return "".join(_URL_SAFE[self.below(len(_URL_SAFE))] for _ in range(_LINK_TOKEN_LENGTH))

    def digits(self, count: int) -> str:
        """`count` random decimal digits, leading zeros included."""
        return str(self.below(10**count)).zfill(count)

    def rsa_key(self) -> bytes:
        """A new private key of 2048 bits, in DER (PKCS #8). Takes a tenth of a second, and does not use `entropy`."""
        key = generate_private_key(65537, _RSA_BITS)
        return key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())

    def below(self, limit: int) -> int:
        """A number in [0, limit), each equally likely: values beyond the last whole multiple are drawn again."""
        size = (limit.bit_length() + 7) // 8 + 1
        ceiling = (256**size // limit) * limit
        while (number := int.from_bytes(self.bytes(size))) >= ceiling:
            pass
        return number % limit


def sha256_hex(secret: str) -> str:
    """The lower-case hexadecimal SHA-256 digest of a secret's UTF-8 bytes: what is stored in its place."""
    return hashlib.sha256(secret.encode()).hexdigest()


def equal(left: str, right: str) -> bool:
    """Whether two secrets are the same, in time that does not depend on where they differ."""
    return hmac.compare_digest(left.encode(), right.encode())
