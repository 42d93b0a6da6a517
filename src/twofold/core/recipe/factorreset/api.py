# SPDX-License-Identifier: Apache-2.0
"""Endpoints of resets of factors. They are ours: no protocol of others has them."""

from typing import Annotated

from twofold.core._endpoint import Call, Endpoints, Scope
from twofold.core._fields import Field, Json
from twofold.core.errors import BadRequest
from twofold.core.recipe.factorreset import rules, store
from twofold.core.recipe.factorreset.removal import RESETTABLE, NothingLeft
from twofold.core.recipe.factorreset.store import Reset
from twofold.core.users.normalise import require_length
from twofold.core.users.store import find_user_ids

MAX_REASON_LENGTH = 1000
MAX_DELAY_MS = 90 * 24 * 3600 * 1000
Reason = Annotated[str, Field("reason", not_blank=True)]
UNKNOWN_USER_ID: Json = {"status": "UNKNOWN_USER_ID_ERROR"}

endpoints = Endpoints()


@endpoints.post("/recipe/factorreset", Scope.TENANT)
async def reset_factors(call: Call, user_id: str, factors: list[str], reason: Reason, after_ms: int = 0) -> Json:
    """Take factors from a user and end all sessions, now or after a delay; then with a token to object with."""
    if not factors or not set(factors) <= set(RESETTABLE):
        raise BadRequest(f"factors must be some of {', '.join(RESETTABLE)}")
    require_length("reason", reason, MAX_REASON_LENGTH)
    if not 0 <= after_ms <= MAX_DELAY_MS:
        raise BadRequest(f"afterMs must be between 0 and {MAX_DELAY_MS}")
    chosen = list(dict.fromkeys(factors))
    try:
        if after_ms == 0:
            await rules.reset_now(call, user_id, chosen, reason)
            return {"status": "OK"}
        waiting = await rules.ask(call, user_id, chosen, reason, after_ms)
    except rules.UnknownUser:
        return UNKNOWN_USER_ID
    except NothingLeft:
        return {"status": "LAST_LOGIN_METHOD_ERROR"}
    return {"status": "OK", "dueAt": waiting.reset.due_at, "objectionToken": waiting.objection_token}


@endpoints.get("/recipe/factorreset", Scope.APP)
async def find_reset(call: Call, user_id: str) -> Json:
    """The reset that waits for a user, if any."""
    waiting = await store.find(call.database, call.app_id, await _person_id(call, user_id))
    return {"status": "OK"} if waiting is None else {"status": "OK", "waiting": _reset_json(waiting)}


@endpoints.post("/recipe/factorreset/cancel", Scope.APP)
async def cancel_reset(call: Call, user_id: str, reason: Reason) -> Json:
    """Cancel the reset that waits for a user."""
    require_length("reason", reason, MAX_REASON_LENGTH)
    was_waiting = await rules.cancel(call, await _person_id(call, user_id), reason)
    return {"status": "OK", "wasWaiting": was_waiting}


@endpoints.post("/recipe/factorreset/object", Scope.APP)
async def object_to_reset(call: Call, token: str) -> Json:
    """Cancel the reset that a user was told of by mail."""
    return {"status": "OK"} if await rules.object_to(call, token) else {"status": "INVALID_TOKEN_ERROR"}


async def _person_id(call: Call, user_id: str) -> str:
    ids = await find_user_ids(call.database, call.app_id, user_id)
    return user_id if ids is None else ids.primary_id


def _reset_json(reset: Reset) -> Json:
    return {
        "userId": reset.user_id,
        "factors": reset.factors,
        "reason": reset.reason,
        "actor": reset.actor,
        "requestedAt": reset.requested_at,
        "dueAt": reset.due_at,
    }
