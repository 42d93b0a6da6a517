# SPDX-License-Identifier: Apache-2.0
"""Rules of roles. None stands for an unknown role, which callers are told as a status."""

from twofold.core._endpoint import Call
from twofold.core.recipe.audit import Action, record
from twofold.core.recipe.userroles import store
from twofold.core.storage.database import Connection, Database


async def create_role_or_add_permissions(database: Database, app_id: str, role: str, permissions: list[str]) -> bool:
    """Create a role or add to it, both or nothing; True when it is new."""

    async def create(tx: Connection) -> bool:
        created = await store.create_role(tx, app_id, role)
        await store.add_permissions(tx, app_id, role, permissions)
        return created

    return await database.transaction(create)


async def permissions_of_role(connection: Connection, app_id: str, role: str) -> list[str] | None:
    """The permissions of a role; None when there is no such role."""
    if not await store.role_exists(connection, app_id, role):
        return None
    return await store.list_permissions(connection, app_id, role)


async def remove_permissions(database: Database, app_id: str, role: str, permissions: list[str] | None) -> bool:
    """Take the given permissions, or all, from a role; False when there is no such role."""

    async def remove(tx: Connection) -> bool:
        if not await store.lock_role(tx, app_id, role):
            return False
        await store.delete_permissions(tx, app_id, role, permissions)
        return True

    return await database.transaction(remove)


async def delete_role(database: Database, app_id: str, role: str) -> bool:
    """Delete a role with all its assignments; False when it did not exist."""
    await store.take_role_from_many(database, app_id, role)
    return await database.transaction(lambda tx: store.delete_role(tx, app_id, role))


async def give_role(call: Call, user_id: str, role: str) -> bool | None:
    """Give a role; True when it is new to the user, None when there is no such role."""

    async def give(tx: Connection) -> bool | None:
        if not await store.lock_role(tx, call.app_id, role):
            return None
        is_new = await store.give_role(tx, call.app_id, call.tenant_id, user_id, role)
        if is_new:
            await record(tx, call, Action.ROLE_GIVEN, user_id, details={"role": role})
        return is_new

    return await call.database.transaction(give)


async def take_role(call: Call, user_id: str, role: str) -> bool | None:
    """Take a role away; True when the user had it, None when there is no such role."""

    async def take(tx: Connection) -> bool | None:
        if not await store.role_exists(tx, call.app_id, role):
            return None
        had = await store.take_role(tx, call.app_id, call.tenant_id, user_id, role)
        if had:
            await record(tx, call, Action.ROLE_TAKEN, user_id, details={"role": role})
        return had

    return await call.database.transaction(take)


async def users_with_role(connection: Connection, app_id: str, tenant_id: str, role: str) -> list[str] | None:
    """Who has a role in a tenant; None when there is no such role."""
    if not await store.role_exists(connection, app_id, role):
        return None
    return await store.list_users_with_role(connection, app_id, tenant_id, role)
