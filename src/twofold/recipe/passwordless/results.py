# SPDX-License-Identifier: Apache-2.0
"""What the functions and the APIs of the passwordless recipe answer."""

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, ClassVar, Literal

from twofold._wire import Json, fields_from_json, fields_to_json, wire
from twofold.types.base import RecipeUserId, User
from twofold.types.response import APIResponse

from .contact import FlowType

if TYPE_CHECKING:
    from twofold.recipe.session.interfaces import SessionContainer


@dataclass(repr=False)
class CreateCodeOkResult:
    """A code was made. It has no repr that shows it: send it, do not log it. Times are in milliseconds."""

    status: ClassVar[Literal["OK"]] = "OK"
    pre_auth_session_id: str
    code_id: str
    device_id: str
    user_input_code: str
    link_code: str
    code_life_time: int = field(metadata=wire("codeLifetime"))
    time_created: int


@dataclass(repr=False)
class CreateNewCodeForDeviceOkResult:
    """Another code was made for a sign-in that was begun; earlier ones still work."""

    status: ClassVar[Literal["OK"]] = "OK"
    pre_auth_session_id: str
    code_id: str
    device_id: str
    user_input_code: str
    link_code: str
    code_life_time: int = field(metadata=wire("codeLifetime"))
    time_created: int


@dataclass
class CreateNewCodeForDeviceRestartFlowError:
    """There is no such sign-in any more."""

    status: ClassVar[Literal["RESTART_FLOW_ERROR"]] = "RESTART_FLOW_ERROR"


@dataclass
class CreateNewCodeForDeviceUserInputCodeAlreadyUsedError:
    """The sign-in has this code already; choose another."""

    status: ClassVar[Literal["USER_INPUT_CODE_ALREADY_USED_ERROR"]] = "USER_INPUT_CODE_ALREADY_USED_ERROR"


@dataclass
class ConsumedDevice:
    """The sign-in that a right code belonged to."""

    pre_auth_session_id: str
    failed_code_input_attempt_count: int
    email: str | None = None
    phone_number: str | None = None

    @staticmethod
    def from_json(json: Json) -> "ConsumedDevice":
        """Return the sign-in that the core describes.

        Raises:
            WireError: a member is missing or has another type.
        """
        return fields_from_json(ConsumedDevice, json)

    def to_json(self) -> Json:
        """Return the sign-in as the core describes it."""
        return fields_to_json(self)


@dataclass
class ConsumeCodeOkResult:
    """The code was right, and is used up. The contact counts as verified."""

    status: ClassVar[Literal["OK"]] = "OK"
    created_new_recipe_user: bool = field(metadata=wire("createdNewUser"))
    user: User
    recipe_user_id: RecipeUserId
    consumed_device: ConsumedDevice


@dataclass
class ConsumeCodeIncorrectUserInputCodeError:
    """The code is wrong; so many wrong ones were tried, out of so many."""

    status: ClassVar[Literal["INCORRECT_USER_INPUT_CODE_ERROR"]] = "INCORRECT_USER_INPUT_CODE_ERROR"
    failed_code_input_attempt_count: int
    maximum_code_input_attempts: int


@dataclass
class ConsumeCodeExpiredUserInputCodeError:
    """The code was right once; it counts as a wrong one."""

    status: ClassVar[Literal["EXPIRED_USER_INPUT_CODE_ERROR"]] = "EXPIRED_USER_INPUT_CODE_ERROR"
    failed_code_input_attempt_count: int
    maximum_code_input_attempts: int


@dataclass
class ConsumeCodeRestartFlowError:
    """Nothing can be done with this sign-in any more: it is unknown, used, or was tried too often."""

    status: ClassVar[Literal["RESTART_FLOW_ERROR"]] = "RESTART_FLOW_ERROR"


@dataclass
class CheckCodeOkResult(APIResponse):
    """The code is right, and still usable."""

    status: ClassVar[Literal["OK"]] = "OK"
    consumed_device: ConsumedDevice


class CheckCodeIncorrectUserInputCodeError(ConsumeCodeIncorrectUserInputCodeError):
    """The code is wrong; it counts."""


class CheckCodeExpiredUserInputCodeError(ConsumeCodeExpiredUserInputCodeError):
    """The code was right once; it counts as a wrong one."""


class CheckCodeRestartFlowError(ConsumeCodeRestartFlowError):
    """Nothing can be done with this sign-in any more."""


@dataclass
class UpdateUserOkResult:
    """The login method was changed."""

    status: ClassVar[Literal["OK"]] = "OK"


@dataclass
class UpdateUserUnknownUserIdError:
    """There is no such passwordless login method."""

    status: ClassVar[Literal["UNKNOWN_USER_ID_ERROR"]] = "UNKNOWN_USER_ID_ERROR"


@dataclass
class UpdateUserEmailAlreadyExistsError:
    """Another passwordless login method has the email."""

    status: ClassVar[Literal["EMAIL_ALREADY_EXISTS_ERROR"]] = "EMAIL_ALREADY_EXISTS_ERROR"


@dataclass
class UpdateUserPhoneNumberAlreadyExistsError:
    """Another passwordless login method has the phone number."""

    status: ClassVar[Literal["PHONE_NUMBER_ALREADY_EXISTS_ERROR"]] = "PHONE_NUMBER_ALREADY_EXISTS_ERROR"


@dataclass
class EmailChangeNotAllowedError:
    """The new email would put another account at risk."""

    status: ClassVar[Literal["EMAIL_CHANGE_NOT_ALLOWED_ERROR"]] = "EMAIL_CHANGE_NOT_ALLOWED_ERROR"
    reason: str


@dataclass
class PhoneNumberChangeNotAllowedError:
    """The new phone number would put another account at risk."""

    status: ClassVar[Literal["PHONE_NUMBER_CHANGE_NOT_ALLOWED_ERROR"]] = "PHONE_NUMBER_CHANGE_NOT_ALLOWED_ERROR"
    reason: str


@dataclass
class RevokeAllCodesOkResult:
    """No code of the contact works any more."""

    status: ClassVar[Literal["OK"]] = "OK"


@dataclass
class RevokeCodeOkResult:
    """The code does not work any more."""

    status: ClassVar[Literal["OK"]] = "OK"


@dataclass(repr=False)
class CreateCodePostOkResult(APIResponse):
    """A code or link was sent; the ids belong to the browser that asked for it."""

    status: ClassVar[Literal["OK"]] = "OK"
    device_id: str
    pre_auth_session_id: str
    flow_type: FlowType


@dataclass
class ResendCodePostOkResult(APIResponse):
    """Another code or link was sent."""

    status: ClassVar[Literal["OK"]] = "OK"


@dataclass
class ResendCodePostRestartFlowError(APIResponse):
    """There is no such sign-in any more."""

    status: ClassVar[Literal["RESTART_FLOW_ERROR"]] = "RESTART_FLOW_ERROR"


@dataclass
class ConsumeCodePostOkResult(APIResponse):
    """Signed in or up; the session may still lack factors."""

    status: ClassVar[Literal["OK"]] = "OK"
    created_new_recipe_user: bool
    user: User
    session: "SessionContainer"

    def to_json(self) -> Json:
        """Return the user; the session travels in cookies or headers."""
        return {
            "status": self.status,
            "createdNewRecipeUser": self.created_new_recipe_user,
            "user": self.user.to_json(),
        }


@dataclass
class ConsumeCodePostRestartFlowError(APIResponse):
    """Nothing can be done with this sign-in any more."""

    status: ClassVar[Literal["RESTART_FLOW_ERROR"]] = "RESTART_FLOW_ERROR"


@dataclass
class ConsumeCodePostIncorrectUserInputCodeError(APIResponse):
    """The code is wrong; so many wrong ones were tried, out of so many."""

    status: ClassVar[Literal["INCORRECT_USER_INPUT_CODE_ERROR"]] = "INCORRECT_USER_INPUT_CODE_ERROR"
    failed_code_input_attempt_count: int
    maximum_code_input_attempts: int


@dataclass
class ConsumeCodePostExpiredUserInputCodeError(APIResponse):
    """The code was right once; it counts as a wrong one."""

    status: ClassVar[Literal["EXPIRED_USER_INPUT_CODE_ERROR"]] = "EXPIRED_USER_INPUT_CODE_ERROR"
    failed_code_input_attempt_count: int
    maximum_code_input_attempts: int


@dataclass
class PhoneNumberExistsGetOkResult(APIResponse):
    """Whether the tenant has a user with this phone number."""

    status: ClassVar[Literal["OK"]] = "OK"
    exists: bool


@dataclass
class EmailExistsGetOkResult(APIResponse):
    """Whether the tenant has a passwordless login method with this email."""

    status: ClassVar[Literal["OK"]] = "OK"
    exists: bool


@dataclass
class SignInUpPostNotAllowedResponse(APIResponse):
    """Signing in or up would put another account at risk."""

    status: ClassVar[Literal["SIGN_IN_UP_NOT_ALLOWED"]] = "SIGN_IN_UP_NOT_ALLOWED"
    reason: str
