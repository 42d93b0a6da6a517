# SPDX-License-Identifier: Apache-2.0
"""Form fields, what mails are told, and the results of the e-mail and password recipe."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar, Literal

from twofold._wire import Json
from twofold.ingredients.emaildelivery.types import EmailDeliveryInterface, SMTPServiceInterface
from twofold.types.base import RecipeUserId, User
from twofold.types.config import BaseOverrideConfig
from twofold.types.response import APIResponse

if TYPE_CHECKING:
    from twofold.recipe.session.interfaces import SessionContainer

    from .interfaces import APIInterface, RecipeInterface

    EmailPasswordOverrideConfig = BaseOverrideConfig[RecipeInterface, APIInterface]
else:
    EmailPasswordOverrideConfig = BaseOverrideConfig

InputOverrideConfig = EmailPasswordOverrideConfig

Validate = Callable[[Any, str], Awaitable[str | None]]
"""`(value, tenant id)` → the text to show beside the field, or None when the value is good."""


@dataclass
class ErrorFormField:
    """What is wrong with a field, to be shown beside it."""

    id: str
    error: str


@dataclass
class FormField:
    """A field as it was filled in. Its repr hides the value: it may be a password."""

    id: str
    value: Any

    def __repr__(self) -> str:
        return f"FormField(id={self.id!r}, value=…)"

    def to_json(self) -> Json:
        """Return id and value."""
        return {"id": self.id, "value": self.value}


@dataclass
class InputFormField:
    """A field of the sign-up form as the application configures it."""

    id: str
    validate: Validate | None = None
    optional: bool | None = None


@dataclass
class NormalisedFormField:
    """A field with its defaults filled in."""

    id: str
    validate: Validate
    optional: bool


@dataclass
class InputSignUpFeature:
    """The fields of the sign-up form; `email` and `password` are added when they are not listed."""

    form_fields: list[InputFormField] | None = None


class PasswordResetEmailTemplateVarsUser:
    """Whom a password reset mail is for; no login method when the reset will create it."""

    def __init__(self, user_id: str, recipe_user_id: RecipeUserId | None, email: str) -> None:
        self.id = user_id
        self.recipe_user_id = recipe_user_id
        self.email = email

    def to_json(self) -> Json:
        """Return the ids and the address."""
        recipe_user_id = self.recipe_user_id and self.recipe_user_id.get_as_string()
        return {"id": self.id, "recipeUserId": recipe_user_id, "email": self.email}


@dataclass
class PasswordResetEmailTemplateVars:
    """What a password reset mail is made of. Its repr hides the link: whoever has it can set the password."""

    user: PasswordResetEmailTemplateVarsUser
    password_reset_link: str
    tenant_id: str

    def __repr__(self) -> str:
        return f"PasswordResetEmailTemplateVars(tenant_id={self.tenant_id!r}, password_reset_link=…)"

    def to_json(self) -> Json:
        """Return everything, the link included."""
        return {
            "user": self.user.to_json(),
            "passwordResetLink": self.password_reset_link,
            "tenantId": self.tenant_id,
        }


EmailTemplateVars = PasswordResetEmailTemplateVars
SMTPOverrideInput = SMTPServiceInterface[EmailTemplateVars]
EmailDeliveryOverrideInput = EmailDeliveryInterface[EmailTemplateVars]


@dataclass
class SignUpOkResult(APIResponse):
    """The login method was created (and linked, where the policy says so)."""

    status: ClassVar[Literal["OK"]] = "OK"
    user: User
    recipe_user_id: RecipeUserId


@dataclass
class EmailAlreadyExistsError(APIResponse):
    """The tenant has a login method with this address already."""

    status: ClassVar[Literal["EMAIL_ALREADY_EXISTS_ERROR"]] = "EMAIL_ALREADY_EXISTS_ERROR"


@dataclass
class SignInOkResult:
    """The credentials are right."""

    status: ClassVar[Literal["OK"]] = "OK"
    user: User
    recipe_user_id: RecipeUserId


@dataclass
class WrongCredentialsError(APIResponse):
    """The address is unknown or the password is wrong; nobody is told which.

    Attributes:
        retry_after_ms: set when too many passwords were wrong, so that this one was not looked at.
    """

    status: ClassVar[Literal["WRONG_CREDENTIALS_ERROR"]] = "WRONG_CREDENTIALS_ERROR"
    retry_after_ms: int | None = None


@dataclass
class CreateResetPasswordOkResult:
    """A token was made. Its repr hides it."""

    status: ClassVar[Literal["OK"]] = "OK"
    token: str

    def __repr__(self) -> str:
        return "CreateResetPasswordOkResult(token=…)"


@dataclass
class ConsumePasswordResetTokenOkResult:
    """The token was good; it and the user's others are used up."""

    status: ClassVar[Literal["OK"]] = "OK"
    email: str
    user_id: str

    def to_json(self) -> Json:
        """Return the address and the user's id."""
        return {"status": self.status, "email": self.email, "userId": self.user_id}


@dataclass
class PasswordResetTokenInvalidError(APIResponse):
    """The token is unknown, expired or used."""

    status: ClassVar[Literal["RESET_PASSWORD_INVALID_TOKEN_ERROR"]] = "RESET_PASSWORD_INVALID_TOKEN_ERROR"


@dataclass
class UpdateEmailOrPasswordOkResult:
    """The login method was changed."""

    status: ClassVar[Literal["OK"]] = "OK"


@dataclass
class UnknownUserIdError:
    """There is no such user."""

    status: ClassVar[Literal["UNKNOWN_USER_ID_ERROR"]] = "UNKNOWN_USER_ID_ERROR"


@dataclass
class UpdateEmailOrPasswordEmailChangeNotAllowedError:
    """The new address would put another account at risk."""

    status: ClassVar[Literal["EMAIL_CHANGE_NOT_ALLOWED_ERROR"]] = "EMAIL_CHANGE_NOT_ALLOWED_ERROR"
    reason: str


@dataclass
class PasswordPolicyViolationError(APIResponse):
    """The new password is not good enough; `failure_reason` may be shown."""

    status: ClassVar[Literal["PASSWORD_POLICY_VIOLATED_ERROR"]] = "PASSWORD_POLICY_VIOLATED_ERROR"
    failure_reason: str


@dataclass
class EmailExistsGetOkResult(APIResponse):
    """Whether the tenant has a login method with this address."""

    status: ClassVar[Literal["OK"]] = "OK"
    exists: bool


@dataclass
class GeneratePasswordResetTokenPostOkResult(APIResponse):
    """If the address has an account, a mail is under way; the answer does not tell."""

    status: ClassVar[Literal["OK"]] = "OK"


@dataclass
class GeneratePasswordResetTokenPostNotAllowedResponse(APIResponse):
    """A reset would put another account at risk; support must help."""

    status: ClassVar[Literal["PASSWORD_RESET_NOT_ALLOWED"]] = "PASSWORD_RESET_NOT_ALLOWED"
    reason: str


@dataclass
class PasswordResetPostOkResult(APIResponse):
    """The password is set. Front ends are told no more than that."""

    status: ClassVar[Literal["OK"]] = "OK"
    email: str
    user: User

    def to_json(self) -> Json:
        """Return the status alone."""
        return {"status": self.status}


@dataclass
class SignInPostOkResult(APIResponse):
    """Signed in; the session may still lack factors."""

    status: ClassVar[Literal["OK"]] = "OK"
    user: User
    session: "SessionContainer"

    def to_json(self) -> Json:
        """Return the user; the session travels in cookies or headers."""
        return {"status": self.status, "user": self.user.to_json()}


@dataclass
class SignInPostNotAllowedResponse(APIResponse):
    """Signing in would put another account at risk."""

    status: ClassVar[Literal["SIGN_IN_NOT_ALLOWED"]] = "SIGN_IN_NOT_ALLOWED"
    reason: str


@dataclass
class SignUpPostOkResult(APIResponse):
    """Signed up and in; the session may still lack factors."""

    status: ClassVar[Literal["OK"]] = "OK"
    user: User
    session: "SessionContainer"

    def to_json(self) -> Json:
        """Return the user; the session travels in cookies or headers."""
        return {"status": self.status, "user": self.user.to_json()}


@dataclass
class SignUpPostNotAllowedResponse(APIResponse):
    """Signing up would put another account at risk."""

    status: ClassVar[Literal["SIGN_UP_NOT_ALLOWED"]] = "SIGN_UP_NOT_ALLOWED"
    reason: str
