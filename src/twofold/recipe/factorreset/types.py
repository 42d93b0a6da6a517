# SPDX-License-Identifier: Apache-2.0
"""Configuration, mails and results of the recipe of factor resets."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, Literal

from twofold._wire import Json
from twofold.ingredients.emaildelivery.types import EmailDeliveryInterface, SMTPServiceInterface
from twofold.types.config import BaseOverrideConfigWithoutAPI
from twofold.types.response import APIResponse

if TYPE_CHECKING:
    from .interfaces import RecipeInterface

    FactorResetOverrideConfig = BaseOverrideConfigWithoutAPI[RecipeInterface]
else:
    FactorResetOverrideConfig = BaseOverrideConfigWithoutAPI

OverrideConfig = FactorResetOverrideConfig

DEFAULT_FACTORS = ("totp",)
"""What is reset unless something else is said. Recovery codes and trusted devices go with any reset."""


@dataclass
class FactorResetEmailTemplateVarsUser:
    """Whom a mail about a reset is for."""

    id: str
    email: str

    def to_json(self) -> Json:
        """Return the id and the address."""
        return {"id": self.id, "email": self.email}


@dataclass(repr=False)
class FactorResetEmailTemplateVars:
    """What a mail about a reset is made of. It has no repr: it holds the link with which the user objects.

    Attributes:
        user: whose factors are reset.
        factors: which of them.
        reason: why, in the operator's words; the user reads it.
        tenant_id: where the operator acts.
        due_at: when it takes effect, in milliseconds since the epoch; None: it has.
        objection_link: where the user objects until then.
    """

    user: FactorResetEmailTemplateVarsUser
    factors: list[str]
    reason: str
    tenant_id: str
    due_at: int | None = None
    objection_link: str | None = None


EmailTemplateVars = FactorResetEmailTemplateVars
SMTPOverrideInput = SMTPServiceInterface[EmailTemplateVars]
EmailDeliveryOverrideInput = EmailDeliveryInterface[EmailTemplateVars]


@dataclass(repr=False)
class ResetFactorsOkResult(APIResponse):
    """The factors are gone, or will be. It has no repr: it holds the token with which the user objects.

    Attributes:
        due_at: when, in milliseconds since the epoch; None: they are gone.
        objection_token: for the mail to the user alone.
    """

    status: ClassVar[Literal["OK"]] = "OK"
    due_at: int | None = None
    objection_token: str | None = None


@dataclass
class LastLoginMethodError(APIResponse):
    """The user signs in with nothing else; give them another way to sign in first."""

    status: ClassVar[Literal["LAST_LOGIN_METHOD_ERROR"]] = "LAST_LOGIN_METHOD_ERROR"


@dataclass
class UnknownUserIdError(APIResponse):
    """There is no such user."""

    status: ClassVar[Literal["UNKNOWN_USER_ID_ERROR"]] = "UNKNOWN_USER_ID_ERROR"


@dataclass
class WaitingReset:
    """A reset that waits; times in milliseconds since the epoch."""

    user_id: str
    factors: list[str]
    reason: str
    actor: str
    requested_at: int
    due_at: int


@dataclass
class FindResetOkResult(APIResponse):
    """What waits for a user, if anything."""

    status: ClassVar[Literal["OK"]] = "OK"
    waiting: WaitingReset | None = None


@dataclass
class CancelResetOkResult(APIResponse):
    """Nothing waits any more."""

    status: ClassVar[Literal["OK"]] = "OK"
    was_waiting: bool


@dataclass
class ObjectOkResult(APIResponse):
    """The reset is cancelled."""

    status: ClassVar[Literal["OK"]] = "OK"


@dataclass
class InvalidTokenError(APIResponse):
    """The token is unknown: the reset was cancelled, replaced, or has taken place."""

    status: ClassVar[Literal["INVALID_TOKEN_ERROR"]] = "INVALID_TOKEN_ERROR"
