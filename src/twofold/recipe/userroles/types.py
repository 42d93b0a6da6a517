# SPDX-License-Identifier: Apache-2.0
"""Configuration and results of user roles."""

from dataclasses import dataclass
from typing import ClassVar, Literal


@dataclass
class AddRoleToUserOkResult:
    """The user has the role now."""

    status: ClassVar[Literal["OK"]] = "OK"
    did_user_already_have_role: bool


@dataclass
class UnknownRoleError:
    """There is no such role."""

    status: ClassVar[Literal["UNKNOWN_ROLE_ERROR"]] = "UNKNOWN_ROLE_ERROR"


@dataclass
class RemoveUserRoleOkResult:
    """The user does not have the role any more."""

    status: ClassVar[Literal["OK"]] = "OK"
    did_user_have_role: bool


@dataclass
class GetRolesForUserOkResult:
    """The user's roles on the tenant."""

    status: ClassVar[Literal["OK"]] = "OK"
    roles: list[str]


@dataclass
class GetUsersThatHaveRoleOkResult:
    """Ids of the users who have the role on the tenant."""

    status: ClassVar[Literal["OK"]] = "OK"
    users: list[str]


@dataclass
class CreateNewRoleOrAddPermissionsOkResult:
    """The role exists and has the permissions."""

    status: ClassVar[Literal["OK"]] = "OK"
    created_new_role: bool


@dataclass
class GetPermissionsForRoleOkResult:
    """The role's permissions."""

    status: ClassVar[Literal["OK"]] = "OK"
    permissions: list[str]


@dataclass
class RemovePermissionsFromRoleOkResult:
    """The role does not have the permissions any more."""

    status: ClassVar[Literal["OK"]] = "OK"


@dataclass
class GetRolesThatHavePermissionOkResult:
    """Every role that has the permission."""

    status: ClassVar[Literal["OK"]] = "OK"
    roles: list[str]


@dataclass
class DeleteRoleOkResult:
    """The role does not exist any more, and nobody has it."""

    status: ClassVar[Literal["OK"]] = "OK"
    did_role_exist: bool


@dataclass
class GetAllRolesOkResult:
    """Every role."""

    status: ClassVar[Literal["OK"]] = "OK"
    roles: list[str]
