# SPDX-License-Identifier: Apache-2.0
"""Results of the user functions of `twofold.asyncio` and `twofold.syncio`."""

from dataclasses import dataclass, field
from typing import ClassVar, Literal

from twofold._wire import wire

UserIDTypes = Literal["SUPERTOKENS", "EXTERNAL", "ANY"]


@dataclass
class CreateUserIdMappingOkResult:
    """The external id is now the user's id everywhere."""

    status: ClassVar[Literal["OK"]] = "OK"


@dataclass
class UnknownSupertokensUserIDError:
    """There is no user with this id."""

    status: ClassVar[Literal["UNKNOWN_SUPERTOKENS_USER_ID_ERROR"]] = "UNKNOWN_SUPERTOKENS_USER_ID_ERROR"


@dataclass
class UserIdMappingAlreadyExistsError:
    """One of the two ids is mapped already; the members say which."""

    status: ClassVar[Literal["USER_ID_MAPPING_ALREADY_EXISTS_ERROR"]] = "USER_ID_MAPPING_ALREADY_EXISTS_ERROR"
    does_super_tokens_user_id_exist: bool
    does_external_user_id_exist: bool


@dataclass
class GetUserIdMappingOkResult:
    """Both ids of a user, and what was stored beside the external one."""

    status: ClassVar[Literal["OK"]] = "OK"
    supertokens_user_id: str = field(metadata=wire("superTokensUserId"))
    external_user_id: str
    external_user_info: str | None = field(default=None, metadata=wire("externalUserIdInfo"))


@dataclass
class UnknownMappingError:
    """The id is not mapped."""

    status: ClassVar[Literal["UNKNOWN_MAPPING_ERROR"]] = "UNKNOWN_MAPPING_ERROR"


@dataclass
class DeleteUserIdMappingOkResult:
    """The id is not mapped any more."""

    status: ClassVar[Literal["OK"]] = "OK"
    did_mapping_exist: bool


@dataclass
class UpdateOrDeleteUserIdMappingInfoOkResult:
    """The information beside the external id was replaced or deleted."""

    status: ClassVar[Literal["OK"]] = "OK"
