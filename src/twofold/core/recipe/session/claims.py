# SPDX-License-Identifier: Apache-2.0
"""Replacing a session's claims by whoever saw them a while ago: what is stored may be newer.

The claim of completed factors decides what a session opens, so it is not replaced but merged: who saw it before a
factor was completed neither takes that factor away, nor brings back a verdict that was withdrawn since. On which
trusted device a session rests the core alone says, see `resting`: that claim stays as it is. Other claims are the
application's, and are replaced as the interface says.
"""

from twofold.core._endpoint import Call
from twofold.core._fields import Json
from twofold.core.recipe.session import store
from twofold.core.recipe.session.store import Session
from twofold.core.storage.database import Connection

FACTORS = "st-mfa"
DEVICE = "st-td"
_COMPLETED = "c"


async def replace(call: Call, handle: str, seen: Json | None, data: Json, now_ms: int) -> Session | None:
    """Replace the claims of a session; the session as it is then, None when missing or expired.

    seen: the claims that the caller changed into these; None when the caller does not say.
    """
    if not {FACTORS, DEVICE} & {*(seen or {}), *data}:
        # Who does not say what they had seen may remove the factors; what they rest on, nobody.
        kept = DEVICE if seen is None else FACTORS
        replaced = await store.set_data_in_jwt(call.database, call.app_id, handle, data, now_ms, without=kept)
        if replaced is not None:
            return replaced

    async def merge(tx: Connection) -> Session | None:
        session = await store.lock(tx, call.app_id, handle)
        if session is None:
            return None
        stored = session.data_in_jwt
        merged = with_newer_factors(stored, data) if seen is None else with_factors(stored, seen, data)
        return await store.set_data_in_jwt(tx, call.app_id, handle, with_device(stored, merged), now_ms)

    return await call.database.transaction(merge)


def with_factors(stored: Json, seen: Json, wanted: Json) -> Json:
    """Return the wanted claims, with the claim of factors as it is after the caller's change of what they had seen."""
    others = {name: value for name, value in wanted.items() if name != FACTORS}
    before, after, now = (claims.get(FACTORS) for claims in (seen, wanted, stored))
    if after == before:
        after = now  # the caller did not mean this claim
    elif isinstance(after, dict) and isinstance(now, dict):
        changed = {name: time for name, time in _completed(after).items() if _completed(before).get(name) != time}
        after = {**after, _COMPLETED: {**_completed(now), **changed}}
    return others if after is None else {**others, FACTORS: after}


def with_device(stored: Json, wanted: Json) -> Json:
    """Return the wanted claims, resting on what the stored ones rest on: without that, ending it would miss them."""
    others = {name: value for name, value in wanted.items() if name != DEVICE}
    return {**others, DEVICE: stored[DEVICE]} if DEVICE in stored else others


def with_newer_factors(stored: Json, wanted: Json) -> Json:
    """`with_factors` for a caller who does not say what they had seen.

    A factor that is new, or newer, was completed by the caller, whose verdict counts. Who lacks one had seen an
    older claim. With the same factors the verdict may be a new or an old one: it must be yes here and there.
    """
    after, now = wanted.get(FACTORS), stored.get(FACTORS)
    if not isinstance(after, dict) or not isinstance(now, dict):
        return wanted
    mine, theirs = _completed(after), _completed(now)
    completed = _latest(mine, theirs)
    if completed != theirs:
        verdict = after.get("v")
    elif completed != mine:
        verdict = now.get("v")
    else:
        verdict = after.get("v") is True and now.get("v") is True
    return {**wanted, FACTORS: {**after, _COMPLETED: completed, "v": verdict}}


def _latest(one: Json, other: Json) -> Json:
    """The factors of both, each with the later of its times; what is no time is none."""
    times = {**one, **other}
    for name in one.keys() & other.keys():
        known = [time for time in (one[name], other[name]) if isinstance(time, int)]
        times[name] = max(known, default=other[name])
    return times


def completed(claims: Json) -> Json:
    """When which factors were completed, as a session's claims say; nothing where they are malformed."""
    return _completed(claims.get(FACTORS))


def _completed(claim: object) -> Json:
    completed = claim.get(_COMPLETED) if isinstance(claim, dict) else None
    return completed if isinstance(completed, dict) else {}
