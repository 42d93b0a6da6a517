# SPDX-License-Identifier: Apache-2.0
"""Roles and permissions for async code."""

from twofold._user_context import filled
from twofold.types.base import UserContext

from .functions import Functions
from .recipe import UserRolesRecipe
from .types import (
    AddRoleToUserOkResult,
    CreateNewRoleOrAddPermissionsOkResult,
    DeleteRoleOkResult,
    GetAllRolesOkResult,
    GetPermissionsForRoleOkResult,
    GetRolesForUserOkResult,
    GetRolesThatHavePermissionOkResult,
    GetUsersThatHaveRoleOkResult,
    RemovePermissionsFromRoleOkResult,
    RemoveUserRoleOkResult,
    UnknownRoleError,
)


async def add_role_to_user(
    tenant_id: str, user_id: str, role: str, user_context: UserContext | None = None
) -> AddRoleToUserOkResult | UnknownRoleError:
    """Give a user a role on a tenant; having it already is fine. Sessions learn of it when the claim is fetched."""
    return await _functions().add_role_to_user(user_id, role, tenant_id, filled(user_context))


async def remove_user_role(
    tenant_id: str, user_id: str, role: str, user_context: UserContext | None = None
) -> RemoveUserRoleOkResult | UnknownRoleError:
    """Take a role from a user on a tenant. Sessions learn of it when the claim is fetched."""
    return await _functions().remove_user_role(user_id, role, tenant_id, filled(user_context))


async def get_roles_for_user(
    tenant_id: str, user_id: str, user_context: UserContext | None = None
) -> GetRolesForUserOkResult:
    """Return a user's roles on a tenant."""
    return await _functions().get_roles_for_user(user_id, tenant_id, filled(user_context))


async def get_users_that_have_role(
    tenant_id: str, role: str, user_context: UserContext | None = None
) -> GetUsersThatHaveRoleOkResult | UnknownRoleError:
    """Return the ids of the users who have a role on a tenant."""
    return await _functions().get_users_that_have_role(role, tenant_id, filled(user_context))


async def create_new_role_or_add_permissions(
    role: str, permissions: list[str], user_context: UserContext | None = None
) -> CreateNewRoleOrAddPermissionsOkResult:
    """Make sure that a role exists and has these permissions; it keeps those it has."""
    return await _functions().create_new_role_or_add_permissions(role, permissions, filled(user_context))


async def get_permissions_for_role(
    role: str, user_context: UserContext | None = None
) -> GetPermissionsForRoleOkResult | UnknownRoleError:
    """Return a role's permissions."""
    return await _functions().get_permissions_for_role(role, filled(user_context))


async def remove_permissions_from_role(
    role: str, permissions: list[str], user_context: UserContext | None = None
) -> RemovePermissionsFromRoleOkResult | UnknownRoleError:
    """Take permissions from a role."""
    return await _functions().remove_permissions_from_role(role, permissions, filled(user_context))


async def get_roles_that_have_permission(
    permission: str, user_context: UserContext | None = None
) -> GetRolesThatHavePermissionOkResult:
    """Return every role that has a permission."""
    return await _functions().get_roles_that_have_permission(permission, filled(user_context))


async def delete_role(role: str, user_context: UserContext | None = None) -> DeleteRoleOkResult:
    """Delete a role and take it from everybody, on every tenant."""
    return await _functions().delete_role(role, filled(user_context))


async def get_all_roles(user_context: UserContext | None = None) -> GetAllRolesOkResult:
    """Return every role."""
    return await _functions().get_all_roles(filled(user_context))


def _functions() -> Functions:
    return UserRolesRecipe.get().functions
