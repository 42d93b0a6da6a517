# SPDX-License-Identifier: Apache-2.0
"""What overrides of the TOTP recipe get and return."""

from .apis import APIOptions
from .apis import APIs as APIInterface
from .functions import Functions as RecipeInterface
from .types import (
    CreateDeviceOkResult,
    DeviceAlreadyExistsError,
    InvalidTOTPError,
    LimitReachedError,
    ListDevicesOkResult,
    RemoveDeviceOkResult,
    UnknownDeviceError,
    UnknownUserIdError,
    UpdateDeviceOkResult,
    UserIdentifierInfoDoesNotExistError,
    UserIdentifierInfoOkResult,
    VerifyDeviceOkResult,
    VerifyTOTPOkResult,
)

__all__ = [
    "APIInterface",
    "APIOptions",
    "CreateDeviceOkResult",
    "DeviceAlreadyExistsError",
    "InvalidTOTPError",
    "LimitReachedError",
    "ListDevicesOkResult",
    "RecipeInterface",
    "RemoveDeviceOkResult",
    "UnknownDeviceError",
    "UnknownUserIdError",
    "UpdateDeviceOkResult",
    "UserIdentifierInfoDoesNotExistError",
    "UserIdentifierInfoOkResult",
    "VerifyDeviceOkResult",
    "VerifyTOTPOkResult",
]
