# SPDX-License-Identifier: Apache-2.0
"""Encrypts secrets that must be read again (private keys, shared secrets) before they are stored.

Each stored text begins with how it was written:

    plain.1.<base64url>          no `encryption_key` was configured
    aes256gcm.1.<base64url>      12-byte nonce, ciphertext and tag of AES-256-GCM; key: HKDF-SHA256 of `encryption_key`

The context (whose secret it is, and what for) is authenticated with it: a text copied to another row is refused.
Secrets stored before a key was configured stay readable; who can write to the database could therefore plant a plain
one, but the encryption is against those who read it: backups, replicas, stolen disks.
"""

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from twofold.core.jwt import decode_base64url, encode_base64url
from twofold.core.tokens import Tokens

MIN_KEY_LENGTH = 32
_PLAIN = "plain.1."
_ENCRYPTED = "aes256gcm.1."
_NONCE_BYTES = 12


class CannotUnseal(Exception):
    """A stored secret cannot be read with the configured keys. The message says what to configure."""


class Sealer:
    """Seals with the first of the comma-separated `encryption_key`s and unseals with any of them.

    Raises:
        ValueError: a key is shorter than 32 characters.
    """

    def __init__(self, encryption_key: str | None, tokens: Tokens) -> None:
        keys = [key.strip() for key in (encryption_key or "").split(",") if key.strip()]
        if any(len(key) < MIN_KEY_LENGTH for key in keys):
            raise ValueError(f"'encryption_key' must have at least {MIN_KEY_LENGTH} characters; use random ones")
        self._ciphers = [AESGCM(_derive(key)) for key in keys]
        self._tokens = tokens

    def seal(self, secret: bytes, context: str) -> str:
        """The text to store for a secret."""
        if not self._ciphers:
            return _PLAIN + encode_base64url(secret)
        nonce = self._tokens.bytes(_NONCE_BYTES)
        return _ENCRYPTED + encode_base64url(nonce + self._ciphers[0].encrypt(nonce, secret, context.encode()))

    def unseal(self, text: str, context: str) -> bytes:
        """The secret behind a stored text. Raises CannotUnseal."""
        if text.startswith(_PLAIN):
            return decode_base64url(text[len(_PLAIN) :])
        if not text.startswith(_ENCRYPTED):
            raise CannotUnseal("A stored secret was written by a newer version of Twofold")
        data = decode_base64url(text[len(_ENCRYPTED) :])
        for cipher in self._ciphers:
            try:
                return cipher.decrypt(data[:_NONCE_BYTES], data[_NONCE_BYTES:], context.encode())
            except InvalidTag:
                continue
        raise CannotUnseal("A stored secret is encrypted with a key that 'encryption_key' does not list")

    @staticmethod
    def is_plain(text: str) -> bool:
        """Whether a stored text holds its secret in the clear: there was no key when it was sealed."""
        return text.startswith(_PLAIN)


def _derive(key: str) -> bytes:
    return HKDF(SHA256(), 32, salt=None, info=b"twofold: secrets at rest, 1").derive(key.encode())
