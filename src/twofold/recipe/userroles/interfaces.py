# SPDX-License-Identifier: Apache-2.0
"""What overrides get and return, and what the functions answer."""

from twofold.types.config import BaseOverrideConfig
from twofold.types.recipe import BaseAPIInterface

from .functions import Functions
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

__all__ = [
    "APIInterface",
    "AddRoleToUserOkResult",
    "CreateNewRoleOrAddPermissionsOkResult",
    "DeleteRoleOkResult",
    "GetAllRolesOkResult",
    "GetPermissionsForRoleOkResult",
    "GetRolesForUserOkResult",
    "GetRolesThatHavePermissionOkResult",
    "GetUsersThatHaveRoleOkResult",
    "InputOverrideConfig",
    "RecipeInterface",
    "RemovePermissionsFromRoleOkResult",
    "RemoveUserRoleOkResult",
    "UnknownRoleError",
    "UserRolesOverrideConfig",
]

RecipeInterface = Functions


class APIInterface(BaseAPIInterface):
    """User roles have no HTTP APIs."""


UserRolesOverrideConfig = BaseOverrideConfig[RecipeInterface, APIInterface]
InputOverrideConfig = UserRolesOverrideConfig
