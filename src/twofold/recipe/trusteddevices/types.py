# SPDX-License-Identifier: Apache-2.0
"""Configuration and results of the trusted device recipe."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, Literal

from twofold.types.config import BaseOverrideConfig
from twofold.types.response import APIResponse

if TYPE_CHECKING:
    from .interfaces import APIInterface, RecipeInterface

    TrustedDevicesOverrideConfig = BaseOverrideConfig[RecipeInterface, APIInterface]
else:
    TrustedDevicesOverrideConfig = BaseOverrideConfig

OverrideConfig = TrustedDevicesOverrideConfig

DEFAULT_DAYS = 30
MAX_DAYS = 400
"""Browsers keep no cookie for longer (RFC 6265bis, section 5.5)."""


@dataclass(frozen=True)
class TrustedDevicesConfig:
    """The configuration. days: for how long a device is trusted, however often it is used."""

    days: int


class OkResult(APIResponse):
    """Base of everything that went well."""

    status: ClassVar[Literal["OK"]] = "OK"


@dataclass(repr=False)
class TrustDeviceOkResult(OkResult):
    """The device is trusted until `expires_at`, in milliseconds since the epoch. It has no repr: it holds the token."""

    device_id: str
    token: str
    expires_at: int


@dataclass
class RecogniseDeviceOkResult(OkResult):
    """The user trusts the device, which stands in for these factors."""

    device_id: str
    factors: list[str]


@dataclass
class UnknownDeviceError(APIResponse):
    """The token is nobody's, another user's, another tenant's, or the trust has ended."""

    status: ClassVar[Literal["UNKNOWN_DEVICE_ERROR"]] = "UNKNOWN_DEVICE_ERROR"


@dataclass
class TrustedDevice(APIResponse):
    """A trusted browser; times are in milliseconds since the epoch.

    Attributes:
        device_id: by which it is removed. Not a secret.
        user_agent: what the browser said it is, when it was trusted.
        created_at: when it was trusted.
        last_used_at: when it last stood in for a factor.
        expires_at: when the trust ends by itself.
    """

    device_id: str
    user_agent: str
    created_at: int
    last_used_at: int
    expires_at: int


@dataclass
class ListDevicesOkResult(OkResult):
    """The devices that the user trusts in the tenant, oldest first."""

    devices: list[TrustedDevice]


@dataclass
class RemoveDeviceOkResult(OkResult):
    """The device is not trusted any more."""

    did_device_exist: bool


@dataclass
class RemoveAllDevicesOkResult(OkResult):
    """No device is trusted any more."""

    did_devices_exist: bool


@dataclass
class DeviceTrustedOkResult(OkResult):
    """This browser is trusted until `expires_at`. Its token is not among these: it went into a cookie, or a header."""

    device_id: str
    expires_at: int


@dataclass
class DevicesInfoOkResult(OkResult):
    """What a page about trusted devices shows.

    Attributes:
        devices: that the session's user trusts in its tenant.
        current_device_id: the one that asks; absent when it is none of them.
        may_trust: whether the policy lets this user trust devices here.
        days: for how long.
    """

    devices: list[TrustedDevice]
    current_device_id: str | None
    may_trust: bool
    days: int


@dataclass
class TrustNotAllowedError(APIResponse):
    """The policy lets this user trust no device here, or the session has completed no second factor."""

    status: ClassVar[Literal["TRUST_NOT_ALLOWED_ERROR"]] = "TRUST_NOT_ALLOWED_ERROR"
