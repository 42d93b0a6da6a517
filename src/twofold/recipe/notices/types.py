# SPDX-License-Identifier: Apache-2.0
"""Configuration of notices, and what they are made of. No secret is in any."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from twofold.ingredients.emaildelivery.types import SMTPServiceInterface
from twofold.ingredients.smsdelivery.types import TwilioServiceInterface
from twofold.types.config import BaseOverrideConfigWithoutAPI

if TYPE_CHECKING:
    from .interfaces import RecipeInterface

    NoticesOverrideConfig = BaseOverrideConfigWithoutAPI[RecipeInterface]
else:
    NoticesOverrideConfig = BaseOverrideConfigWithoutAPI

OverrideConfig = NoticesOverrideConfig

Action = Literal["added", "changed", "removed"]


@dataclass(frozen=True)
class NoticesConfig:
    """The configuration, with its default filled in.

    Attributes:
        tells_of_factor_changes: whether users are told of each; else of what our pages tell in any case.
    """

    tells_of_factor_changes: bool


@dataclass(frozen=True)
class FactorChange:
    """What happened to an account.

    Attributes:
        action: which of the three.
        factor: `totp`, `webauthn`, `recovery-code`, `email`, `phone` (that receive codes, or are the login's),
            `thirdparty`, `password`, or the id of a factor of the application's own.
        name: of the device as its user wrote it, of the provider, or the address or number without its middle: the
            mailbox that is told may be somebody else's by now. One line of 40 characters at most; None: it has none.
        changed_at: in milliseconds since the epoch.
    """

    action: Action
    factor: str
    name: str | None
    changed_at: int


@dataclass(frozen=True)
class Recipients:
    """Whom a notice goes to.

    Attributes:
        emails: every address.
        phone_numbers: every number, if there is no address.
    """

    emails: list[str]
    phone_numbers: list[str]


@dataclass
class FactorChangeEmailTemplateVars:
    """What a mail is made of.

    Attributes:
        to_email: whom to tell: an address of the account, or one that was until now.
        user_id: whose account it is.
        change: what happened.
        tenant_id: one in which the user signs in.
    """

    to_email: str
    user_id: str
    change: FactorChange
    tenant_id: str


@dataclass
class FactorChangeSMSTemplateVars:
    """What a text message is made of, like a mail."""

    phone_number: str
    user_id: str
    change: FactorChange
    tenant_id: str


EmailTemplateVars = FactorChangeEmailTemplateVars
SMSTemplateVars = FactorChangeSMSTemplateVars
SMTPOverrideInput = SMTPServiceInterface[EmailTemplateVars]
TwilioOverrideInput = TwilioServiceInterface[SMSTemplateVars]
