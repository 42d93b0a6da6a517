# SPDX-License-Identifier: Apache-2.0
"""Rules of resets: at once, or after a delay in which the user may object.

A reset that waits is cancelled by the operator, by the user's objection, and by a sign-in with one of the factors that
were said to be lost. Whoever deletes its row first decides; the job that carries it out is one of them.
"""

import logging
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

import msgspec

from twofold.core._endpoint import Call
from twofold.core._fields import Json
from twofold.core.recipe.audit import Action, record
from twofold.core.recipe.factorreset import store
from twofold.core.recipe.factorreset.removal import RESETTABLE, NothingLeft, remove
from twofold.core.recipe.factorreset.store import Reset
from twofold.core.services import Services
from twofold.core.storage.database import Connection
from twofold.core.tenancy.directory import UnknownTenant
from twofold.core.tokens import sha256_hex
from twofold.core.users import store as users_store
from twofold.core.users.model import User
from twofold.core.version import NEWEST

BATCH = 100
A_MOMENT_MS = 5 * 60 * 1000
_PROOFS: Final = frozenset(RESETTABLE) - {"recovery-code", "trusted-device"}

logger = logging.getLogger("twofold.core")


class UnknownUser(Exception):
    """There is no such user."""


@dataclass(frozen=True, slots=True)
class Waiting:
    """A reset that was stored, and the token to object with, which exists nowhere else."""

    reset: Reset
    objection_token: str = field(repr=False)


async def reset_now(call: Call, user_id: str, factors: list[str], reason: str) -> None:
    """Take factors from a user, end all sessions, and record it. Raises UnknownUser, NothingLeft."""

    async def reset(tx: Connection) -> None:
        user = await _locked(tx, call, user_id)
        await store.forget(tx, call.app_id, user.id)
        await _carry_out(tx, call, user, factors, reason)

    await call.database.transaction(reset)


async def ask(call: Call, user_id: str, factors: list[str], reason: str, after_ms: int) -> Waiting:
    """Store a reset that takes effect after a delay, in place of one that waits already. Raises UnknownUser."""
    tokens, now_ms = call.services.tokens, call.now_ms()
    token = tokens.link_token()

    async def put(tx: Connection) -> Reset:
        user = await _locked(tx, call, user_id)
        reset = Reset(
            app_id=call.app_id,
            user_id=user.id,
            reset_id=tokens.uuid(),
            tenant_id=call.tenant_id,
            factors=factors,
            reason=reason,
            actor=call.actor,
            requested_at=now_ms,
            due_at=now_ms + after_ms,
        )
        await store.put(tx, reset, sha256_hex(token))
        details = {"factors": factors, "dueAt": reset.due_at}
        await record(tx, call, Action.FACTOR_RESET_REQUESTED, user.id, reason=reason, details=details)
        return reset

    return Waiting(await call.database.transaction(put), token)


async def cancel(call: Call, user_id: str, reason: str) -> bool:
    """Cancel what waits for a user (effective id); whether there was anything."""

    async def forget(tx: Connection) -> Reset | None:
        taken = await store.take_of_user(tx, call.app_id, user_id)
        await _record_cancelled(tx, call, taken, reason)
        return taken

    return await call.database.transaction(forget) is not None


async def object_to(call: Call, token: str) -> bool:
    """Cancel the reset that a mail told its user of; False when the token is unknown, or it is too late."""

    async def forget(tx: Connection) -> Reset | None:
        taken = await store.take_by_objection(tx, call.app_id, sha256_hex(token))
        await _record_cancelled(tx, _by(call, "user"), taken, "the user objected")
        return taken

    return await call.database.transaction(forget) is not None


async def signed_in(call: Call, user_id: str, claims: Mapping[str, Any]) -> None:
    """Cancel what waits for a user (any id) who has just completed a factor that was said to be lost.

    claims: that a session has now. Only those that tell of a factor of a moment ago are worth a look into the database.
    """
    completed = _completed_at_ms(claims)
    if not any(time > call.now_ms() - A_MOMENT_MS for time in completed.values()):
        return
    ids = await users_store.find_user_ids(call.database, call.app_id, user_id)
    waiting = None if ids is None else await store.find(call.database, call.app_id, ids.primary_id)
    if waiting is None or not any(completed.get(factor, 0) >= waiting.requested_at for factor in waiting.factors):
        return
    await cancel(_by(call, "user"), waiting.user_id, "the user signed in with a factor that was to be reset")


async def run_due(services: Services) -> None:
    """Housekeeping: carry out what is due. Each is done once, on however many nodes this runs."""
    for reset in await store.list_due(services.database, services.clock.now_ms(), BATCH):
        try:
            tenant = await services.tenants.find(reset.app_id, reset.tenant_id)
        except UnknownTenant:
            continue  # it is being deleted, and its rows with it
        call = Call(services, tenant, NEWEST, reset.tenant_id, {}, is_operator=True, actor=reset.actor)
        await _run(call, reset)


async def _run(call: Call, reset: Reset) -> None:
    async def carry_out(tx: Connection) -> None:
        if not await store.take(tx, reset):
            return
        user = await users_store.lock_user(tx, call.app_id, reset.user_id)
        if user is not None:
            await _carry_out(tx, call, user, reset.factors, reset.reason)

    try:
        await call.database.transaction(carry_out)
    except NothingLeft:
        logger.warning("a reset of factors was cancelled: its user would have had no way to sign in")
        await cancel(call, reset.user_id, "the user would have had no way to sign in")


async def _carry_out(tx: Connection, call: Call, user: User, factors: list[str], reason: str) -> None:
    await record(tx, call, Action.FACTOR_RESET_DONE, user.id, reason=reason, details={"factors": factors})
    await remove(tx, call, user, factors)


async def _locked(tx: Connection, call: Call, user_id: str) -> User:
    user = await users_store.lock_user(tx, call.app_id, user_id)
    if user is None:
        raise UnknownUser
    return user


async def _record_cancelled(tx: Connection, call: Call, taken: Reset | None, reason: str) -> None:
    if taken is not None:
        details: Json = {"factors": taken.factors}
        await record(tx, call, Action.FACTOR_RESET_CANCELLED, taken.user_id, reason=reason, details=details)


def _by(call: Call, actor: str) -> Call:
    """The same call, by somebody else."""
    return msgspec.structs.replace(call, actor=actor)


def _completed_at_ms(claims: Mapping[str, Any]) -> dict[str, int]:
    """When the session completed the factors that prove something, if it has all that it needs.

    The claim has whole seconds: a factor counts as completed at the end of its second.
    """
    claim = claims.get("st-mfa")
    if not isinstance(claim, dict) or claim.get("v") is not True or not isinstance(claim.get("c"), dict):
        return {}
    times = claim["c"].items()
    return {factor: (time + 1) * 1000 for factor, time in times if factor in _PROOFS and isinstance(time, int)}
