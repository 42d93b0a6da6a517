# SPDX-License-Identifier: Apache-2.0
"""Access tokens: the claims of a session's JWT in each version of the format, written and read.

Version 5 (CDI 4.0 and newer) has every claim of `AccessToken`; version 4 (CDI 3) has no `rsub`; version 3, which older
cores issued, no `tId` either. The application's own claims stand beside them at the top level.
"""

from twofold.core._fields import Json
from twofold.core._record import Record
from twofold.core.errors import BadRequest
from twofold.core.jwt import MalformedToken, Unverified, take_apart
from twofold.core.jwt import write as write_jwt
from twofold.core.signing import ALGORITHM, SigningKey
from twofold.core.tenancy.names import PUBLIC
from twofold.core.version import V4_0, Version

NEWEST_FORMAT = 5
_CLAIMS_OF_3 = (
    "sub",
    "iat",
    "exp",
    "sessionHandle",
    "refreshTokenHash1",
    "parentRefreshTokenHash1",
    "antiCsrfToken",
)
PROTECTED_CLAIMS: dict[int, tuple[str, ...]] = {
    3: _CLAIMS_OF_3,
    4: (*_CLAIMS_OF_3, "tId"),
    5: (*_CLAIMS_OF_3, "tId", "rsub"),
}
INCOMPLETE = "Access token does not contain all the information. Maybe the structure has changed?"


class InvalidAccessToken(Exception):
    """The text is not an access token of a session; the message says why, in the words that clients know."""


class AccessToken(Record, frozen=True):
    """What an access token says. `custom` are the application's claims."""

    format: int
    user_id: str
    recipe_user_id: str
    tenant_id: str
    session_handle: str
    refresh_token_hash_1: str
    parent_refresh_token_hash_1: str | None
    anti_csrf: str | None
    custom: Json


class SignedAccessToken(Record, frozen=True):
    """An access token in its signed form; both times are whole seconds, in milliseconds."""

    text: str
    expires_at_ms: int
    created_at_ms: int


class UnverifiedAccessToken(Record, frozen=True):
    """An access token that was read. Nobody has checked its signature."""

    token: AccessToken
    key_id: str
    expires_at_s: int
    jwt: Unverified


def format_for(version: Version) -> int:
    """The format of tokens issued to callers of this version of the interface."""
    return NEWEST_FORMAT if version >= V4_0 else 4


def refuse_protected_claims(custom: Json, token_format: int) -> None:
    """Raise BadRequest when the application's claims would shadow the session's."""
    if any(name in custom for name in PROTECTED_CLAIMS[token_format]):
        raise BadRequest("The user payload contains protected field")


def custom_claims(claims: Json, token_format: int) -> Json:
    """The claims that are the application's own."""
    protected = PROTECTED_CLAIMS[token_format]
    return {name: value for name, value in claims.items() if name not in protected}


def sign(token: AccessToken, key: SigningKey, now_ms: int, expires_at_ms: int) -> SignedAccessToken:
    """Write and sign an access token. Times are rounded down: a token from the future is refused by some clients.

    Raises:
        BadRequest: a claim holds text that is no Unicode.
    """
    issued_at_s, expires_at_s = now_ms // 1000, expires_at_ms // 1000
    header = {"alg": ALGORITHM, "typ": "JWT", "kid": key.key_id, "version": str(token.format)}
    every_claim: Json = {
        "iat": issued_at_s,
        "exp": expires_at_s,
        "sub": token.user_id,
        "tId": token.tenant_id,
        "rsub": token.recipe_user_id,
        "sessionHandle": token.session_handle,
        "refreshTokenHash1": token.refresh_token_hash_1,
        "parentRefreshTokenHash1": token.parent_refresh_token_hash_1,
        "antiCsrfToken": token.anti_csrf,
    }
    protected = PROTECTED_CLAIMS[token.format]
    fixed = {name: value for name, value in every_claim.items() if name in protected}
    try:
        text = write_jwt(header, fixed | custom_claims(token.custom, token.format), key.sign)
    except MalformedToken as error:
        raise BadRequest(f"The user payload is invalid: {error}") from None
    return SignedAccessToken(text, expires_at_s * 1000, issued_at_s * 1000)


def read(text: str) -> UnverifiedAccessToken:
    """Read an access token without looking at its signature or expiry. Raises InvalidAccessToken."""
    try:
        jwt = take_apart(text)
    except MalformedToken as error:
        raise InvalidAccessToken(f"Invalid access token: {error}") from None
    token_format, key_id = _read_header(jwt.header)
    claims = jwt.claims
    for name in PROTECTED_CLAIMS[token_format]:
        if name not in claims:
            raise InvalidAccessToken(f"{INCOMPLETE} {name}")
    token = AccessToken(
        token_format,
        user_id=_text(claims, "sub"),
        recipe_user_id=_text(claims, "rsub" if token_format >= 5 else "sub"),
        tenant_id=_text(claims, "tId") if token_format >= 4 else PUBLIC,
        session_handle=_text(claims, "sessionHandle"),
        refresh_token_hash_1=_text(claims, "refreshTokenHash1"),
        parent_refresh_token_hash_1=_text_or_null(claims, "parentRefreshTokenHash1"),
        anti_csrf=_text_or_null(claims, "antiCsrfToken"),
        custom=custom_claims(claims, token_format),
    )
    _seconds(claims, "iat")
    return UnverifiedAccessToken(token, key_id, _seconds(claims, "exp"), jwt)


def _read_header(header: Json) -> tuple[int, str]:
    """The format and the key id."""
    key_id, written = header.get("kid"), header.get("version", str(NEWEST_FORMAT))
    if header.get("typ") != "JWT" or header.get("alg") != ALGORITHM or not isinstance(key_id, str):
        raise InvalidAccessToken("JWT header mismatch")
    if written not in ("3", "4", "5"):
        raise InvalidAccessToken("JWT header mismatch: unknown version")
    return int(written), key_id


def _text(claims: Json, name: str) -> str:
    value = claims[name]
    if not isinstance(value, str) or "\x00" in value:
        raise InvalidAccessToken(f"{INCOMPLETE} {name}")
    return value


def _text_or_null(claims: Json, name: str) -> str | None:
    return None if claims[name] is None else _text(claims, name)


def _seconds(claims: Json, name: str) -> int:
    value = claims[name]
    if isinstance(value, bool) or not isinstance(value, int | float) or not -(2**53) < value < 2**53:
        raise InvalidAccessToken(f"{INCOMPLETE} {name}")
    return int(value)
