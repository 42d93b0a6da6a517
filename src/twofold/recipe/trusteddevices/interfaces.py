# SPDX-License-Identifier: Apache-2.0
"""What overrides of the trusted device recipe get and return."""

from .apis import APIOptions
from .apis import APIs as APIInterface
from .functions import Functions as RecipeInterface
from .types import (
    DevicesInfoOkResult,
    DeviceTrustedOkResult,
    ListDevicesOkResult,
    RecogniseDeviceOkResult,
    RemoveAllDevicesOkResult,
    RemoveDeviceOkResult,
    TrustDeviceOkResult,
    TrustedDevice,
    TrustNotAllowedError,
    UnknownDeviceError,
)

__all__ = [
    "APIInterface",
    "APIOptions",
    "DeviceTrustedOkResult",
    "DevicesInfoOkResult",
    "ListDevicesOkResult",
    "RecipeInterface",
    "RecogniseDeviceOkResult",
    "RemoveAllDevicesOkResult",
    "RemoveDeviceOkResult",
    "TrustDeviceOkResult",
    "TrustNotAllowedError",
    "TrustedDevice",
    "UnknownDeviceError",
]
