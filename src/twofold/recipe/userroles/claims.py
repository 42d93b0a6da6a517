# SPDX-License-Identifier: Apache-2.0
"""The claims that carry a user's roles and permissions in the session."""

from typing import Any

from twofold.recipe.session.claims import PrimitiveArrayClaim
from twofold.types.base import RecipeUserId, UserContext

from .recipe import UserRolesRecipe
from .types import GetPermissionsForRoleOkResult


class UserRoleClaimClass(PrimitiveArrayClaim[str]):
    """The user's roles on the session's tenant."""

    def __init__(self) -> None:
        super().__init__("st-role", _roles)


class PermissionClaimClass(PrimitiveArrayClaim[str]):
    """The permissions of all these roles, each once."""

    def __init__(self) -> None:
        super().__init__("st-perm", _permissions)


async def _roles(
    user_id: str,
    _recipe_user_id: RecipeUserId,
    tenant_id: str,
    _current_payload: dict[str, Any],
    user_context: UserContext,
) -> list[str]:
    found = await UserRolesRecipe.get().functions.get_roles_for_user(user_id, tenant_id, user_context)
    return found.roles


async def _permissions(
    user_id: str,
    _recipe_user_id: RecipeUserId,
    tenant_id: str,
    _current_payload: dict[str, Any],
    user_context: UserContext,
) -> list[str]:
    functions = UserRolesRecipe.get().functions
    permissions: dict[str, None] = {}
    for role in (await functions.get_roles_for_user(user_id, tenant_id, user_context)).roles:
        found = await functions.get_permissions_for_role(role, user_context)
        # A role deleted in the meantime has no permissions.
        if isinstance(found, GetPermissionsForRoleOkResult):
            permissions.update(dict.fromkeys(found.permissions))
    return list(permissions)


UserRoleClaim = UserRoleClaimClass()
PermissionClaim = PermissionClaimClass()
