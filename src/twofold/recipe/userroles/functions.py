# SPDX-License-Identifier: Apache-2.0
"""What can be done with roles and permissions; each may be overridden."""

from twofold._core_client import CoreClient
from twofold._wire import outcome
from twofold.types.base import UserContext
from twofold.types.recipe import BaseRecipeInterface

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


class Functions(BaseRecipeInterface):
    """The functions on the core."""

    def __init__(self, client: CoreClient) -> None:
        self.client = client

    async def add_role_to_user(
        self, user_id: str, role: str, tenant_id: str, user_context: UserContext
    ) -> AddRoleToUserOkResult | UnknownRoleError:
        """Give a user a role on a tenant; having it already is fine. Sessions learn of it when the claim is fetched."""
        body = {"userId": user_id, "role": role}
        answer = await self.client.put("/recipe/user/role", tenant_id, body, user_context)
        return outcome(answer, AddRoleToUserOkResult, UnknownRoleError)

    async def remove_user_role(
        self, user_id: str, role: str, tenant_id: str, user_context: UserContext
    ) -> RemoveUserRoleOkResult | UnknownRoleError:
        """Take a role from a user on a tenant. Sessions learn of it when the claim is fetched."""
        body = {"userId": user_id, "role": role}
        answer = await self.client.post("/recipe/user/role/remove", tenant_id, body, user_context)
        return outcome(answer, RemoveUserRoleOkResult, UnknownRoleError)

    async def get_roles_for_user(
        self, user_id: str, tenant_id: str, user_context: UserContext
    ) -> GetRolesForUserOkResult:
        """Return a user's roles on a tenant."""
        answer = await self.client.get("/recipe/user/roles", tenant_id, {"userId": user_id}, user_context)
        return outcome(answer, GetRolesForUserOkResult)

    async def get_users_that_have_role(
        self, role: str, tenant_id: str, user_context: UserContext
    ) -> GetUsersThatHaveRoleOkResult | UnknownRoleError:
        """Return the ids of the users who have a role on a tenant."""
        answer = await self.client.get("/recipe/role/users", tenant_id, {"role": role}, user_context)
        return outcome(answer, GetUsersThatHaveRoleOkResult, UnknownRoleError)

    async def create_new_role_or_add_permissions(
        self, role: str, permissions: list[str], user_context: UserContext
    ) -> CreateNewRoleOrAddPermissionsOkResult:
        """Make sure that a role exists and has these permissions; it keeps those it has."""
        body = {"role": role, "permissions": permissions}
        answer = await self.client.put("/recipe/role", None, body, user_context)
        return outcome(answer, CreateNewRoleOrAddPermissionsOkResult)

    async def get_permissions_for_role(
        self, role: str, user_context: UserContext
    ) -> GetPermissionsForRoleOkResult | UnknownRoleError:
        """Return a role's permissions."""
        answer = await self.client.get("/recipe/role/permissions", None, {"role": role}, user_context)
        return outcome(answer, GetPermissionsForRoleOkResult, UnknownRoleError)

    async def remove_permissions_from_role(
        self, role: str, permissions: list[str], user_context: UserContext
    ) -> RemovePermissionsFromRoleOkResult | UnknownRoleError:
        """Take permissions from a role."""
        body = {"role": role, "permissions": permissions}
        answer = await self.client.post("/recipe/role/permissions/remove", None, body, user_context)
        return outcome(answer, RemovePermissionsFromRoleOkResult, UnknownRoleError)

    async def get_roles_that_have_permission(
        self, permission: str, user_context: UserContext
    ) -> GetRolesThatHavePermissionOkResult:
        """Return every role that has a permission."""
        answer = await self.client.get("/recipe/permission/roles", None, {"permission": permission}, user_context)
        return outcome(answer, GetRolesThatHavePermissionOkResult)

    async def delete_role(self, role: str, user_context: UserContext) -> DeleteRoleOkResult:
        """Delete a role and take it from everybody, on every tenant."""
        answer = await self.client.post("/recipe/role/remove", None, {"role": role}, user_context)
        return outcome(answer, DeleteRoleOkResult)

    async def get_all_roles(self, user_context: UserContext) -> GetAllRolesOkResult:
        """Return every role."""
        return outcome(await self.client.get("/recipe/roles", None, {}, user_context), GetAllRolesOkResult)
