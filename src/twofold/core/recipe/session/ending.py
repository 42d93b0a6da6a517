# SPDX-License-Identifier: Apache-2.0
"""Rules of the end of sessions: which a user has, and ending some or all of them."""

from collections import Counter

from twofold.core._endpoint import Call
from twofold.core.recipe.audit import Action, record
from twofold.core.recipe.session import store
from twofold.core.recipe.trusteddevices import store as trusted_devices
from twofold.core.storage.database import Connection
from twofold.core.users.last_active import touch_last_active, touch_last_active_of_user
from twofold.core.users.model import User
from twofold.core.users.store import find_user_by_any_id, lock_user


async def list_handles(call: Call, user_id: str, *, all_tenants: bool, linked: bool) -> list[str]:
    """The sessions of a login method, or (linked) of the whole person, in the call's tenant or in all."""
    user = await find_user_by_any_id(call.database, call.app_id, user_id)
    user_ids = _stored_ids(user, user_id, linked=linked)
    tenant_id = None if all_tenants else call.tenant_id
    return await store.list_of_user(call.database, call.app_id, tenant_id, user_ids, call.now_ms())


async def end_of_user(call: Call, user_id: str, *, all_tenants: bool, linked: bool) -> list[str]:
    """End the sessions that `list_handles` lists, and there the trust in the devices of their user.

    What an operator ends is recorded; a user who signs out is nobody's business.
    """

    async def end(tx: Connection) -> tuple[User | None, list[str]]:
        # First: who trusts a device in the name of a session has the lock, so that the device is there by now.
        user = await lock_user(tx, call.app_id, user_id)
        owner_id = user_id if user is None else user.id
        if all_tenants:
            await trusted_devices.forget(tx, call.app_id, owner_id)
        else:
            await trusted_devices.forget_in_tenant(tx, call.app_id, call.tenant_id, owner_id)
        tenant_id = None if all_tenants else call.tenant_id
        user_ids = _stored_ids(user, user_id, linked=linked)
        ended = await store.delete_of_user(tx, call.app_id, tenant_id, user_ids, call.now_ms())
        if call.actor:
            await record(tx, call, Action.SESSIONS_REVOKED, user_id, details={"count": len(ended)})
        return user, ended

    user, ended = await call.database.transaction(end)
    if user is None:
        await touch_last_active(call.database, call.app_id, user_id, call.now_ms())
    else:
        await touch_last_active_of_user(call.database, call.app_id, user, call.now_ms())
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


def _stored_ids(user: User | None, user_id: str, *, linked: bool) -> frozenset[str]:
    """Every id under which sessions of the user with this id may be stored; the given one always."""
    if user is None:
        return frozenset({user_id})
    if linked:
        return user.every_id | {user_id}
    method = user.method(user_id)
    return frozenset({user_id} if method is None else {user_id, method.internal_id, method.id})
