# SPDX-License-Identifier: Apache-2.0
"""JSON Web Tokens (RFC 7519) in compact form: write one, take one apart. Keys and what claims mean lie elsewhere.

Taking a token apart proves nothing. Its reader looks the key up by `kid`, and the *key* says with which algorithm it
signs; what a token says of algorithms or carries as a key (`jwk`, `jku`, `x5c`) is never used.
"""

import binascii
from binascii import a2b_base64, b2a_base64
from collections.abc import Callable

import msgspec

from twofold.core._fields import Json
from twofold.core._record import Record

MAX_LENGTH = 65_536
_encode_json = msgspec.json.Encoder().encode
_decode_json = msgspec.json.Decoder().decode
_TO_URL_SAFE = bytes.maketrans(b"+/", b"-_")
_FROM_URL_SAFE = bytes.maketrans(b"-_", b"+/")


class MalformedToken(ValueError):
    """The text is no JSON Web Token in compact form."""


class Unverified(Record, frozen=True):
    """The parts of a token whose signature nobody has looked at yet."""

    header: Json
    claims: Json
    signed: bytes
    signature_part: str

    def signature(self) -> bytes:
        """The signature. Raises MalformedToken."""
        return decode_base64url(self.signature_part)


def write(header: Json, claims: Json, sign: Callable[[bytes], bytes]) -> str:
    """Sign claims. Both objects are written without white space, in the order of their members.

    Raises:
        MalformedToken: the claims hold text that is no Unicode (half a surrogate pair).
    """
    try:
        signed = _part(header) + b"." + _part(claims)
    except UnicodeEncodeError:
        raise MalformedToken("the claims hold text that is not valid Unicode") from None
    return (signed + b"." + _base64url(sign(signed))).decode()


def take_apart(token: str) -> Unverified:
    """Split and decode a token. Raises MalformedToken."""
    parts = token.split(".")
    if len(token) > MAX_LENGTH or len(parts) != 3:
        raise MalformedToken("not a JSON Web Token in compact form")
    header, claims, signature = parts
    return Unverified(_object(header), _object(claims), f"{header}.{claims}".encode(), signature)


def encode_base64url(data: bytes) -> str:
    """Base64url without padding (RFC 7515, appendix C)."""
    return _base64url(data).decode()


def decode_base64url(text: str) -> bytes:
    """The bytes behind a text in base64url without padding.

    Every text stands for different bytes: white space, padding, other alphabets and stray bits in the last character,
    which lenient decoders skip, are refused; an altered token is then never equal to the original.

    Raises:
        MalformedToken: it is not in that form.
    """
    try:
        data = a2b_base64(text.encode("ascii").translate(_FROM_URL_SAFE) + b"=" * (-len(text) % 4))
    except (UnicodeEncodeError, binascii.Error):
        raise MalformedToken("not in base64url") from None
    if encode_base64url(data) != text:
        raise MalformedToken("not in base64url")
    return data


def _part(value: Json) -> bytes:
    return _base64url(_encode_json(value))


def _base64url(data: bytes) -> bytes:
    return b2a_base64(data, newline=False).translate(_TO_URL_SAFE, b"=")


def _object(part: str) -> Json:
    try:
        value = _decode_json(decode_base64url(part))
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        raise MalformedToken("a part of the token is not JSON") from None
    if not isinstance(value, dict):
        raise MalformedToken("a part of the token is not a JSON object")
    return value
