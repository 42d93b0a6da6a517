# SPDX-License-Identifier: Apache-2.0
"""Rules of sessions: begin, verify, regenerate and read them. The rest is in `refreshing.py` and `ending.py`."""

from collections.abc import Awaitable, Callable
from typing import TypeAlias

from twofold.core._endpoint import Call
from twofold.core._fields import Json
from twofold.core._record import Record
from twofold.core.errors import BadRequest
from twofold.core.jwt import MalformedToken
from twofold.core.recipe.audit import Action, record
from twofold.core.recipe.factorreset import rules as factorreset
from twofold.core.recipe.session import access_token, claims, refresh_token, store
from twofold.core.recipe.session.access_token import (
    INCOMPLETE,
    AccessToken,
    InvalidAccessToken,
    SignedAccessToken,
    UnverifiedAccessToken,
)
from twofold.core.recipe.session.refresh_token import RefreshToken
from twofold.core.recipe.session.store import Rotation, Session
from twofold.core.signing import WrongSignature
from twofold.core.storage.database import Connection
from twofold.core.tenancy.names import PUBLIC
from twofold.core.tokens import equal, sha256_hex
from twofold.core.users.last_active import touch_last_active_of
from twofold.core.users.model import UserIds
from twofold.core.users.store import find_user_ids
from twofold.core.version import V5_6

NO_SESSION = "Session does not exist."
_JITTER_STEPS = 1_000_000


class Refused(Exception):
    """The outcome is not OK. `answer` is what the client is told."""

    def __init__(self, status: str, **details: object) -> None:
        super().__init__(status)
        self.answer: Json = {"status": status, **details}


class Begin(Record, frozen=True):
    """What a session is to begin with. access_token_validity_ms: None for what is configured."""

    user_id: str
    enable_anti_csrf: bool
    data_in_jwt: Json
    data_in_database: Json
    uses_static_key: bool
    access_token_validity_ms: int | None


class Issued(Record, frozen=True):
    """A session with the tokens that were issued for it; both lie with the client from now on."""

    access: AccessToken
    signed: SignedAccessToken
    refresh: RefreshToken
    refresh_expires_at_ms: int
    refresh_created_at_ms: int


class Presented(Record, frozen=True):
    """An access token to verify, and how thoroughly."""

    access_token: str
    anti_csrf: str | None
    needs_anti_csrf: bool
    check_database: bool


class Verified(Record, frozen=True):
    """A token that is good. `signed` is its successor, where there is one; payload_update_available is for CDI 5.6."""

    token: AccessToken
    signed: SignedAccessToken | None = None
    payload_update_available: bool | None = None


_Create: TypeAlias = Callable[[Connection, str, Session, UserIds], Awaitable[bool]]
"""Stores a session for the user that the ids say; False when that is not, or no longer, so."""


async def begin(call: Call, wish: Begin) -> Issued:
    """Begin a session for a login method (any id of it), or for any string that is no user's id.

    Whoever deletes, links or unlinks the user at the same time wins: the session is ended by it, refused, or begins for
    the user as it is then. Most users have one way in and no id of the application's: for them it is one statement.
    Raises BadRequest for an id that was deleted within the last hour.
    """
    token_format = access_token.format_for(call.version)
    access_token.refuse_protected_claims(wish.data_in_jwt, token_format)
    validity_ms = access_validity_ms(call, wish.access_token_validity_ms)
    issued = await _begin(call, wish, UserIds.of_nobody(wish.user_id), validity_ms, _create_for_lone_user)
    while issued is None:
        ids = await find_user_ids(call.database, call.app_id, wish.user_id)
        known = ids or UserIds.of_nobody(wish.user_id)
        issued = await _begin(call, wish, known, validity_ms, _create_for_nobody if ids is None else _create_for_user)
        if issued is None and ids is None:
            raise BadRequest("The user was deleted: no session can begin for this userId")
    return issued


async def _begin(call: Call, wish: Begin, ids: UserIds, validity_ms: int, create: _Create) -> Issued | None:
    """One attempt; None when the user is not what `ids` say."""
    now_ms, tokens = call.now_ms(), call.services.tokens
    ring = await call.services.signing_keys.of(call.tenant)
    handle = tokens.uuid() if call.tenant_id == PUBLIC else f"{tokens.uuid()}_{call.tenant_id}"
    anti_csrf = tokens.uuid() if wish.enable_anti_csrf else None
    refresh = refresh_token.write(
        ring.refresh_key, tokens, refresh_token.Body(handle, ids.id, call.tenant_id, None, anti_csrf)
    )
    session = Session(
        tenant_id=call.tenant_id,
        handle=handle,
        user_id=ids.id,
        current_hash_2=refresh.hash_2,
        previous_hash_2=None,
        rotated_at_ms=None,
        data_in_database=wish.data_in_database,
        data_in_jwt=wish.data_in_jwt,
        expires_at_ms=session_end_ms(call, now_ms, now_ms),
        created_at_ms=now_ms,
        uses_static_key=wish.uses_static_key,
    )
    if call.settings.audit_sign_ins:
        is_created = await call.database.transaction(lambda tx: _create_and_record(tx, call, session, ids, create))
    else:
        is_created = await create(call.database, call.app_id, session, ids)
    if not is_created:
        return None
    access = AccessToken(
        access_token.format_for(call.version),
        ids.primary_id,
        ids.id,
        call.tenant_id,
        handle,
        refresh.hash_1,
        None,
        anti_csrf,
        wish.data_in_jwt,
    )
    await factorreset.signed_in(call, ids.primary_id, wish.data_in_jwt)
    key = ring.signing_key(call.settings, now_ms, is_dynamic=not wish.uses_static_key)
    signed = access_token.sign(access, key, now_ms, now_ms + validity_ms)
    return Issued(access, signed, refresh, session.expires_at_ms, now_ms)


async def _create_and_record(tx: Connection, call: Call, session: Session, ids: UserIds, create: _Create) -> bool:
    is_created = await create(tx, call.app_id, session, ids)
    if is_created:
        await record(tx, call, Action.SESSION_CREATED, session.user_id)
    return is_created


async def _create_for_lone_user(connection: Connection, app_id: str, session: Session, _: UserIds) -> bool:
    found = await store.create_for_lone_user(connection, app_id, session)
    if found is not None:
        await touch_last_active_of(connection, app_id, found, session.created_at_ms)
    return found is not None


async def _create_for_user(connection: Connection, app_id: str, session: Session, ids: UserIds) -> bool:
    await touch_last_active_of(connection, app_id, ids, session.created_at_ms)
    return await store.create(connection, app_id, session, ids)


async def _create_for_nobody(connection: Connection, app_id: str, session: Session, ids: UserIds) -> bool:
    await touch_last_active_of(connection, app_id, ids, session.created_at_ms)
    return await store.create(connection, app_id, session, None)


async def verify(call: Call, presented: Presented) -> Verified:
    """Verify an access token. Up to CDI 5.5 the first use of one from a refresh promotes its refresh token.

    Raises Refused: TRY_REFRESH_TOKEN, UNAUTHORISED.
    """
    token = await _verified(call, presented)
    session = None
    if presented.check_database:
        session = await store.find(call.database, call.app_id, token.session_handle)
        if session is None:
            raise Refused("UNAUTHORISED", message="Either the session has ended or has been blacklisted")
    if call.version >= V5_6:
        return _verified_without_writing(token, session)
    is_settled = token.parent_refresh_token_hash_1 is None
    if is_settled and (session is None or not _payload_differs(token, session)):
        return Verified(token)
    return await _verified_with_lineage(call, token, session)


async def regenerate(call: Call, text: str, data: Json | None) -> Verified:
    """Replace a session's claims (None keeps them) and issue its access token anew, unless that has expired.

    That of completed factors is merged instead: see `claims`.
    The caller has verified the token. Its signature is not looked at; its expiry is never put off beyond what the
    settings allow from now.

    Raises Refused: UNAUTHORISED.
    """
    try:
        unverified = access_token.read(text)
    except InvalidAccessToken as error:
        raise Refused("UNAUTHORISED", message=str(error)) from None
    token, now_ms = unverified.token, call.now_ms()
    if data is not None:
        access_token.refuse_protected_claims(data, token.format)
        session = await claims.replace(call, token.session_handle, token.custom, data, now_ms)
    else:
        session = await store.find(call.database, call.app_id, token.session_handle)
    if session is None or session.expires_at_ms <= now_ms:
        raise Refused("UNAUTHORISED", message=NO_SESSION)
    ids = await resolve(call, session.user_id)
    if data is not None:
        await factorreset.signed_in(call, session.user_id, data)
    renewed = _with_session(token, session, ids)
    if unverified.expires_at_s * 1000 <= now_ms:
        return Verified(renewed)
    latest_ms = now_ms + call.settings.access_token_validity * 1000
    expires_at_ms = min(unverified.expires_at_s * 1000, latest_ms)
    return Verified(renewed, await _sign(call, renewed, session, now_ms, expires_at_ms))


async def get(call: Call, handle: str) -> tuple[Session, UserIds]:
    """A session that has not expired, and whose it is. Raises Refused: UNAUTHORISED."""
    found = await store.find_with_user(call.database, call.app_id, handle)
    if found is None or found[0].expires_at_ms <= call.now_ms():
        raise Refused("UNAUTHORISED", message=NO_SESSION)
    return found


async def set_data_in_database(call: Call, handle: str, data: Json) -> None:
    """Replace the data that stays in the core. Raises Refused: UNAUTHORISED."""
    if not await store.set_data_in_database(call.database, call.app_id, handle, data, call.now_ms()):
        raise Refused("UNAUTHORISED", message=NO_SESSION)


async def set_data_in_jwt(call: Call, handle: str, data: Json, seen: Json | None) -> None:
    """Replace the claims for access tokens issued from now on; that of completed factors is merged: see `claims`.

    seen: the claims that the caller changed into these, if they say. Raises Refused: UNAUTHORISED.
    """
    access_token.refuse_protected_claims(data, access_token.format_for(call.version))
    session = await claims.replace(call, handle, seen, data, call.now_ms())
    if session is None:
        raise Refused("UNAUTHORISED", message=NO_SESSION)
    await factorreset.signed_in(call, session.user_id, data)


async def resolve(call: Call, user_id: str) -> UserIds:
    """The ids that belong to an id; a string that is no user's stands for all of them."""
    return await find_user_ids(call.database, call.app_id, user_id) or UserIds.of_nobody(user_id)


def access_validity_ms(call: Call, asked_ms: int | None) -> int:
    """How long a new access token lives: as asked (CDI 5.6), or as configured less some jitter. Raises BadRequest."""
    configured_ms = call.settings.access_token_validity * 1000
    if asked_ms is not None:
        if not 0 < asked_ms <= configured_ms:
            raise BadRequest(
                "accessTokenValidity must be greater than 0 and at most the configured access_token_validity"
                f" ({configured_ms} ms)"
            )
        return asked_ms
    share = call.services.tokens.below(_JITTER_STEPS) / _JITTER_STEPS
    return int(configured_ms * (1 - call.settings.access_token_validity_jitter * share))


def session_end_ms(call: Call, created_at_ms: int, now_ms: int) -> int:
    """When a session ends that is used now for the last time: its idle limit, but not beyond its absolute one."""
    idle_ms = now_ms + int(call.settings.refresh_token_validity * 60_000)
    absolute = call.settings.session_absolute_lifetime
    return min(idle_ms, created_at_ms + int(absolute * 60_000)) if absolute > 0 else idle_ms


async def _verified(call: Call, presented: Presented) -> AccessToken:
    """The token, once its signature, its expiry and, where needed, its anti-csrf value are found to be good."""
    try:
        unverified = access_token.read(presented.access_token)
        await _check_signature(call, unverified)
    except InvalidAccessToken as error:
        raise Refused("TRY_REFRESH_TOKEN", message=str(error)) from None
    if unverified.expires_at_s * 1000 < call.now_ms():
        raise Refused("TRY_REFRESH_TOKEN", message="Access token expired")
    token = unverified.token
    if presented.needs_anti_csrf:
        if token.anti_csrf is None:
            raise Refused("TRY_REFRESH_TOKEN", message=INCOMPLETE)
        if presented.anti_csrf is None or not equal(token.anti_csrf, presented.anti_csrf):
            raise Refused("TRY_REFRESH_TOKEN", message="anti-csrf check failed")
    return token


async def _check_signature(call: Call, unverified: UnverifiedAccessToken) -> None:
    key = await call.services.signing_keys.find(call.tenant, unverified.key_id)
    if key is None:
        raise InvalidAccessToken("Key not found")
    try:
        key.verify(unverified.jwt.signature(), unverified.jwt.signed)
    except (WrongSignature, MalformedToken):
        raise InvalidAccessToken("Invalid access token: the signature does not match") from None


def _verified_without_writing(token: AccessToken, session: Session | None) -> Verified:
    """CDI 5.6: refreshing alone rotates; a token of a branch that was rotated out is refused."""
    if session is None:
        return Verified(token)
    parent = token.parent_refresh_token_hash_1
    hashes = {sha256_hex(hash_1) for hash_1 in (token.refresh_token_hash_1, parent) if hash_1 is not None}
    if not hashes & {session.current_hash_2, session.previous_hash_2}:
        raise Refused("UNAUTHORISED", message="rotated-out token branch; refresh required")
    return Verified(token, payload_update_available=_payload_differs(token, session))


async def _verified_with_lineage(call: Call, token: AccessToken, session: Session | None) -> Verified:
    """Up to CDI 5.5: promote the token's refresh token if its parent is current, and issue the token anew if it is.

    A token of an older branch stays good until it expires.
    """
    own = sha256_hex(token.refresh_token_hash_1)
    parent_hash_1 = token.parent_refresh_token_hash_1
    parent = None if parent_hash_1 is None else sha256_hex(parent_hash_1)
    now_ms = call.now_ms()
    while True:
        session = session or await store.find(call.database, call.app_id, token.session_handle)
        if session is None:
            raise Refused("UNAUTHORISED", message="Session missing in db")
        if session.current_hash_2 != parent:
            break
        end_ms = session_end_ms(call, session.created_at_ms, now_ms)
        promotion = Rotation(
            session.current_hash_2, own, session.current_hash_2, now_ms, end_ms, session.uses_static_key
        )
        if await store.rotate(call.database, call.app_id, token.session_handle, promotion):
            return await _issued_anew(call, token, session)
        session = None  # another call changed it meanwhile: look again
    if session.current_hash_2 == own or _payload_differs(token, session):
        return await _issued_anew(call, token, session)
    return Verified(token)


async def _issued_anew(call: Call, token: AccessToken, session: Session) -> Verified:
    ids = UserIds(token.recipe_user_id, token.recipe_user_id, token.user_id, token.user_id)
    renewed = _with_session(token, session, ids, is_settled=True)
    now_ms = call.now_ms()
    expires_at_ms = now_ms + call.settings.access_token_validity * 1000
    return Verified(renewed, await _sign(call, renewed, session, now_ms, expires_at_ms))


async def _sign(call: Call, token: AccessToken, session: Session, now_ms: int, expires_at_ms: int) -> SignedAccessToken:
    ring = await call.services.signing_keys.of(call.tenant)
    key = ring.signing_key(call.settings, now_ms, is_dynamic=not session.uses_static_key)
    return access_token.sign(token, key, now_ms, expires_at_ms)


def _with_session(token: AccessToken, session: Session, ids: UserIds, *, is_settled: bool = False) -> AccessToken:
    """The token with the claims that are stored now; settled: without its parent."""
    return AccessToken(
        token.format,
        ids.primary_id,
        ids.id,
        session.tenant_id,
        session.handle,
        token.refresh_token_hash_1,
        None if is_settled else token.parent_refresh_token_hash_1,
        token.anti_csrf,
        session.data_in_jwt,
    )


def _payload_differs(token: AccessToken, session: Session) -> bool:
    return access_token.custom_claims(session.data_in_jwt, token.format) != token.custom
