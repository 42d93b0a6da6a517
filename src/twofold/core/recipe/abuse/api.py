# SPDX-License-Identifier: Apache-2.0
"""Endpoints of budgets. They are ours: no protocol of others has them."""

from twofold.core._endpoint import Call, Endpoints, Scope
from twofold.core._fields import Json
from twofold.core.errors import BadRequest
from twofold.core.recipe.abuse import rules, sending
from twofold.core.recipe.abuse.sending import Message, Refused
from twofold.core.users.normalise import normalise_email, normalise_phone_number, require_length

MAX_REASON_LENGTH = 1000
OK: Json = {"status": "OK"}

endpoints = Endpoints()


@endpoints.post("/recipe/abuse/sending", Scope.TENANT)
async def take_message(
    call: Call,
    email: str | None = None,
    phone_number: str | None = None,
    user_id: str | None = None,
    client_network: str | None = None,
) -> Json:
    """Ask, before a message is sent, whether it may be; it counts if so. userId: whom it is about, if that is known."""
    if (email is None) == (phone_number is None):
        raise BadRequest("Please provide exactly one of email or phoneNumber")
    address = normalise_email(email) if email is not None else normalise_phone_number(phone_number or "")
    message = Message(address, user_id or "", client_network or "")
    try:
        await sending.take(call.database, call.tenant, message, call.now_ms())
    except Refused as refused:
        return _limited(refused.retry_after_ms)
    return OK


@endpoints.post("/recipe/abuse/existence", Scope.TENANT)
async def take_question(call: Call, client_network: str | None = None) -> Json:
    """Ask, before a client is told whether somebody has an account, whether it may be told; it counts if so."""
    if not call.settings.tell_existence:
        return {"status": "NOT_TOLD"}
    wait_ms = await rules.take_question(call, client_network or "")
    return _limited(wait_ms) if wait_ms else OK


@endpoints.post("/recipe/abuse/unlock", Scope.APP)
async def unlock(call: Call, user_id: str, reason: str = "") -> Json:
    """End every limit on a user; the audit trail tells it, with the reason."""
    require_length("reason", reason, MAX_REASON_LENGTH)
    was_limited = await rules.lift(call, user_id, reason)
    if was_limited is None:
        return {"status": "UNKNOWN_USER_ID_ERROR"}
    return {"status": "OK", "wasLimited": was_limited}


def _limited(retry_after_ms: int) -> Json:
    return {"status": "LIMIT_REACHED_ERROR", "retryAfterMs": retry_after_ms}
