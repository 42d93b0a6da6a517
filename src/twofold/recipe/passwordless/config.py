# SPDX-License-Identifier: Apache-2.0
"""The configuration of the passwordless recipe with every default filled in."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import get_args

from twofold.exceptions import GeneralError
from twofold.types.base import UserContext

from .contact import (
    ContactConfig,
    ContactEmailOnlyConfig,
    ContactEmailOrPhoneConfig,
    ContactKind,
    ContactPhoneOnlyConfig,
    FlowType,
    ValidateContact,
    enabled_factors,
)

GetCustomUserInputCode = Callable[[str, UserContext], Awaitable[str]]
"""`(tenant id, user context)` → the code to send instead of a random one."""


@dataclass(frozen=True)
class NormalisedPasswordlessConfig:
    """What `passwordless.init` was given.

    Raises:
        GeneralError: the contact configuration is none of the three, or the flow type is unknown.
    """

    contact_config: ContactConfig
    flow_type: FlowType
    get_custom_user_input_code: GetCustomUserInputCode | None = None

    def __post_init__(self) -> None:
        if not isinstance(
            self.contact_config, ContactEmailOnlyConfig | ContactPhoneOnlyConfig | ContactEmailOrPhoneConfig
        ):
            raise GeneralError(
                "contact_config must be a ContactEmailOnlyConfig, ContactPhoneOnlyConfig or ContactEmailOrPhoneConfig"
            )
        if self.flow_type not in get_args(FlowType):
            raise GeneralError(f"flow_type must be one of {', '.join(get_args(FlowType))}")

    @property
    def validate_email(self) -> ValidateContact | None:
        """Checks emails; None where codes are sent to phones only."""
        config = self.contact_config
        return (
            config.validate_email_address
            if isinstance(config, ContactEmailOnlyConfig | ContactEmailOrPhoneConfig)
            else None
        )

    @property
    def validate_phone_number(self) -> ValidateContact | None:
        """Checks phone numbers; None where codes are sent by mail only."""
        config = self.contact_config
        return (
            config.validate_phone_number
            if isinstance(config, ContactPhoneOnlyConfig | ContactEmailOrPhoneConfig)
            else None
        )

    @property
    def factors(self) -> list[str]:
        """The factors that this configuration makes."""
        return get_enabled_pwless_factors(self)

    def factors_of(self, kind: ContactKind) -> list[str]:
        """Return those of the factors that use this kind of contact."""
        return [factor for factor in self.factors if factor.endswith(kind)]


def get_enabled_pwless_factors(config: NormalisedPasswordlessConfig) -> list[str]:
    """Return the factors that a configuration makes, in the order that front ends are told."""
    return enabled_factors(config.contact_config.contact_method, config.flow_type)
