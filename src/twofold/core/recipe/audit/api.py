# SPDX-License-Identifier: Apache-2.0
"""The endpoint that reads the audit trail. It is ours: no protocol of others has it."""

import base64
import binascii

from twofold.core._endpoint import Call, Endpoints, Scope
from twofold.core._fields import Json, Long
from twofold.core.errors import BadRequest
from twofold.core.recipe.audit import rules, store
from twofold.core.recipe.audit.actions import Action
from twofold.core.recipe.audit.store import Entry, Filter

MAX_PAGE = 500
_END_OF_TIME_MS = 2**63 - 1
_ALL_ACTIONS = frozenset(Action)

endpoints = Endpoints()


@endpoints.get("/recipe/audit", Scope.APP)
async def list_entries(
    call: Call,
    user_id: list[str] | None = None,
    action: list[str] | None = None,
    actor: str | None = None,
    tenant_id: str | None = None,
    since: Long | None = None,
    limit: int = 100,
    pagination_token: str | None = None,
) -> Json:
    """A page of the trail, newest first. userId and action may be several, separated by commas.

    A person is found under every id that any of its login methods has or had.
    """
    if not 1 <= limit <= MAX_PAGE:
        raise BadRequest(f"limit must be between 1 and {MAX_PAGE}")
    for name in action or ():
        if name not in _ALL_ACTIONS:
            raise BadRequest(f"Unknown action: {name}. There are: {', '.join(Action)}")
    newest_ms, entry_id = (_END_OF_TIME_MS, "") if pagination_token is None else _read_token(pagination_token)
    ids = [one for given in user_id or () for one in await rules.ids_of(call, given)]
    wanted = Filter(newest_ms, entry_id, since or 0, ids or None, action or None, actor, tenant_id)
    found = await store.list_entries(call.database, call.app_id, wanted, limit + 1)
    answer: Json = {"status": "OK", "entries": [_entry_json(entry) for entry in found[:limit]]}
    if len(found) > limit:
        answer["nextPaginationToken"] = _write_token(found[limit])
    return answer


def _entry_json(entry: Entry) -> Json:
    return {
        "id": entry.entry_id,
        "time": entry.recorded_at,
        "tenantId": entry.tenant_id,
        "userId": entry.user_id,
        "actor": entry.actor,
        "action": entry.action,
        "reason": entry.reason,
        "details": entry.details,
    }


def _write_token(entry: Entry) -> str:
    return base64.b64encode(f"{entry.entry_id};{entry.recorded_at}".encode()).decode()


def _read_token(token: str) -> tuple[int, str]:
    try:
        entry_id, _, recorded_at = base64.b64decode(token, validate=True).decode().rpartition(";")
        newest_ms = int(recorded_at)
    except (binascii.Error, ValueError):
        raise BadRequest("invalid pagination token") from None
    if not entry_id or not 0 <= newest_ms < 2**63:
        raise BadRequest("invalid pagination token")
    return newest_ms, entry_id
