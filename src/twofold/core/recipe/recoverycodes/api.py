# SPDX-License-Identifier: Apache-2.0
"""Endpoints of recovery codes. They are ours: no protocol of others has them."""

from twofold.core._endpoint import Call, Endpoints, Scope
from twofold.core._fields import Json
from twofold.core.errors import BadRequest
from twofold.core.recipe.recoverycodes import rules, store
from twofold.core.recipe.recoverycodes.rules import Holder, NoCodes, NoSecondFactor
from twofold.core.recipe.session.holding import SessionEnded
from twofold.core.users.normalise import require_user_id

MAX_COUNT = 20

endpoints = Endpoints()


@endpoints.post("/recipe/recoverycodes", Scope.APP)
async def create_codes(
    call: Call, user_id: str, count: int, session_handle: str | None = None, has_other_factor: bool = False
) -> Json:
    """Make a set of codes, told here and never again; those of before are worthless."""
    require_user_id(user_id)
    if not 1 <= count <= MAX_COUNT:
        raise BadRequest(f"count must be between 1 and {MAX_COUNT}")
    holder = None if session_handle is None else Holder(session_handle, has_other_factor)
    try:
        created = await rules.create(call, user_id, count, holder)
    except SessionEnded:
        return {"status": "UNAUTHORISED"}
    except NoSecondFactor:
        return {"status": "NO_SECOND_FACTOR_ERROR"}
    return {"status": "OK", "codes": created.codes, "createdAt": created.created_at, "didReplace": created.replaced}


@endpoints.get("/recipe/recoverycodes", Scope.APP)
async def count_codes(call: Call, user_id: str) -> Json:
    """How many codes a user was given, and has left (0 of 0 without any), and whether there is a factor to be lost."""
    require_user_id(user_id)
    found = await store.find_set(call.database, call.app_id, user_id)
    answer: Json = {
        "status": "OK",
        "total": 0 if found is None else found.size,
        "remaining": 0 if found is None else found.remaining,
        "hasSecondFactor": await rules.has_second_factor(call.database, call.app_id, user_id),
    }
    return answer if found is None else answer | {"createdAt": found.created_at}


@endpoints.post("/recipe/recoverycodes/consume", Scope.APP)
async def consume_code(call: Call, user_id: str, code: str) -> Json:
    """Use a code up."""
    require_user_id(user_id)
    try:
        verdict = await rules.use(call, user_id, code)
    except NoCodes:
        return {"status": "NO_RECOVERY_CODES_ERROR"}
    if verdict.is_right:
        return {"status": "OK", "remaining": verdict.remaining}
    if verdict.retry_after_ms is not None:
        return {"status": "LIMIT_REACHED_ERROR", "retryAfterMs": verdict.retry_after_ms}
    return {
        "status": "INVALID_RECOVERY_CODE_ERROR",
        "currentNumberOfFailedAttempts": verdict.failed_attempts,
        "maxNumberOfFailedAttempts": rules.MAX_ATTEMPTS,
    }


@endpoints.post("/recipe/recoverycodes/remove", Scope.APP)
async def remove_codes(call: Call, user_id: str) -> Json:
    """Make all codes of a user worthless."""
    require_user_id(user_id)
    return {"status": "OK", "didCodesExist": await rules.remove(call, user_id)}
