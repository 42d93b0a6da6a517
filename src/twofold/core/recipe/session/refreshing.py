# SPDX-License-Identifier: Apache-2.0
"""Refreshing: which refresh tokens are good, when they replace each other, and when one was stolen.

Two families of clients share the rows. Up to CDI 5.5 a new token waits as a child until it or its access token is used
(*lazy*), so a client whose answer was lost asks again with the old one. From CDI 5.6 on the new token is current at
once (*eager*), and the old one is still accepted for a grace period.

Every change is one UPDATE under the condition that the row is still as it was when the decision was made; who loses,
looks again and decides anew.
"""

from twofold.core._endpoint import Call
from twofold.core._record import Record
from twofold.core.recipe.session import access_token, refresh_token, store
from twofold.core.recipe.session.access_token import AccessToken
from twofold.core.recipe.session.lineage import REUSE_SUBTYPES, Standing, standing
from twofold.core.recipe.session.refresh_token import Body, InvalidRefreshToken, RefreshToken
from twofold.core.recipe.session.rules import Issued, Refused, access_validity_ms, resolve, session_end_ms
from twofold.core.recipe.session.store import Rotation, Session
from twofold.core.recipe.trusteddevices import store as trusted_devices
from twofold.core.signing import KeyRing
from twofold.core.tokens import equal
from twofold.core.users.last_active import touch_last_active_of
from twofold.core.users.model import UserIds
from twofold.core.version import V5_6


class Wish(Record, frozen=True):
    """A refresh that is asked for. uses_static_key: None keeps the session's kind of key."""

    refresh_token: str
    anti_csrf: str | None
    enable_anti_csrf: bool
    uses_static_key: bool | None
    access_token_validity_ms: int | None


class _Attempt(Record, frozen=True):
    """A refresh while it is decided: the token that was presented, and the one that may replace it."""

    call: Call
    presented: RefreshToken
    child: RefreshToken
    uses_static_key: bool | None
    now_ms: int

    @property
    def handle(self) -> str:
        return self.presented.body.session_handle

    def rotation(self, session: Session, *, current: RefreshToken, previous: str) -> Rotation:
        return Rotation(
            seen_current=session.current_hash_2,
            current=current.hash_2,
            previous=previous,
            now_ms=self.now_ms,
            expires_at_ms=session_end_ms(self.call, session.created_at_ms, self.now_ms),
            uses_static_key=self.key_kind(session),
        )

    def key_kind(self, session: Session) -> bool:
        return session.uses_static_key if self.uses_static_key is None else self.uses_static_key


async def refresh(call: Call, wish: Wish) -> Issued:
    """Answer a refresh token with a new pair of tokens.

    Raises Refused: UNAUTHORISED, TOKEN_THEFT_DETECTED.
    """
    validity_ms = access_validity_ms(call, wish.access_token_validity_ms)
    ring = await call.services.signing_keys.of(call.tenant)
    attempt = _attempt(call, wish, ring)
    session, ids = await _find(attempt)
    is_eager = call.version >= V5_6
    await (_rotate_eagerly if is_eager else _rotate_lazily)(attempt, session)
    await touch_last_active_of(call.database, call.app_id, ids, attempt.now_ms)
    access = AccessToken(
        access_token.format_for(call.version),
        ids.primary_id,
        session.user_id,
        session.tenant_id,
        session.handle,
        attempt.child.hash_1,
        None if is_eager else attempt.presented.hash_1,
        attempt.child.body.anti_csrf,
        session.data_in_jwt,
    )
    key = ring.signing_key(call.settings, attempt.now_ms, is_dynamic=not attempt.key_kind(session))
    signed = access_token.sign(access, key, attempt.now_ms, attempt.now_ms + validity_ms)
    ends_ms = session_end_ms(call, session.created_at_ms, attempt.now_ms)
    return Issued(access, signed, attempt.child, ends_ms, attempt.now_ms)


def _attempt(call: Call, wish: Wish, ring: KeyRing) -> _Attempt:
    try:
        presented = refresh_token.read(ring.refresh_key, wish.refresh_token)
    except InvalidRefreshToken:
        raise Refused("UNAUTHORISED", message="Invalid refresh token") from None
    body = presented.body
    needs_anti_csrf = wish.enable_anti_csrf and body.anti_csrf is not None
    if needs_anti_csrf and not equal(body.anti_csrf or "", wish.anti_csrf or ""):
        raise Refused("UNAUTHORISED", message="Anti CSRF token missing, or not matching")
    tokens = call.services.tokens
    anti_csrf = tokens.uuid() if wish.enable_anti_csrf else None
    child_body = Body(body.session_handle, body.user_id, body.tenant_id, presented.hash_1, anti_csrf)
    child = refresh_token.write(ring.refresh_key, tokens, child_body)
    return _Attempt(call, presented, child, wish.uses_static_key, call.now_ms())


async def _find(attempt: _Attempt) -> tuple[Session, UserIds]:
    """The session that has neither been idle for too long nor is too old, and whose it is. Raises Refused."""
    call, now_ms = attempt.call, attempt.now_ms
    found = await store.find_with_user(call.database, call.app_id, attempt.handle)
    if found is None or found[0].expires_at_ms < now_ms or _is_too_old(call, found[0], now_ms):
        raise Refused("UNAUTHORISED", message="Session missing in db or has expired")
    return found


def _is_too_old(call: Call, session: Session, now_ms: int) -> bool:
    """Whether the absolute limit is over; also one that was lowered since the session was last extended."""
    limit_ms = int(call.settings.session_absolute_lifetime * 60_000)
    return 0 < limit_ms < now_ms - session.created_at_ms


async def _rotate_lazily(attempt: _Attempt, session: Session) -> None:
    """Accept the current token as often as it comes; promote a child of it. Raises Refused."""
    call = attempt.call
    while True:
        match _standing(attempt, session):
            case Standing.CURRENT:
                if attempt.key_kind(session) != session.uses_static_key:
                    await store.set_key_kind(
                        call.database, call.app_id, session.handle, uses_static_key=attempt.key_kind(session)
                    )
                return
            case Standing.CHILD_OF_CURRENT:
                promotion = attempt.rotation(session, current=attempt.presented, previous=session.current_hash_2)
                if await store.rotate(call.database, call.app_id, session.handle, promotion):
                    return
            case _:
                raise await _theft(attempt, session)
        session, _ = await _find(attempt)


async def _rotate_eagerly(attempt: _Attempt, session: Session) -> None:
    """Replace the current token at once; within the grace period also for the one before. Raises Refused."""
    call = attempt.call
    grace_since_ms = attempt.now_ms - call.settings.refresh_token_rotation_grace_period * 1000
    while True:
        found = _standing(attempt, session)
        rotation = attempt.rotation(session, current=attempt.child, previous=attempt.presented.hash_2)
        is_in_grace = session.rotated_at_ms is not None and session.rotated_at_ms >= grace_since_ms
        if found in (Standing.CURRENT, Standing.CHILD_OF_CURRENT):
            if await store.rotate(call.database, call.app_id, session.handle, rotation):
                return
        elif found is Standing.PREVIOUS and is_in_grace:
            if await store.rotate_again(call.database, call.app_id, session.handle, rotation, grace_since_ms):
                return
        else:
            raise await _reuse(attempt, session, REUSE_SUBTYPES[found])
        session, _ = await _find(attempt)


def _standing(attempt: _Attempt, session: Session) -> Standing:
    presented = attempt.presented
    return standing(presented.hash_2, presented.parent_hash_2, session.current_hash_2, session.previous_hash_2)


async def _theft(attempt: _Attempt, session: Session, **details: str) -> Refused:
    call = attempt.call
    ids = await resolve(call, session.user_id)
    # Whoever stole the refresh token from a browser may have taken what it is trusted by as well.
    await trusted_devices.forget(call.database, call.app_id, ids.primary_id)
    whose = {"handle": session.handle, "userId": ids.primary_id, "recipeUserId": session.user_id}
    return Refused("TOKEN_THEFT_DETECTED", session=whose, **details)


async def _reuse(attempt: _Attempt, session: Session, subtype: str) -> Refused:
    """End the session: a token that was displaced came back. It can never become good again, whoever else rotates."""
    call = attempt.call
    await store.delete(call.database, call.app_id, [session.handle], attempt.now_ms)
    is_recent = subtype != REUSE_SUBTYPES[Standing.STALE]
    if is_recent and call.settings.recent_token_reuse_behaviour == "UNAUTHORISED":
        return Refused("UNAUTHORISED", message="refresh token reuse detected", recentTokenReuseSubtype=subtype)
    return await _theft(attempt, session, recentTokenReuseSubtype=subtype)
