# SPDX-License-Identifier: Apache-2.0
"""Access tokens: parse one, say whether it is a session token, and verify its signature.

An access token is a JWT (RFC 7519) in compact form, signed by the core with a key of its JWKS. The algorithm belongs to
the *key*, never to the token: a header that asks for another one (`none`, HS256 with the public key as secret) is
refused, and keys inside a token (`jwk`, `jku`, `x5c`) are never looked at.

A signature that was found valid is remembered, so that a token's second use costs a look-up instead of a public-key
operation. Only what cannot change is remembered (the signature and the content): expiry, `nbf` and the presence of the
key are judged every time.

Tokens of CDI versions before 2.21 (format 2, without `kid`) are not session tokens here. They live for an hour at most
after an upgrade from such a core, and their owner gets a new one by refreshing.
"""

import binascii
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple, cast

import msgspec

from twofold.recipe.session.constants import DEFAULT_TENANT_ID

MAX_TOKEN_LENGTH = 32_768
_OLDEST_VERSION = 3
_CACHED_TOKENS_PER_GENERATION = 4096

_decode_json = msgspec.json.Decoder().decode


class AccessTokenError(Exception):
    """The token is not a session token, or not a valid one."""


class TokenMalformed(AccessTokenError):
    """The text is no JWT, or a JWT that cannot be a session token."""


class TokenRefused(AccessTokenError):
    """It looks like a session token, but its signature, key or time is not good."""


class UnknownKeyId(TokenRefused):
    """No key of the core has the token's `kid`; new keys may have to be fetched."""


class VerifyingKey(NamedTuple):
    """A public key of the core, and the one algorithm it may be used with."""

    algorithm: str
    verify: Callable[[bytes, bytes], bool]


class ParsedToken(NamedTuple):
    """What a session token says. It is immutable, and exists only for a token whose structure is right."""

    raw: str
    kid: str
    algorithm: str
    user_id: str
    """The primary user id."""
    recipe_user_id: str
    """The login method that the session began with; tokens before version 5 tell the user id alone."""
    tenant_id: str
    session_handle: str
    expires_at_seconds: float
    not_before_seconds: float | None
    parent_refresh_token_hash1: str | None
    """Set in the first token after a refresh: the core must hear of its use."""
    anti_csrf_token: str | None
    payload_json: bytes

    def __repr__(self) -> str:
        """Tell whose it is, without the token."""
        return f"ParsedToken(session_handle={self.session_handle!r}, user_id={self.user_id!r})"

    def read_payload(self) -> dict[str, Any]:
        """Return the whole payload: a new dict each time, for its owner to change."""
        return _decode_object(self.payload_json)

    @property
    def is_signed_by_dynamic_key(self) -> bool:
        """Say whether the key rotates (`d-…`), or is the static one (`s-…`)."""
        return self.kid.startswith("d-")


class _Header(NamedTuple):
    algorithm: str
    kid: str
    version: int


class _Verified(NamedTuple):
    key: VerifyingKey
    token: ParsedToken


def parse(token: str) -> ParsedToken:
    """Read a session token without verifying its signature.

    Raises:
        TokenMalformed: It is no JWT, or not the token of a session (an OAuth2 access token, for instance).
    """
    header_part, payload_part, _signature_part = _split(token)
    header = _read_header(header_part)
    payload_json = _decode_part(payload_part)
    payload = _decode_object(payload_json)
    validate_access_token_structure(payload, header.version)
    user_id = payload["sub"]
    return ParsedToken(
        token,
        header.kid,
        header.algorithm,
        user_id,
        payload["rsub"] if header.version >= 5 else user_id,
        payload["tId"] if header.version >= 4 else DEFAULT_TENANT_ID,
        payload["sessionHandle"],
        payload["exp"],
        payload.get("nbf"),
        payload.get("parentRefreshTokenHash1"),
        payload.get("antiCsrfToken"),
        payload_json,
    )


def validate_access_token_structure(payload: Mapping[str, Any], version: int) -> None:
    """Check that the payload has what a session token of this version has, each of its type.

    Raises:
        TokenMalformed: Something is missing or of another type. OAuth2 access tokens end here, too: their `stt` is 1.
    """
    if "stt" in payload and not (_is_number(payload["stt"]) and payload["stt"] == 0):
        raise TokenMalformed("The token is not the token of a session")
    texts = ["sub", "sessionHandle", "refreshTokenHash1"]
    if version >= 4:
        texts.append("tId")
    if version >= 5:
        texts.append("rsub")
    if not all(isinstance(payload.get(name), str) for name in texts):
        raise TokenMalformed("Access token does not contain all the information. Maybe the structure has changed?")
    if not (_is_number(payload.get("exp")) and _is_number(payload.get("iat"))):
        raise TokenMalformed("Access token does not contain all the information. Maybe the structure has changed?")
    if "nbf" in payload and not _is_number(payload["nbf"]):
        raise TokenMalformed("nbf must be a number")
    optional_texts = (payload.get("parentRefreshTokenHash1"), payload.get("antiCsrfToken"))
    if not all(value is None or isinstance(value, str) for value in optional_texts):
        raise TokenMalformed("parentRefreshTokenHash1 and antiCsrfToken must be strings")


class AccessTokenVerifier:
    """Verifies session tokens against the core's current keys; remembers which signatures were good.

    The memory has two generations of bounded size; what was used since the last change of generation survives the next.
    An entry is worth nothing once its key has left `keys`.

    Args:
        clock_ms: Current time in milliseconds.
        cached_tokens: How many tokens a generation remembers.
    """

    def __init__(self, clock_ms: Callable[[], int], cached_tokens: int = _CACHED_TOKENS_PER_GENERATION) -> None:
        self._clock_ms = clock_ms
        self._cached_tokens = cached_tokens
        self._young: dict[str, _Verified] = {}
        self._old: dict[str, _Verified] = {}

    def verify(self, token: str, keys: Mapping[str, VerifyingKey]) -> ParsedToken:
        """Return the token's content if it is a valid session token now.

        Raises:
            TokenMalformed: See `parse`.
            UnknownKeyId: `keys` has no such key.
            TokenRefused: Bad signature, wrong algorithm, expired, or not valid yet.
        """
        known = self._young.get(token) or self._recall(token)
        if known is not None and keys.get(known.token.kid) is known.key:
            self._check_times(known.token)
            return known.token
        parsed = parse(token)
        key = keys.get(parsed.kid)
        if key is None:
            raise UnknownKeyId("No key matches the token's kid")
        _check_signature(parsed, key)
        self._check_times(parsed)
        self._remember(token, _Verified(key, parsed))
        return parsed

    def knows(self, token: str) -> bool:
        """Say whether the token was verified lately, which does not mean that it is valid still."""
        return token in self._young or token in self._old

    def _check_times(self, token: ParsedToken) -> None:
        now_seconds = self._clock_ms() / 1000
        if now_seconds >= token.expires_at_seconds:
            raise TokenRefused("Access token expired")
        if token.not_before_seconds is not None and now_seconds < token.not_before_seconds:
            raise TokenRefused("Access token is not valid yet")

    def _recall(self, token: str) -> _Verified | None:
        known = self._old.get(token)
        if known is not None:
            self._remember(token, known)
        return known

    def _remember(self, token: str, verified: _Verified) -> None:
        if len(self._young) >= self._cached_tokens:
            self._old, self._young = self._young, {}
        self._young[token] = verified


def _check_signature(parsed: ParsedToken, key: VerifyingKey) -> None:
    if parsed.algorithm != key.algorithm:
        raise TokenRefused("The token asks for another algorithm than its key is for")
    signed, _, signature_part = parsed.raw.rpartition(".")
    try:
        signature = _decode_part(signature_part)
    except TokenMalformed as error:
        raise TokenRefused("The signature is not valid") from error
    if not key.verify(signature, signed.encode("ascii")):
        raise TokenRefused("The signature is not valid")


def _split(token: str) -> list[str]:
    parts = token.split(".")
    if len(parts) != 3 or len(token) > MAX_TOKEN_LENGTH or not token.isascii():
        raise TokenMalformed("Invalid JWT")
    return parts


def _read_header(part: str) -> _Header:
    header = _decode_object(_decode_part(part))
    kid, algorithm = header.get("kid"), header.get("alg")
    if header.get("typ") != "JWT" or not isinstance(kid, str) or not isinstance(algorithm, str):
        raise TokenMalformed("JWT header mismatch")
    # RFC 7515, 4.1.11: a token with extensions that we do not understand must be refused.
    if "crit" in header:
        raise TokenMalformed("JWT header mismatch")
    return _Header(algorithm, kid, _read_version(header.get("version")))


def _read_version(version: object) -> int:
    if version is None:
        return _OLDEST_VERSION
    if not isinstance(version, str) or not (version.isascii() and version.isdigit()) or len(version) > 4:
        raise TokenMalformed("JWT header mismatch")
    if int(version) < _OLDEST_VERSION:
        raise TokenMalformed("JWT header mismatch")
    return int(version)


def _decode_part(part: str) -> bytes:
    try:
        decoded = urlsafe_b64decode(part + "=" * (-len(part) % 4))
    except (ValueError, binascii.Error) as error:
        raise TokenMalformed("Invalid JWT") from error
    # Only the canonical text counts, or a token could be changed (unused bits, other alphabet) and stay valid.
    if urlsafe_b64encode(decoded).rstrip(b"=") != part.encode("ascii"):
        raise TokenMalformed("Invalid JWT")
    return decoded


def _decode_object(content: bytes) -> dict[str, Any]:
    try:
        decoded = _decode_json(content)
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError) as error:
        raise TokenMalformed("Invalid JWT") from error
    if not isinstance(decoded, dict):
        raise TokenMalformed("Invalid JWT")
    return cast(dict[str, Any], decoded)


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)
