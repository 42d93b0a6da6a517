# SPDX-License-Identifier: Apache-2.0
"""APIs of roles and permissions. Without the recipe of roles, each answers `FEATURE_NOT_ENABLED_ERROR`."""

from twofold.recipe._api import ApiCall, api
from twofold.recipe.userroles import types
from twofold.recipe.userroles.recipe import UserRolesRecipe
from twofold.types.base import UserContext
from twofold.types.recipe import BaseAPIInterface

from .access import API
from .results import FeatureNotEnabledError

ROLES = f"{API}/userroles"


async def require_roles(_call: ApiCall) -> FeatureNotEnabledError | None:
    """Answer instead of the API when the application has no roles."""
    return FeatureNotEnabledError() if UserRolesRecipe.get_or_none() is None else None


class RoleAPIs(BaseAPIInterface):
    """One method per HTTP API; each may be overridden or disabled."""

    disable_roles_get: bool = False
    disable_role_put: bool = False
    disable_role_delete: bool = False
    disable_permissions_get: bool = False
    disable_permissions_remove_put: bool = False
    disable_user_roles_get: bool = False
    disable_user_role_put: bool = False
    disable_user_role_delete: bool = False

    @api("GET", f"{ROLES}/roles", prepare=require_roles)
    @api("GET", f"{ROLES}/role", prepare=require_roles)
    async def roles_get(self, user_context: UserContext) -> types.GetAllRolesOkResult:
        """Return every role."""
        return await UserRolesRecipe.get().functions.get_all_roles(user_context)

    @api("PUT", f"{ROLES}/role", prepare=require_roles)
    async def role_put(
        self, role: str, permissions: list[str], user_context: UserContext
    ) -> types.CreateNewRoleOrAddPermissionsOkResult:
        """Make sure that a role exists and has these permissions; it keeps those it has."""
        functions = UserRolesRecipe.get().functions
        return await functions.create_new_role_or_add_permissions(role, permissions, user_context)

    @api("DELETE", f"{ROLES}/role", prepare=require_roles)
    async def role_delete(self, role: str, user_context: UserContext) -> types.DeleteRoleOkResult:
        """Delete a role and take it from everybody."""
        return await UserRolesRecipe.get().functions.delete_role(role, user_context)

    @api("GET", f"{ROLES}/role/permissions", prepare=require_roles)
    @api("PUT", f"{ROLES}/role/permissions", prepare=require_roles)
    async def permissions_get(
        self, role: str, user_context: UserContext
    ) -> types.GetPermissionsForRoleOkResult | types.UnknownRoleError:
        """Return a role's permissions. The published interface has it under both methods."""
        return await UserRolesRecipe.get().functions.get_permissions_for_role(role, user_context)

    @api("PUT", f"{ROLES}/role/permissions/remove", prepare=require_roles)
    async def permissions_remove_put(
        self, role: str, permissions: list[str], user_context: UserContext
    ) -> types.RemovePermissionsFromRoleOkResult | types.UnknownRoleError:
        """Take permissions from a role."""
        return await UserRolesRecipe.get().functions.remove_permissions_from_role(role, permissions, user_context)

    @api("GET", f"{ROLES}/user/roles", prepare=require_roles)
    async def user_roles_get(
        self, user_id: str, tenant_id: str, user_context: UserContext
    ) -> types.GetRolesForUserOkResult:
        """Return a user's roles on the tenant."""
        return await UserRolesRecipe.get().functions.get_roles_for_user(user_id, tenant_id, user_context)

    @api("PUT", f"{ROLES}/user/roles", prepare=require_roles)
    async def user_role_put(
        self, user_id: str, role: str, tenant_id: str, user_context: UserContext
    ) -> types.AddRoleToUserOkResult | types.UnknownRoleError:
        """Give a user a role on the tenant."""
        return await UserRolesRecipe.get().functions.add_role_to_user(user_id, role, tenant_id, user_context)

    @api("DELETE", f"{ROLES}/user/roles", prepare=require_roles)
    async def user_role_delete(
        self, user_id: str, role: str, tenant_id: str, user_context: UserContext
    ) -> types.RemoveUserRoleOkResult | types.UnknownRoleError:
        """Take a role from a user on the tenant."""
        return await UserRolesRecipe.get().functions.remove_user_role(user_id, role, tenant_id, user_context)
