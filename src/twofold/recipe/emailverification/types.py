# SPDX-License-Identifier: Apache-2.0
"""Configuration, mails and results of the e-mail verification recipe."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, Literal

from twofold._wire import Json
from twofold.ingredients.emaildelivery.types import EmailDeliveryInterface, SMTPServiceInterface
from twofold.types.base import RecipeUserId, UserContext
from twofold.types.config import BaseOverrideConfig
from twofold.types.response import APIResponse

if TYPE_CHECKING:
    from twofold.recipe.session.interfaces import SessionContainer

    from .interfaces import APIInterface, RecipeInterface

    EmailVerificationOverrideConfig = BaseOverrideConfig[RecipeInterface, APIInterface]
else:
    EmailVerificationOverrideConfig = BaseOverrideConfig

InputOverrideConfig = EmailVerificationOverrideConfig
MODE_TYPE = Literal["REQUIRED", "OPTIONAL"]


@dataclass
class EmailVerificationUser:
    """Whose address it is: a login method."""

    recipe_user_id: RecipeUserId
    email: str

    def to_json(self) -> Json:
        """Return id and address."""
        return {"recipeUserId": self.recipe_user_id.get_as_string(), "email": self.email}


class VerificationEmailTemplateVarsUser:
    """Whom a verification mail is for."""

    def __init__(self, _id: str, recipe_user_id: RecipeUserId, email: str) -> None:
        self.id = _id
        self.recipe_user_id = recipe_user_id
        self.email = email

    def to_json(self) -> Json:
        """Return the ids and the address."""
        return {"id": self.id, "recipeUserId": self.recipe_user_id.get_as_string(), "email": self.email}


@dataclass
class VerificationEmailTemplateVars:
    """What a verification mail is made of. Its repr hides the link."""

    user: VerificationEmailTemplateVarsUser
    email_verify_link: str
    tenant_id: str

    def __repr__(self) -> str:
        return f"VerificationEmailTemplateVars(tenant_id={self.tenant_id!r}, email_verify_link=…)"


EmailTemplateVars = VerificationEmailTemplateVars
SMTPOverrideInput = SMTPServiceInterface[EmailTemplateVars]
EmailDeliveryOverrideInput = EmailDeliveryInterface[EmailTemplateVars]


@dataclass
class GetEmailForUserIdOkResult:
    """The address of a login method, as the application knows it."""

    email: str


class EmailDoesNotExistError(Exception):
    """The login method has no address, so there is nothing to verify."""


class UnknownUserIdError(Exception):
    """The application does not know the login method; its own address is looked up."""


TypeGetEmailForUserIdFunction = Callable[
    [RecipeUserId, UserContext],
    Awaitable[GetEmailForUserIdOkResult | EmailDoesNotExistError | UnknownUserIdError],
]


@dataclass(frozen=True)
class EmailVerificationConfig:
    """The configuration."""

    mode: MODE_TYPE
    get_email_for_recipe_user_id: TypeGetEmailForUserIdFunction | None = None


@dataclass
class CreateEmailVerificationTokenOkResult:
    """A token was made. Its repr hides it."""

    status: ClassVar[Literal["OK"]] = "OK"
    token: str

    def __repr__(self) -> str:
        return "CreateEmailVerificationTokenOkResult(token=…)"


@dataclass
class CreateEmailVerificationTokenEmailAlreadyVerifiedError:
    """There is nothing to verify."""

    status: ClassVar[Literal["EMAIL_ALREADY_VERIFIED_ERROR"]] = "EMAIL_ALREADY_VERIFIED_ERROR"


@dataclass
class CreateEmailVerificationLinkOkResult:
    """A link was made. Its repr hides it."""

    status: ClassVar[Literal["OK"]] = "OK"
    link: str

    def __repr__(self) -> str:
        return "CreateEmailVerificationLinkOkResult(link=…)"


@dataclass
class CreateEmailVerificationLinkEmailAlreadyVerifiedError:
    """There is nothing to verify."""

    status: ClassVar[Literal["EMAIL_ALREADY_VERIFIED_ERROR"]] = "EMAIL_ALREADY_VERIFIED_ERROR"


@dataclass
class SendEmailVerificationEmailOkResult:
    """A mail is under way."""

    status: ClassVar[Literal["OK"]] = "OK"


@dataclass
class SendEmailVerificationEmailAlreadyVerifiedError:
    """There is nothing to verify."""

    status: ClassVar[Literal["EMAIL_ALREADY_VERIFIED_ERROR"]] = "EMAIL_ALREADY_VERIFIED_ERROR"


@dataclass
class VerifyEmailUsingTokenOkResult(APIResponse):
    """The address is verified."""

    status: ClassVar[Literal["OK"]] = "OK"
    user: EmailVerificationUser


@dataclass
class VerifyEmailUsingTokenInvalidTokenError:
    """The token is unknown, expired or used."""

    status: ClassVar[Literal["EMAIL_VERIFICATION_INVALID_TOKEN_ERROR"]] = "EMAIL_VERIFICATION_INVALID_TOKEN_ERROR"


@dataclass
class RevokeEmailVerificationTokensOkResult:
    """The tokens of the address are gone."""

    status: ClassVar[Literal["OK"]] = "OK"


@dataclass
class UnverifyEmailOkResult:
    """The address counts as unverified."""

    status: ClassVar[Literal["OK"]] = "OK"


@dataclass
class EmailVerifyPostOkResult(APIResponse):
    """The address is verified; a linked user may have got a new session."""

    status: ClassVar[Literal["OK"]] = "OK"
    user: EmailVerificationUser
    new_session: "SessionContainer | None"

    def to_json(self) -> Json:
        """Return the status alone."""
        return {"status": self.status}


@dataclass
class EmailVerifyPostInvalidTokenError(APIResponse):
    """The token is unknown, expired or used."""

    status: ClassVar[Literal["EMAIL_VERIFICATION_INVALID_TOKEN_ERROR"]] = "EMAIL_VERIFICATION_INVALID_TOKEN_ERROR"


@dataclass
class IsEmailVerifiedGetOkResult(APIResponse):
    """Whether the session's address is verified."""

    status: ClassVar[Literal["OK"]] = "OK"
    is_verified: bool
    new_session: "SessionContainer | None"

    def to_json(self) -> Json:
        """Return the answer; a new session travels in cookies or headers."""
        return {"status": self.status, "isVerified": self.is_verified}


@dataclass
class GenerateEmailVerifyTokenPostOkResult(APIResponse):
    """A mail is under way."""

    status: ClassVar[Literal["OK"]] = "OK"


@dataclass
class GenerateEmailVerifyTokenPostEmailAlreadyVerifiedError(APIResponse):
    """There is nothing to verify."""

    status: ClassVar[Literal["EMAIL_ALREADY_VERIFIED_ERROR"]] = "EMAIL_ALREADY_VERIFIED_ERROR"
    new_session: "SessionContainer | None"

    def to_json(self) -> Json:
        """Return the status alone."""
        return {"status": self.status}
