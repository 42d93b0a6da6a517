# SPDX-License-Identifier: Apache-2.0
"""What the APIs of the dashboard answer about users, and to those who sign in."""

from dataclasses import dataclass, field
from typing import Any, ClassVar, Literal

from twofold._wire import Json, wire
from twofold.recipe.session.types import SessionInformationResult
from twofold.types.base import RecipeUserId, User
from twofold.types.response import APIResponse


@dataclass
class UserWithMetadata:
    """A user, with the names that their metadata has."""

    user: User
    first_name: str | None = None
    last_name: str | None = None

    def to_json(self) -> Json:
        """Return the user's JSON, and both names, null where there is none."""
        return {**self.user.to_json(), "firstName": self.first_name, "lastName": self.last_name}


class SessionInfo:
    """A session as the dashboard lists it."""

    def __init__(self, info: SessionInformationResult) -> None:
        self.session_handle = info.session_handle
        self.user_id = info.user_id
        self.session_data_in_database = info.session_data_in_database
        self.expiry = info.expiry
        self.access_token_payload = info.custom_claims_in_access_token_payload
        self.time_created = info.time_created
        self.tenant_id = info.tenant_id

    def to_json(self) -> Json:
        """Return what is shown."""
        return {
            "sessionHandle": self.session_handle,
            "userId": self.user_id,
            "sessionDataInDatabase": self.session_data_in_database,
            "expiry": self.expiry,
            "accessTokenPayload": self.access_token_payload,
            "timeCreated": self.time_created,
        }


@dataclass
class OkResponse(APIResponse):
    """Done."""

    status: ClassVar[Literal["OK"]] = "OK"


# Each of these says no more than that; the names are those of the published interface.
AnalyticsResponse = OkResponse
SignOutOK = OkResponse
UserDeleteAPIResponse = OkResponse
UserEmailVerifyPutAPIResponse = OkResponse
UserEmailVerifyTokenPostAPIOkResponse = OkResponse
UserMetadataPutAPIResponse = OkResponse
UserPasswordPutAPIResponse = OkResponse
UserPutAPIOkResponse = OkResponse
UserSessionsPostAPIResponse = OkResponse


@dataclass
class SignInOkResponse(APIResponse):
    """A session of the dashboard has begun; its repr hides the session's id."""

    status: ClassVar[Literal["OK"]] = "OK"
    session_id: str = field(repr=False)


@dataclass
class InvalidCredentialsError(APIResponse):
    """The address or the password is wrong."""

    status: ClassVar[Literal["INVALID_CREDENTIALS_ERROR"]] = "INVALID_CREDENTIALS_ERROR"


@dataclass
class UserSuspendedError(APIResponse):
    """The account of the dashboard is locked."""

    status: ClassVar[Literal["USER_SUSPENDED_ERROR"]] = "USER_SUSPENDED_ERROR"
    message: str


@dataclass
class FeatureNotEnabledError(APIResponse):
    """The recipe that this needs is not in the application's list."""

    status: ClassVar[Literal["FEATURE_NOT_ENABLED_ERROR"]] = "FEATURE_NOT_ENABLED_ERROR"


@dataclass
class SearchTagsOK(APIResponse):
    """What users can be searched by."""

    status: ClassVar[Literal["OK"]] = "OK"
    tags: list[str]


@dataclass
class DashboardUsersGetResponse(APIResponse):
    """A page of users; no token on the last one."""

    status: ClassVar[Literal["OK"]] = "OK"
    users: list[UserWithMetadata]
    next_pagination_token: str | None = field(metadata=wire(keep_none=True))


@dataclass
class UserCountGetAPIResponse(APIResponse):
    """How many users the tenant has."""

    status: ClassVar[Literal["OK"]] = "OK"
    count: int


@dataclass
class UserGetAPIOkResponse(APIResponse):
    """The user."""

    status: ClassVar[Literal["OK"]] = "OK"
    user: UserWithMetadata


@dataclass
class UserGetAPINoUserFoundError(APIResponse):
    """There is no such user."""

    status: ClassVar[Literal["NO_USER_FOUND_ERROR"]] = "NO_USER_FOUND_ERROR"


@dataclass
class UserMetadataGetAPIOkResponse(APIResponse):
    """The user's metadata, whole."""

    status: ClassVar[Literal["OK"]] = "OK"
    data: dict[str, Any]


@dataclass
class UserSessionsGetAPIResponse(APIResponse):
    """The user's sessions."""

    status: ClassVar[Literal["OK"]] = "OK"
    sessions: list[SessionInfo]


@dataclass
class UserEmailVerifyGetAPIResponse(APIResponse):
    """Whether the login method's address is verified."""

    status: ClassVar[Literal["OK"]] = "OK"
    is_verified: bool


@dataclass
class UserEmailVerifyTokenPostAPIEmailAlreadyVerifiedErrorResponse(APIResponse):
    """There is nothing to verify."""

    status: ClassVar[Literal["EMAIL_ALREADY_VERIFIED_ERROR"]] = "EMAIL_ALREADY_VERIFIED_ERROR"


@dataclass
class UserPasswordPutAPIInvalidPasswordErrorResponse(APIResponse):
    """The new password is not good enough."""

    status: ClassVar[Literal["INVALID_PASSWORD_ERROR"]] = "INVALID_PASSWORD_ERROR"
    error: str


@dataclass
class UserPutAPIEmailAlreadyExistsErrorResponse(APIResponse):
    """Somebody else has the address."""

    status: ClassVar[Literal["EMAIL_ALREADY_EXISTS_ERROR"]] = "EMAIL_ALREADY_EXISTS_ERROR"


@dataclass
class UserPutAPIInvalidEmailErrorResponse(APIResponse):
    """The address is none."""

    status: ClassVar[Literal["INVALID_EMAIL_ERROR"]] = "INVALID_EMAIL_ERROR"
    error: str


@dataclass
class UserPutAPIEmailChangeNotAllowedErrorResponse(APIResponse):
    """The login method may not have this address."""

    status: ClassVar[Literal["EMAIL_CHANGE_NOT_ALLOWED_ERROR"]] = "EMAIL_CHANGE_NOT_ALLOWED_ERROR"
    error: str


@dataclass
class UserPutPhoneAlreadyExistsAPIResponse(APIResponse):
    """Somebody else has the phone number."""

    status: ClassVar[Literal["PHONE_ALREADY_EXISTS_ERROR"]] = "PHONE_ALREADY_EXISTS_ERROR"


@dataclass
class UserPutAPIInvalidPhoneErrorResponse(APIResponse):
    """The phone number is none."""

    status: ClassVar[Literal["INVALID_PHONE_ERROR"]] = "INVALID_PHONE_ERROR"
    error: str


@dataclass
class UserPutAPIPhoneNumberChangeNotAllowedErrorResponse(APIResponse):
    """The login method may not have this phone number."""

    status: ClassVar[Literal["PHONE_NUMBER_CHANGE_NOT_ALLOWED_ERROR"]] = "PHONE_NUMBER_CHANGE_NOT_ALLOWED_ERROR"
    error: str


@dataclass
class CreateUserOkResponse(APIResponse):
    """The user has the login method."""

    status: ClassVar[Literal["OK"]] = "OK"
    user: User
    recipe_user_id: RecipeUserId
    created_new_recipe_user: bool | None = None


@dataclass
class EmailValidationError(APIResponse):
    """The address is none."""

    status: ClassVar[Literal["EMAIL_VALIDATION_ERROR"]] = "EMAIL_VALIDATION_ERROR"
    message: str


@dataclass
class PasswordValidationError(APIResponse):
    """The password is not good enough."""

    status: ClassVar[Literal["PASSWORD_VALIDATION_ERROR"]] = "PASSWORD_VALIDATION_ERROR"
    message: str


@dataclass
class PhoneValidationError(APIResponse):
    """The phone number is none."""

    status: ClassVar[Literal["PHONE_VALIDATION_ERROR"]] = "PHONE_VALIDATION_ERROR"
    message: str
