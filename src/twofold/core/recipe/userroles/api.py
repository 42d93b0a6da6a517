# SPDX-License-Identifier: Apache-2.0
"""Endpoints of roles and permissions."""

from typing import Annotated

from twofold.core._endpoint import Call, Endpoints, Scope
from twofold.core._fields import Field, Json
from twofold.core.errors import BadRequest
from twofold.core.recipe.userroles import rules, store
from twofold.core.users.normalise import MAX_USER_ID_LENGTH, require_length

Role = Annotated[str, Field("role", not_blank=True)]
Permission = Annotated[str, Field("permission", not_blank=True)]
UNKNOWN_ROLE: Json = {"status": "UNKNOWN_ROLE_ERROR"}
MAX_NAME_LENGTH = 255

endpoints = Endpoints()


@endpoints.put("/recipe/role", Scope.APP)
async def create_role(call: Call, role: Role, permissions: list[str] | None = None) -> Json:
    """Create a role, or add permissions to it."""
    names = _names(permissions or [])
    _check_length("role", role)
    created = await rules.create_role_or_add_permissions(call.database, call.app_id, role, names)
    return {"status": "OK", "createdNewRole": created}


@endpoints.get("/recipe/role/permissions", Scope.APP)
async def get_permissions(call: Call, role: Role) -> Json:
    """The permissions of a role."""
    permissions = await rules.permissions_of_role(call.database, call.app_id, role)
    return UNKNOWN_ROLE if permissions is None else {"status": "OK", "permissions": permissions}


@endpoints.post("/recipe/role/permissions/remove", Scope.APP)
async def remove_permissions(call: Call, role: Role, permissions: list[str] | None = None) -> Json:
    """Take permissions from a role; all, when none are named."""
    names = None if permissions is None else _names(permissions)
    existed = await rules.remove_permissions(call.database, call.app_id, role, names)
    return {"status": "OK"} if existed else UNKNOWN_ROLE


@endpoints.get("/recipe/permission/roles", Scope.APP)
async def get_roles_with_permission(call: Call, permission: Permission) -> Json:
    """The roles that have a permission."""
    roles = await store.list_roles_with_permission(call.database, call.app_id, permission)
    return {"status": "OK", "roles": roles}


@endpoints.post("/recipe/role/remove", Scope.APP)
async def delete_role(call: Call, role: Role) -> Json:
    """Delete a role and take it from everyone."""
    return {"status": "OK", "didRoleExist": await rules.delete_role(call.database, call.app_id, role)}


@endpoints.get("/recipe/roles", Scope.APP)
async def list_roles(call: Call) -> Json:
    """All roles."""
    return {"status": "OK", "roles": await store.list_roles(call.database, call.app_id)}


@endpoints.put("/recipe/user/role", Scope.TENANT)
async def give_role(call: Call, user_id: str, role: Role) -> Json:
    """Give a role to a user, in one tenant."""
    require_length("userId", user_id, MAX_USER_ID_LENGTH)
    is_new = await rules.give_role(call, user_id, role)
    return UNKNOWN_ROLE if is_new is None else {"status": "OK", "didUserAlreadyHaveRole": not is_new}


@endpoints.post("/recipe/user/role/remove", Scope.TENANT)
async def take_role(call: Call, user_id: str, role: Role) -> Json:
    """Take a role from a user, in one tenant."""
    had = await rules.take_role(call, user_id, role)
    return UNKNOWN_ROLE if had is None else {"status": "OK", "didUserHaveRole": had}


@endpoints.get("/recipe/user/roles", Scope.TENANT)
async def get_roles_of_user(call: Call, user_id: str) -> Json:
    """The roles of a user in one tenant."""
    return {
        "status": "OK",
        "roles": await store.list_roles_of_user(call.database, call.app_id, call.tenant_id, user_id),
    }


@endpoints.get("/recipe/role/users", Scope.TENANT)
async def get_users_with_role(call: Call, role: Role) -> Json:
    """Who has a role in one tenant."""
    users = await rules.users_with_role(call.database, call.app_id, call.tenant_id, role)
    return UNKNOWN_ROLE if users is None else {"status": "OK", "users": users}


def _names(permissions: list[str]) -> list[str]:
    names = [permission.strip() for permission in permissions]
    if "" in names:
        raise BadRequest("Field name 'permissions' cannot contain an empty string")
    for name in names:
        _check_length("permissions", name)
    return names


def _check_length(field: str, name: str) -> None:
    if len(name) > MAX_NAME_LENGTH:
        raise BadRequest(f"Field name '{field}' may have at most {MAX_NAME_LENGTH} characters")
