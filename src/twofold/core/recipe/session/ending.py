# SPDX-License-Identifier: Apache-2.0
"""Rules of the end of sessions: which a user has, and ending some or all of them."""

from collections import Counter

from twofold.core._endpoint import Call
from twofold.core.recipe.audit import Action, record
from twofold.core.recipe.session import store
from twofold.core.recipe.session.rules import resolve
from twofold.core.recipe.trusteddevices import store as trusted_devices
from twofold.core.storage.database import Connection
from twofold.core.users.last_active import touch_last_active_of
from twofold.core.users.store import find_user_by_any_id


async def list_handles(call: Call, user_id: str, *, all_tenants: bool, linked: bool) -> list[str]:
    """The sessions of a login method, or (linked) of the whole person, in the call's tenant or in all."""
    user_ids = await _stored_ids(call, user_id, linked=linked)
    tenant_id = None if all_tenants else call.tenant_id
    return await store.list_of_user(call.database, call.app_id, tenant_id, user_ids, call.now_ms())


async def end_of_user(call: Call, user_id: str, *, all_tenants: bool, linked: bool) -> list[str]:
    """End the sessions that `list_handles` lists, and there the trust in the devices of their user.

    What an operator ends is recorded; a user who signs out is nobody's business.
    """
    user_ids = await _stored_ids(call, user_id, linked=linked)
    ids = await resolve(call, user_id)

    async def end(tx: Connection) -> list[str]:
        tenant_id = None if all_tenants else call.tenant_id
        ended = await store.delete_of_user(tx, call.app_id, tenant_id, user_ids, call.now_ms())
        # Last: a session in whose name a device is being trusted made us wait, so that the device is there by now.
        if all_tenants:
            await trusted_devices.forget(tx, call.app_id, ids.primary_id)
        else:
            await trusted_devices.forget_in_tenant(tx, call.app_id, call.tenant_id, ids.primary_id)
        if call.actor:
            await record(tx, call, Action.SESSIONS_REVOKED, user_id, details={"count": len(ended)})
        return ended

    ended = await call.database.transaction(end)
    await touch_last_active_of(call.database, call.app_id, ids, call.now_ms())
    return ended


async def end(call: Call, handles: list[str]) -> list[str]:
    """End sessions of any tenant by their handles; returns those that were there."""
    if not call.actor:
        return await store.delete(call.database, call.app_id, handles, call.now_ms())

    async def end_and_record(tx: Connection) -> list[str]:
        found = [await store.find_with_user(tx, call.app_id, handle) for handle in dict.fromkeys(handles)]
        ended = Counter(ids.primary_id for _session, ids in filter(None, found))
        for user_id, count in ended.items():
            await record(tx, call, Action.SESSIONS_REVOKED, user_id, details={"count": count})
        return await store.delete(tx, call.app_id, handles, call.now_ms())

    return await call.database.transaction(end_and_record)


async def _stored_ids(call: Call, user_id: str, *, linked: bool) -> frozenset[str]:
    """Every id under which sessions of a user may be stored; the given one always."""
    user = await find_user_by_any_id(call.database, call.app_id, user_id)
    if user is None:
        return frozenset({user_id})
    if linked:
        return user.every_id | {user_id}
    method = user.method(user_id)
    return frozenset({user_id} if method is None else {user_id, method.internal_id, method.id})
