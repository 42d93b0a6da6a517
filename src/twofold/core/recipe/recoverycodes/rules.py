# SPDX-License-Identifier: Apache-2.0
"""Rules of recovery codes: a user has one set of them, each is right once, and wrong ones are limited.

The codes of a set have one salt, so that one slow hash finds out which of them was typed, if any. Codes are
hashed before a transaction begins, never inside.

Wrong codes are limited for the sake of the hashes alone, so the wait is short: 80 bits are not guessed, and who knows
somebody's password must not be able to close this way in to them for long.
"""

from dataclasses import dataclass, field

from twofold.core._endpoint import Call
from twofold.core.recipe.audit import Action, record
from twofold.core.recipe.recoverycodes import codes, store
from twofold.core.recipe.session.holding import hold
from twofold.core.recipe.totp import store as totp
from twofold.core.storage.database import Connection
from twofold.core.users.model import User
from twofold.core.users.store import find_user_by_any_id

MAX_ATTEMPTS = 10
"""So many wrong codes are looked at in a row; then the user waits."""
COOLDOWN_MS = 15 * 60 * 1000


class NoCodes(Exception):
    """The user has no recovery codes."""


class NoSecondFactor(Exception):
    """The user has no second factor that a recovery code could stand in for."""


@dataclass(frozen=True, slots=True)
class Holder:
    """In the name of which session codes are made. has_other_factor: its user has one that the core cannot know."""

    session_handle: str
    has_other_factor: bool


@dataclass(frozen=True, slots=True)
class CreatedCodes:
    """New codes as people are shown them; they exist nowhere else."""

    codes: list[str] = field(repr=False)
    created_at: int
    replaced: bool


@dataclass(frozen=True, slots=True)
class Verdict:
    """What became of a code. retry_after_ms: it was not looked at, since the limit of wrong codes is reached."""

    is_right: bool
    remaining: int = 0
    failed_attempts: int = 0
    retry_after_ms: int | None = None


async def create(call: Call, user_id: str, count: int, holder: Holder | None = None) -> CreatedCodes:
    """Make a set of codes for a user; those of before are worthless from now on. Costs one slow hash per code.

    holder: None for an application's own reasons. Raises SessionEnded and NoSecondFactor, if there is one.
    """
    drawn = [codes.draw(call.services.tokens) for _ in range(count)]
    hashes = await call.services.passwords.hash_together(drawn, call.settings)
    now_ms = call.now_ms()

    async def replace(tx: Connection) -> bool:
        if holder is not None:
            await hold(tx, call, holder.session_handle, user_id)
            if not holder.has_other_factor and not await has_second_factor(tx, call.app_id, user_id):
                raise NoSecondFactor
        before = await store.find_set(tx, call.app_id, user_id)
        await store.replace_codes(tx, call.app_id, user_id, hashes, now_ms)
        did_replace = before is not None
        details = {"count": count, "didReplace": did_replace}
        await record(tx, call, Action.RECOVERY_CODES_CREATED, user_id, details=details)
        return did_replace

    replaced = await call.database.transaction(replace)
    return CreatedCodes([codes.shown(code) for code in drawn], now_ms, replaced)


async def use(call: Call, user_id: str, text: str) -> Verdict:
    """Use a code up; of any number of callers at once with one code, one is right. Raises NoCodes.

    Costs one slow hash. What cannot be a code at all is wrong without one, and is not counted.
    """
    code = codes.typed(text)
    if code is None:
        if not await store.exists(call.database, call.app_id, user_id):
            raise NoCodes
        return Verdict(False)
    now_ms = call.now_ms()
    attempt = await store.count_attempt(
        call.database,
        call.app_id,
        user_id,
        max_attempts=MAX_ATTEMPTS,
        now_ms=now_ms,
        forget_before=now_ms - COOLDOWN_MS,
    )
    found = await store.find_set(call.database, call.app_id, user_id)
    if found is None:
        raise NoCodes
    if attempt is None:
        return Verdict(False, failed_attempts=MAX_ATTEMPTS, retry_after_ms=found.failed_at + COOLDOWN_MS - now_ms)
    code_hash = await call.services.passwords.hash_like(attempt.hash_sample, code)

    async def consume(tx: Connection) -> Verdict:
        if not await store.use_code(tx, call.app_id, user_id, code_hash):
            if attempt.number == MAX_ATTEMPTS:
                await record(tx, call, Action.ACCOUNT_LOCKED, user_id, details={"factor": "recovery-code"})
            return Verdict(False, failed_attempts=attempt.number)
        left = await store.find_set(tx, call.app_id, user_id)
        remaining = 0 if left is None else left.remaining
        await record(tx, call, Action.RECOVERY_CODE_USED, user_id, details={"remaining": remaining})
        return Verdict(True, remaining=remaining)

    return await call.database.transaction(consume)


async def remove(call: Call, user_id: str) -> bool:
    """Make the codes of a user worthless; whether there were any."""

    async def delete(tx: Connection) -> bool:
        existed = await store.delete(tx, call.app_id, user_id)
        if existed:
            await record(tx, call, Action.RECOVERY_CODES_REMOVED, user_id)
        return existed

    return await call.database.transaction(delete)


async def lift_limits(tx: Connection, app_id: str, user: User) -> bool:
    """Forget the wrong codes of a user; whether there were any."""
    return await store.forget_attempts(tx, app_id, user.id)


async def factors_changed(tx: Connection, app_id: str, user_id: str) -> None:
    """Delete the codes of a user who has no second factor any more: they would open the next one that is set up."""
    if not await has_second_factor(tx, app_id, user_id):
        await store.forget(tx, app_id, user_id)


async def has_second_factor(connection: Connection, app_id: str, user_id: str) -> bool:
    """Whether a user (effective id) has two kinds of proof of those that the core knows."""
    user = await find_user_by_any_id(connection, app_id, user_id)
    has_app = (await totp.have_verified(connection, app_id, [user_id])).get(user_id, False)
    kinds = set() if user is None else _kinds(user)
    return len(kinds) + has_app > 1


def _kinds(user: User) -> set[str]:
    """The kinds of proof that a user's login methods are. Passwords and accounts elsewhere are one: to sign in with.

    Who can be sent a code by mail can be sent a link: one mailbox is no second factor of itself.
    """
    kinds: set[str] = set()
    for method in user.login_methods:
        if method.recipe_id == "passwordless":
            kinds |= {"email"} if method.email is not None else set()
            kinds |= {"phone"} if method.phone_number is not None else set()
        elif method.recipe_id == "webauthn":
            kinds |= {"passkey"} if method.credential_ids else set()
        else:
            kinds.add("account")
    return kinds
