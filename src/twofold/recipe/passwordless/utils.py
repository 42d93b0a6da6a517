# SPDX-License-Identifier: Apache-2.0
"""An old import path of the configuration classes."""

from .config import NormalisedPasswordlessConfig, get_enabled_pwless_factors
from .contact import (
    ContactConfig,
    ContactEmailOnlyConfig,
    ContactEmailOrPhoneConfig,
    ContactPhoneOnlyConfig,
    PhoneOrEmailInput,
    default_validate_email,
    default_validate_phone_number,
)
from .types import InputOverrideConfig, PasswordlessOverrideConfig

__all__ = [
    "ContactConfig",
    "ContactEmailOnlyConfig",
    "ContactEmailOrPhoneConfig",
    "ContactPhoneOnlyConfig",
    "InputOverrideConfig",
    "NormalisedPasswordlessConfig",
    "PasswordlessOverrideConfig",
    "PhoneOrEmailInput",
    "default_validate_email",
    "default_validate_phone_number",
    "get_enabled_pwless_factors",
]
