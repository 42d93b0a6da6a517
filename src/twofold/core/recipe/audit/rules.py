# SPDX-License-Identifier: Apache-2.0
"""Rules of the audit trail: who writes it, and for how long it is kept."""

from collections.abc import Mapping
from typing import Any, Final

from twofold.core._endpoint import Call
from twofold.core.recipe.audit import store
from twofold.core.recipe.audit.actions import Action
from twofold.core.recipe.audit.store import Entry
from twofold.core.services import Services
from twofold.core.storage.database import Connection
from twofold.core.users.store import find_user_by_any_id, find_user_ids

APPLICATION: Final = "application"
"""Who did it, where the caller does not say who: the application, for its user or on its own."""
DAY_MS = 24 * 3600 * 1000


async def record(
    tx: Connection,
    call: Call,
    action: Action,
    user_id: str,
    *,
    reason: str = "",
    details: Mapping[str, Any] | None = None,
) -> None:
    """Write what is being done to a user, in the transaction that does it.

    Args:
        tx: the transaction of the change; both are there, or neither.
        call: the call that asks for the change: whose app, which tenant, who acts.
        action: what is done.
        user_id: whom it concerns: any id of the person, who must be there still, or any string that is no user's id.
        reason: why, in the words of who acts.
        details: what `Action` names beside the action. Never a secret, an address or a phone number.
    """
    ids = await find_user_ids(tx, call.app_id, user_id)
    person_id = user_id if ids is None else ids.primary_id
    about_method = {} if person_id == user_id else {"recipeUserId": user_id}
    entry = Entry(
        call.services.tokens.uuid(),
        call.now_ms(),
        call.tenant_id,
        person_id,
        call.actor or APPLICATION,
        action,
        reason,
        {**about_method, **(details or {})},
    )
    await store.add(tx, call.app_id, entry)


async def ids_of(call: Call, user_id: str) -> set[str]:
    """Every id that entries about the person with this id may be under."""
    user = await find_user_by_any_id(call.database, call.app_id, user_id)
    return {user_id} if user is None else {user_id, *user.every_id}


async def delete_old(services: Services) -> None:
    """Housekeeping: delete what is older than the setting `audit_retention_days` says; 0 keeps everything."""
    days = services.settings.audit_retention_days
    if days:
        await store.delete_old(services.database, services.clock.now_ms() - days * DAY_MS)
