# SPDX-License-Identifier: Apache-2.0
"""SQL of roles, permissions and who has them."""

from twofold.core.batches import Deletion
from twofold.core.storage.database import Connection, Database
from twofold.core.storage.query import Query

CREATE_ROLE = Query(
    "INSERT INTO roles (app_id, role) VALUES (:app_id, :role) ON CONFLICT (app_id, role) DO NOTHING RETURNING role"
)
# The row is locked against removal until the transaction ends, so that nothing is left to a role that just went.
LOCK_ROLE = Query("SELECT role FROM roles WHERE app_id = :app_id AND role = :role FOR UPDATE")
FIND_ROLE = Query("SELECT role FROM roles WHERE app_id = :app_id AND role = :role")
LIST_ROLES = Query("SELECT role FROM roles WHERE app_id = :app_id ORDER BY role")
DELETE_ROLE = Query("DELETE FROM roles WHERE app_id = :app_id AND role = :role RETURNING role")

ADD_PERMISSION = Query(
    "INSERT INTO role_permissions (app_id, role, permission) VALUES (:app_id, :role, :permission)"
    " ON CONFLICT (app_id, role, permission) DO NOTHING"
)
LIST_PERMISSIONS = Query(
    "SELECT permission FROM role_permissions WHERE app_id = :app_id AND role = :role ORDER BY permission"
)
LIST_ROLES_WITH_PERMISSION = Query(
    "SELECT role FROM role_permissions WHERE app_id = :app_id AND permission = :permission ORDER BY role"
)
DELETE_PERMISSIONS = Query(
    "DELETE FROM role_permissions WHERE app_id = :app_id AND role = :role AND permission IN (:permissions*)"
)
DELETE_ALL_PERMISSIONS = Query("DELETE FROM role_permissions WHERE app_id = :app_id AND role = :role")

GIVE_ROLE = Query(
    "INSERT INTO user_roles (app_id, tenant_id, user_id, role) VALUES (:app_id, :tenant_id, :user_id, :role)"
    " ON CONFLICT (app_id, tenant_id, user_id, role) DO NOTHING RETURNING role"
)
TAKE_ROLE = Query(
    "DELETE FROM user_roles"
    " WHERE app_id = :app_id AND tenant_id = :tenant_id AND user_id = :user_id AND role = :role RETURNING role"
)
LIST_ROLES_OF_USER = Query(
    "SELECT role FROM user_roles WHERE app_id = :app_id AND tenant_id = :tenant_id AND user_id = :user_id ORDER BY role"
)
LIST_USERS_WITH_ROLE = Query(
    "SELECT user_id FROM user_roles WHERE app_id = :app_id AND tenant_id = :tenant_id AND role = :role ORDER BY user_id"
)
TAKE_ROLE_FROM_ALL = Query("DELETE FROM user_roles WHERE app_id = :app_id AND role = :role")
TAKE_ROLE_FROM_MANY = Deletion("user_roles", "user_roles WHERE app_id = :app_id AND role = :role ORDER BY tenant_id")
FIND_ROLE_OF_USER = Query("SELECT role FROM user_roles WHERE app_id = :app_id AND user_id = :user_id LIMIT 1")
FORGET_USER = Query("DELETE FROM user_roles WHERE app_id = :app_id AND user_id = :user_id")
FORGET_USER_IN_TENANT = Query(
    "DELETE FROM user_roles WHERE app_id = :app_id AND tenant_id = :tenant_id AND user_id = :user_id"
)


async def create_role(connection: Connection, app_id: str, role: str) -> bool:
    """Create a role; False when it existed."""
    return await connection.fetch_one(CREATE_ROLE, app_id=app_id, role=role) is not None


async def lock_role(connection: Connection, app_id: str, role: str) -> bool:
    """Whether the role exists; if so, it stays until the transaction ends."""
    return await connection.fetch_one(LOCK_ROLE, app_id=app_id, role=role) is not None


async def role_exists(connection: Connection, app_id: str, role: str) -> bool:
    """Whether the role exists."""
    return await connection.fetch_one(FIND_ROLE, app_id=app_id, role=role) is not None


async def list_roles(connection: Connection, app_id: str) -> list[str]:
    """All roles of an app."""
    return [row["role"] for row in await connection.fetch_all(LIST_ROLES, app_id=app_id)]


async def delete_role(connection: Connection, app_id: str, role: str) -> bool:
    """Delete a role, its permissions, and its assignments in all tenants; False when it did not exist."""
    deleted = await connection.fetch_one(DELETE_ROLE, app_id=app_id, role=role)
    await connection.execute(DELETE_ALL_PERMISSIONS, app_id=app_id, role=role)
    await connection.execute(TAKE_ROLE_FROM_ALL, app_id=app_id, role=role)
    return deleted is not None


async def take_role_from_many(database: Database, app_id: str, role: str) -> None:
    """Take a role away from all who have it now, in batches: a role may be everybody's."""
    await TAKE_ROLE_FROM_MANY.run(database, app_id=app_id, role=role)


async def add_permissions(connection: Connection, app_id: str, role: str, permissions: list[str]) -> None:
    """Add permissions to a role."""
    for permission in permissions:
        await connection.execute(ADD_PERMISSION, app_id=app_id, role=role, permission=permission)


async def list_permissions(connection: Connection, app_id: str, role: str) -> list[str]:
    """The permissions of a role."""
    rows = await connection.fetch_all(LIST_PERMISSIONS, app_id=app_id, role=role)
    return [row["permission"] for row in rows]


async def list_roles_with_permission(connection: Connection, app_id: str, permission: str) -> list[str]:
    """The roles that have a permission."""
    rows = await connection.fetch_all(LIST_ROLES_WITH_PERMISSION, app_id=app_id, permission=permission)
    return [row["role"] for row in rows]


async def delete_permissions(connection: Connection, app_id: str, role: str, permissions: list[str] | None) -> None:
    """Take permissions from a role; None takes all."""
    if permissions is None:
        await connection.execute(DELETE_ALL_PERMISSIONS, app_id=app_id, role=role)
    else:
        await connection.execute(DELETE_PERMISSIONS, app_id=app_id, role=role, permissions=permissions)


async def give_role(connection: Connection, app_id: str, tenant_id: str, user_id: str, role: str) -> bool:
    """Give a role; False when the user had it."""
    given = await connection.fetch_one(GIVE_ROLE, app_id=app_id, tenant_id=tenant_id, user_id=user_id, role=role)
    return given is not None


async def take_role(connection: Connection, app_id: str, tenant_id: str, user_id: str, role: str) -> bool:
    """Take a role away; False when the user did not have it."""
    taken = await connection.fetch_one(TAKE_ROLE, app_id=app_id, tenant_id=tenant_id, user_id=user_id, role=role)
    return taken is not None


async def list_roles_of_user(connection: Connection, app_id: str, tenant_id: str, user_id: str) -> list[str]:
    """The roles that a user has in a tenant."""
    rows = await connection.fetch_all(LIST_ROLES_OF_USER, app_id=app_id, tenant_id=tenant_id, user_id=user_id)
    return [row["role"] for row in rows]


async def list_users_with_role(connection: Connection, app_id: str, tenant_id: str, role: str) -> list[str]:
    """The ids, as they were given, of those who have a role in a tenant."""
    rows = await connection.fetch_all(LIST_USERS_WITH_ROLE, app_id=app_id, tenant_id=tenant_id, role=role)
    return [row["user_id"] for row in rows]


async def has_roles(connection: Connection, app_id: str, user_id: str) -> bool:
    """Whether this id has a role in any tenant."""
    return await connection.fetch_one(FIND_ROLE_OF_USER, app_id=app_id, user_id=user_id) is not None


async def forget_user(connection: Connection, app_id: str, user_id: str) -> None:
    """Take every role of this id away, in all tenants."""
    await connection.execute(FORGET_USER, app_id=app_id, user_id=user_id)


async def forget_user_in_tenant(connection: Connection, app_id: str, tenant_id: str, user_id: str) -> bool:
    """Take every role of this id away in one tenant; whether there was one."""
    return bool(await connection.execute(FORGET_USER_IN_TENANT, app_id=app_id, tenant_id=tenant_id, user_id=user_id))
