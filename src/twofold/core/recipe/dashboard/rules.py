# SPDX-License-Identifier: Apache-2.0
"""Rules of dashboard users and their sessions. Hashing is done before a transaction begins, never inside."""

import re
from dataclasses import dataclass, replace
from typing import Final, Literal

from twofold.core._endpoint import Call
from twofold.core.recipe.abuse import passwords
from twofold.core.recipe.abuse.guessing import subject_of
from twofold.core.recipe.abuse.passwords import PasswordGuess, Throttled
from twofold.core.recipe.abuse.store import fill, find_all
from twofold.core.recipe.dashboard import store
from twofold.core.recipe.dashboard.store import DashboardSession, DashboardUser
from twofold.core.services import Services
from twofold.core.storage.database import Connection, UniqueViolation
from twofold.core.tokens import sha256_hex

SESSION_LIFETIME_MS: Final = 30 * 24 * 3_600_000
MIN_PASSWORD_LENGTH: Final = 8
PASSWORD_LENGTH_LIMIT: Final = 100

EmailTaken = Literal["EMAIL_ALREADY_EXISTS_ERROR"]
UnknownUser = Literal["UNKNOWN_USER_ERROR"]
EMAIL_TAKEN: Final[EmailTaken] = "EMAIL_ALREADY_EXISTS_ERROR"
UNKNOWN_USER: Final[UnknownUser] = "UNKNOWN_USER_ERROR"


@dataclass(frozen=True, slots=True)
class Who:
    """Names a user by id, or else by e-mail (normalised)."""

    user_id: str | None
    email: str


_EMAIL = re.compile(r"[^@]+@[a-z0-9-]+(?:\.[a-z0-9-]+)*\.[a-z]{2,}")


def is_email(text: str) -> bool:
    """Whether a normalised text can be an e-mail address."""
    return _EMAIL.fullmatch(text) is not None


def weakness(password: str) -> str | None:
    """What is wrong with a new password, as the person who chose it should read it; None when it will do."""
    if len(password) < MIN_PASSWORD_LENGTH:
        return "Password must contain at least 8 characters, including a number"
    if len(password) >= PASSWORD_LENGTH_LIMIT:
        return "Password's length must be lesser than 100 characters"
    if not re.search("[A-Za-z]", password):
        return "Password must contain at least one alphabet"
    if not re.search("[0-9]", password):
        return "Password must contain at least one number"
    return None


async def create_user(call: Call, email: str, password: str) -> DashboardUser | EmailTaken:
    """Create a user with an e-mail (normalised) that nobody else has."""
    password_hash = await call.services.passwords.hash(password, call.settings)
    user = DashboardUser(call.services.tokens.uuid(), email, password_hash, call.now_ms())
    created = await store.create_user(call.database, call.app_id, user)
    return user if created else EMAIL_TAKEN


async def update_user(
    call: Call, who: Who, new_email: str | None, new_password: str | None
) -> DashboardUser | EmailTaken | UnknownUser:
    """Change e-mail (normalised), password or both; what is None stays. A change ends all sessions of the user."""
    password_hash = None if new_password is None else await call.services.passwords.hash(new_password, call.settings)

    async def update(tx: Connection) -> DashboardUser | UnknownUser:
        user = await _lock(tx, call.app_id, who)
        if user is None:
            return UNKNOWN_USER
        changed = replace(user, email=new_email or user.email, password_hash=password_hash or user.password_hash)
        if changed != user:
            await store.update_user(tx, call.app_id, changed)
            await store.delete_sessions_of_user(tx, call.app_id, user.user_id)
            await fill(tx, call.app_id, subject_of("dashboard", user.user_id))
        return changed

    try:
        return await call.database.transaction(update)
    except UniqueViolation:
        return EMAIL_TAKEN


async def delete_user(call: Call, who: Who) -> bool:
    """Delete a user with all sessions; whether there was one."""

    async def delete(tx: Connection) -> bool:
        user = await _lock(tx, call.app_id, who)
        if user is None:
            return False
        await store.delete_user(tx, call.app_id, user.user_id)
        await store.delete_sessions_of_user(tx, call.app_id, user.user_id)
        return True

    return await call.database.transaction(delete)


async def sign_in(call: Call, email: str, password: str, network: str = "") -> str | Throttled | None:
    """The id of a new session, a secret; None alike, and after the same time, for a wrong e-mail or password.

    Throttled, for known and unknown e-mails alike, when too many were wrong: see `abuse/passwords.py`. A password that
    is changed, or a user who is deleted, while this runs leaves no session behind. A hash that is weaker than today's
    settings is replaced.
    """
    hasher = call.services.passwords
    with call.services.under_way.entered(f"{call.app_id} dashboard {email}") as is_alone:
        user = await store.find_by_email(call.database, call.app_id, email)
        subject = subject_of("dashboard", sha256_hex(email) if user is None else user.user_id)
        full_at = await find_all(call.database, call.app_id, subject, passwords.budget_names(network))
        guess = PasswordGuess(call.app_id, subject, network, call.settings, call.now_ms(), full_at)
        throttled = await guess.begin(call.database, is_alone=is_alone)
        if throttled is not None:
            return throttled
        verification = await hasher.verify(None if user is None else user.password_hash, password, call.settings)
        if user is None or not verification:
            await guess.failed(call.database)
            return None
        await guess.succeeded(call.database)
    new_hash = await hasher.hash(password, call.settings) if verification.needs_rehash else user.password_hash
    if (session_id := await _create_session(call, user, new_hash)) is not None:
        return session_id
    return await sign_in(call, email, password, network)  # the user was changed or deleted meanwhile


async def email_of_session(call: Call, session_id: str) -> str | None:
    """Whose session this is; None when it is unknown, ended or expired."""
    return await store.find_email_of_session(call.database, call.app_id, sha256_hex(session_id), call.now_ms())


async def end_session(call: Call, session_id: str) -> None:
    """End a session, named by its id or by the hash that the list of sessions shows. Harmless when it has ended."""
    await store.delete_sessions(call.database, call.app_id, [sha256_hex(session_id), session_id])


async def delete_expired_sessions(services: Services) -> None:
    """Housekeeping: expired sessions are refused anyhow."""
    await store.delete_expired_sessions(services.database, services.clock.now_ms())


async def _create_session(call: Call, user: DashboardUser, new_hash: str) -> str | None:
    session_id, now_ms = call.services.tokens.uuid(), call.now_ms()
    session = DashboardSession(sha256_hex(session_id), user.user_id, now_ms, now_ms + SESSION_LIFETIME_MS)

    async def create(tx: Connection) -> str | None:
        if await store.lock_by_id(tx, call.app_id, user.user_id) != user:
            return None
        if new_hash != user.password_hash:
            await store.update_user(tx, call.app_id, replace(user, password_hash=new_hash))
        await store.create_session(tx, call.app_id, session)
        return session_id

    return await call.database.transaction(create)


async def _lock(tx: Connection, app_id: str, who: Who) -> DashboardUser | None:
    if who.user_id is not None:
        return await store.lock_by_id(tx, app_id, who.user_id)
    return await store.lock_by_email(tx, app_id, who.email)
