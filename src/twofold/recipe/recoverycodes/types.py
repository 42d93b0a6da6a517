# SPDX-License-Identifier: Apache-2.0
"""Configuration, mails and results of the recovery code recipe."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, Literal

from twofold.ingredients.emaildelivery.types import EmailDeliveryInterface, SMTPServiceInterface
from twofold.types.config import BaseOverrideConfig
from twofold.types.response import APIResponse

if TYPE_CHECKING:
    from .interfaces import APIInterface, RecipeInterface

    RecoveryCodesOverrideConfig = BaseOverrideConfig[RecipeInterface, APIInterface]
else:
    RecoveryCodesOverrideConfig = BaseOverrideConfig

OverrideConfig = RecoveryCodesOverrideConfig

DEFAULT_COUNT = 10
MAX_COUNT = 20
"""The core makes no more at once: each is one slow hash."""


@dataclass(frozen=True)
class RecoveryCodesConfig:
    """The configuration. count: how many codes a set has."""

    count: int


@dataclass
class RecoveryCodesEmailTemplateVarsUser:
    """Whom a mail about recovery codes is for."""

    id: str
    email: str


@dataclass
class RecoveryCodesEmailTemplateVars:
    """What a mail about recovery codes is made of. No code is in it.

    Attributes:
        event: a code was used, or all codes were replaced by new ones.
        user: whose codes they are.
        remaining: how many codes are left.
        tenant_id: where it happened.
    """

    event: Literal["CODE_USED", "CODES_RENEWED"]
    user: RecoveryCodesEmailTemplateVarsUser
    remaining: int
    tenant_id: str


EmailTemplateVars = RecoveryCodesEmailTemplateVars
SMTPOverrideInput = SMTPServiceInterface[EmailTemplateVars]
EmailDeliveryOverrideInput = EmailDeliveryInterface[EmailTemplateVars]


class OkResult(APIResponse):
    """Base of everything that went well."""

    status: ClassVar[Literal["OK"]] = "OK"


@dataclass(repr=False)
class CreateCodesOkResult(OkResult):
    """New codes, to be shown once. It has no repr: it holds them.

    Attributes:
        codes: as people are shown them, in groups of four.
        created_at: in milliseconds since the epoch.
        did_replace: whether the user had codes before, which are worthless now.
    """

    codes: list[str]
    created_at: int
    did_replace: bool


@dataclass
class CountCodesOkResult(OkResult):
    """How many codes the user was given and has left, and when they were made; 0 of 0 without any.

    has_second_factor: whether the core knows a second factor of the user, which codes could stand in for.
    """

    total: int
    remaining: int
    has_second_factor: bool
    created_at: int | None = None


@dataclass
class ConsumeCodeOkResult(OkResult):
    """The code was right, and is used up. So many are left."""

    remaining: int


@dataclass
class InvalidRecoveryCodeError(APIResponse):
    """The code is wrong, or was used before; so many wrong ones in a row were tried, out of so many."""

    status: ClassVar[Literal["INVALID_RECOVERY_CODE_ERROR"]] = "INVALID_RECOVERY_CODE_ERROR"
    current_number_of_failed_attempts: int
    max_number_of_failed_attempts: int


@dataclass
class LimitReachedError(APIResponse):
    """Too many wrong codes. None is looked at before `retry_after_ms` milliseconds are over."""

    status: ClassVar[Literal["LIMIT_REACHED_ERROR"]] = "LIMIT_REACHED_ERROR"
    retry_after_ms: int


@dataclass
class NoRecoveryCodesError(APIResponse):
    """The user has no recovery codes, or none any more since the last second factor was removed."""

    status: ClassVar[Literal["NO_RECOVERY_CODES_ERROR"]] = "NO_RECOVERY_CODES_ERROR"


@dataclass
class NoSecondFactorError(APIResponse):
    """The user has set up no second factor that a recovery code could stand in for."""

    status: ClassVar[Literal["NO_SECOND_FACTOR_ERROR"]] = "NO_SECOND_FACTOR_ERROR"


@dataclass
class RemoveCodesOkResult(OkResult):
    """The user has no recovery codes any more."""

    did_codes_exist: bool


@dataclass
class RecoveryCodesInfoOkResult(OkResult):
    """What a page about recovery codes shows.

    Attributes:
        total: how many codes the user was given.
        remaining: how many are left.
        created_at: when they were made, in milliseconds since the epoch; absent without any.
        should_offer: the user has a second factor, and no code left for the day when it is lost.
    """

    total: int
    remaining: int
    created_at: int | None
    should_offer: bool
