# SPDX-License-Identifier: Apache-2.0
"""Beginning a ceremony: what the authenticator is asked, and the challenge that its answer must carry.

WebAuthn Level 3, sections 5.4 (registration) and 5.5 (authentication). A challenge is bound to its tenant, relying
party, origin and kind of ceremony, and it expires.
"""

import re
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import urlsplit

from twofold.core._endpoint import Call
from twofold.core.jwt import encode_base64url
from twofold.core.recipe.webauthn import store
from twofold.core.recipe.webauthn.store import Options
from twofold.core.users.model import AccountInfo
from twofold.core.users.rules import Refused
from twofold.core.users.store import list_by_account_info

RECIPE: Final = "webauthn"
CHALLENGE_BYTES = 32
DEFAULT_TIMEOUT_MS = 6000
# A challenge that lives for long is one that can be stolen for long. W3C WebAuthn Level 3, section 15.1, advises at
# most 10 minutes; an hour leaves room for those who set more.
MAX_TIMEOUT_MS = 3_600_000
# EdDSA, ES256, RS256.
DEFAULT_ALGORITHMS = (-8, -7, -257)
REQUIREMENTS = ("required", "discouraged", "preferred")
ATTESTATIONS = ("none", "indirect", "direct", "enterprise")

_ANDROID_ORIGIN = re.compile(r"android:apk-key-hash:[A-Za-z0-9_-]{43}")
_ALGORITHM = re.compile(r"-?[0-9]{1,9}")


@dataclass(frozen=True, slots=True)
class Wanted:
    """What every ceremony is asked for. `timeout` in milliseconds."""

    relying_party_id: str
    relying_party_name: str
    origin: str
    timeout: int
    user_verification: str
    user_presence: bool


def invalid_options(reason: str) -> Refused:
    """The options cannot be used for this."""
    return Refused("INVALID_OPTIONS_ERROR", reason=reason)


def not_found() -> Refused:
    """The options do not exist here, or have been used."""
    return Refused("OPTIONS_NOT_FOUND_ERROR")


async def begin_registration(call: Call, wanted: Wanted, email: str, algorithms: tuple[int, ...]) -> Options:
    """Begin the registration of a passkey for an e-mail (normalised). Raises Refused: INVALID_OPTIONS_ERROR."""
    options_id = call.services.tokens.uuid()
    handle = await _account_with(call, email) or options_id
    return await _begin(call, wanted, options_id, email, encode_base64url(handle.encode()), algorithms)


async def begin_sign_in(call: Call, wanted: Wanted) -> Options:
    """Begin a sign-in with any passkey of the relying party. Raises Refused: INVALID_OPTIONS_ERROR."""
    return await _begin(call, wanted, call.services.tokens.uuid(), None, None, ())


def require_one_of(name: str, value: str, allowed: tuple[str, ...]) -> None:
    """Raise Refused for a value that the standard does not know."""
    if value not in allowed:
        raise invalid_options(f"Invalid value '{value}' for {name}. Must be one of: {', '.join(allowed)}")


def read_algorithms(values: list[Any]) -> tuple[int, ...]:
    """COSE algorithm identifiers, as numbers or in digits. Raises Refused."""
    for value in values:
        if isinstance(value, bool) or not _ALGORITHM.fullmatch(str(value)):
            raise invalid_options(f'For input string: "{value}"')
    return tuple(int(value) for value in values)


async def _begin(
    call: Call, wanted: Wanted, options_id: str, email: str | None, user_handle: str | None, algorithms: tuple[int, ...]
) -> Options:
    _require_origin_of(wanted.relying_party_id, wanted.origin)
    if wanted.timeout < 0:
        raise invalid_options("Timeout must be a positive value")
    if wanted.timeout > MAX_TIMEOUT_MS:
        raise invalid_options(f"Timeout must be at most {MAX_TIMEOUT_MS} milliseconds")
    require_one_of("userVerification", wanted.user_verification, REQUIREMENTS)
    now_ms = call.now_ms()
    options = Options(
        tenant_id=call.tenant_id,
        options_id=options_id,
        relying_party_id=wanted.relying_party_id,
        relying_party_name=wanted.relying_party_name,
        origin=wanted.origin,
        challenge=encode_base64url(call.services.tokens.bytes(CHALLENGE_BYTES)),
        timeout=wanted.timeout,
        user_verification=wanted.user_verification,
        user_presence=wanted.user_presence,
        created_at=now_ms,
        expires_at=now_ms + wanted.timeout,
        email=email,
        user_handle=user_handle,
        algorithms=algorithms,
    )
    await store.create_options(call.database, call.app_id, options)
    return options


async def _account_with(call: Call, email: str) -> str | None:
    """The id by which an authenticator knows who has this e-mail in the tenant; of several, who has passkeys already.

    The internal one: it never changes and says nothing about the person (section 14.6.1).
    """
    users = await list_by_account_info(call.database, call.app_id, call.tenant_id, AccountInfo(email=email))
    with_passkeys = (
        user for user in users if any(item.recipe_id == RECIPE and item.email == email for item in user.login_methods)
    )
    user = next(with_passkeys, None) or next(iter(users), None)
    return None if user is None else user.internal_id


def _require_origin_of(relying_party_id: str, origin: str) -> None:
    """A browser answers for a relying party only at its host, or below it (section 5.1.2, "effective domain")."""
    if _ANDROID_ORIGIN.fullmatch(origin):
        return
    host = _host_of(origin)
    if not host:
        raise invalid_options("Origin has to be a valid url!")
    if host != relying_party_id and not (relying_party_id and host.endswith(f".{relying_party_id}")):
        raise invalid_options("Origin does not match RelyingParty Id")


def _host_of(origin: str) -> str | None:
    try:
        parts = urlsplit(origin)
    except ValueError:
        return None
    return parts.hostname if parts.scheme in ("http", "https") else None
