# SPDX-License-Identifier: Apache-2.0
"""Refresh tokens: opaque to clients, readable by the core, and known to the database only by a double hash.

    token = base64url( version 1 ‖ salt, 24 random bytes ‖ AES-256-GCM(body) with its tag )
    AES key ‖ nonce = first 44 bytes of HMAC-SHA512(the app's refresh key, label ‖ salt)

Each token has a key of its own, so that no number of tokens wears the app's key out. The token is a secret of 192
random bits; the encryption keeps its body from being read or changed, but never proves that it is still good: that is
decided by its hash in the session's row.
"""

import hashlib
import hmac

import msgspec
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from twofold.core._record import Record
from twofold.core.jwt import MalformedToken, decode_base64url, encode_base64url
from twofold.core.tokens import Tokens, sha256_hex

MAX_LENGTH = 65_536
_VERSION = b"\x01"
_LABEL = b"twofold: refresh token, 1\n"
_SALT_BYTES = 24
_TAG_BYTES = 16


class InvalidRefreshToken(Exception):
    """The text is no refresh token of this app."""


class Body(msgspec.Struct, frozen=True, array_like=True):
    """What the core must know of a token besides that it is good. parent_hash_1: of the token it was got with."""

    session_handle: str
    user_id: str
    tenant_id: str
    parent_hash_1: str | None
    anti_csrf: str | None


class RefreshToken(Record, frozen=True):
    """A refresh token and what it says."""

    text: str
    body: Body

    @property
    def hash_1(self) -> str:
        """The hash that the access token issued with it carries."""
        return sha256_hex(self.text)

    @property
    def hash_2(self) -> str:
        """The hash that is stored."""
        return sha256_hex(self.hash_1)

    @property
    def parent_hash_2(self) -> str | None:
        """The stored form of its parent's hash."""
        return None if self.body.parent_hash_1 is None else sha256_hex(self.body.parent_hash_1)


def write(refresh_key: bytes, tokens: Tokens, body: Body) -> RefreshToken:
    """Make a token."""
    salt = tokens.bytes(_SALT_BYTES)
    cipher, nonce = _cipher(refresh_key, salt)
    encrypted = cipher.encrypt(nonce, _encode(body), _VERSION)
    return RefreshToken(encode_base64url(_VERSION + salt + encrypted), body)


def read(refresh_key: bytes, text: str) -> RefreshToken:
    """Read a token. Raises InvalidRefreshToken, also for one altered in a single character."""
    try:
        data = decode_base64url(text) if len(text) <= MAX_LENGTH else b""
        if not data.startswith(_VERSION) or len(data) < 1 + _SALT_BYTES + _TAG_BYTES:
            raise InvalidRefreshToken
        cipher, nonce = _cipher(refresh_key, data[1 : 1 + _SALT_BYTES])
        return RefreshToken(text, _decode(cipher.decrypt(nonce, data[1 + _SALT_BYTES :], _VERSION)))
    except (MalformedToken, InvalidTag, msgspec.DecodeError):
        raise InvalidRefreshToken from None


_encode = msgspec.msgpack.Encoder().encode
_decode = msgspec.msgpack.Decoder(Body).decode


def _cipher(refresh_key: bytes, salt: bytes) -> tuple[AESGCM, bytes]:
    material = hmac.digest(refresh_key, _LABEL + salt, hashlib.sha512)
    return AESGCM(material[:32]), material[32:44]
