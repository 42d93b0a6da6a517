# SPDX-License-Identifier: Apache-2.0
"""Replacing a session's claims by whoever holds one of its access tokens, which may be older than what is stored.

The claim of completed factors decides what a session opens, so it is not replaced but merged: a caller with a token
from before a factor neither takes it away, nor brings back a verdict that was withdrawn since. Other claims are the
application's, and are replaced as the interface says.
"""

from twofold.core._endpoint import Call
from twofold.core._fields import Json
from twofold.core.recipe.session import store
from twofold.core.recipe.session.access_token import AccessToken
from twofold.core.recipe.session.store import Session
from twofold.core.storage.database import Connection

FACTORS = "st-mfa"
_COMPLETED = "c"


async def replace(call: Call, token: AccessToken, data: Json, now_ms: int) -> Session | None:
    """Replace the claims of the token's session; the session as it is then, None when missing or expired."""
    handle = token.session_handle
    if FACTORS not in token.custom and FACTORS not in data:
        return await store.set_data_in_jwt(call.database, call.app_id, handle, data, now_ms)

    async def merge(tx: Connection) -> Session | None:
        session = await store.lock(tx, call.app_id, handle)
        if session is None:
            return None
        kept = with_factors(session.data_in_jwt, token.custom, data)
        return await store.set_data_in_jwt(tx, call.app_id, handle, kept, now_ms)

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


def _completed(claim: object) -> Json:
    completed = claim.get(_COMPLETED) if isinstance(claim, dict) else None
    return completed if isinstance(completed, dict) else {}
