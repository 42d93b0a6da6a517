# SPDX-License-Identifier: Apache-2.0
"""Configuration and results of the TOTP recipe."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, Literal

from twofold.types.config import BaseOverrideConfig
from twofold.types.response import APIResponse

if TYPE_CHECKING:
    from .interfaces import APIInterface, RecipeInterface

    TOTPOverrideConfig = BaseOverrideConfig[RecipeInterface, APIInterface]
else:
    TOTPOverrideConfig = BaseOverrideConfig

OverrideConfig = TOTPOverrideConfig

DEFAULT_SKEW = 1
DEFAULT_PERIOD_SECONDS = 30


@dataclass(frozen=True)
class TOTPConfig:
    """How new devices are made.

    Attributes:
        issuer: what authenticator apps show beside the code; the application's name when None.
        default_skew: how many periods before and after the present one are accepted; 1 when None.
        default_period: the life of a code, in seconds; 30 when None. Many authenticator apps know no other.
        override: replaces functions and APIs.
    """

    issuer: str | None = None
    default_skew: int | None = None
    default_period: int | None = None
    override: TOTPOverrideConfig | None = None


@dataclass(frozen=True)
class NormalisedTOTPConfig:
    """The configuration with its defaults filled in."""

    issuer: str
    default_skew: int
    default_period: int


class OkResult(APIResponse):
    """Base of everything that went well."""

    status: ClassVar[Literal["OK"]] = "OK"


@dataclass
class UserIdentifierInfoOkResult(OkResult):
    """What tells a user's accounts apart in an authenticator app: an email address or a phone number."""

    info: str


@dataclass
class UnknownUserIdError(APIResponse):
    """There is no such user, or (at verification) the user has no device."""

    status: ClassVar[Literal["UNKNOWN_USER_ID_ERROR"]] = "UNKNOWN_USER_ID_ERROR"


@dataclass
class UserIdentifierInfoDoesNotExistError:
    """The user has neither an email address nor a phone number."""

    status: ClassVar[Literal["USER_IDENTIFIER_INFO_DOES_NOT_EXIST_ERROR"]] = "USER_IDENTIFIER_INFO_DOES_NOT_EXIST_ERROR"


@dataclass(repr=False)
class CreateDeviceOkResult(OkResult):
    """A device that counts once one of its codes was verified. It has no repr: it holds the secret."""

    device_name: str
    secret: str
    qr_code_string: str


@dataclass
class DeviceAlreadyExistsError(APIResponse):
    """The user has a verified device, or (when renaming) any device, of this name."""

    status: ClassVar[Literal["DEVICE_ALREADY_EXISTS_ERROR"]] = "DEVICE_ALREADY_EXISTS_ERROR"


@dataclass
class UpdateDeviceOkResult(OkResult):
    """The device has its new name."""


@dataclass
class UnknownDeviceError(APIResponse):
    """The user has no device of this name."""

    status: ClassVar[Literal["UNKNOWN_DEVICE_ERROR"]] = "UNKNOWN_DEVICE_ERROR"


@dataclass
class Device(APIResponse):
    """A device. `period` is in seconds; `skew` is how many periods beside the present one are accepted."""

    name: str
    period: int
    skew: int
    verified: bool


@dataclass
class ListDevicesOkResult(OkResult):
    """The user's devices, those that are not verified yet included."""

    devices: list[Device]


@dataclass
class RemoveDeviceOkResult(OkResult):
    """The device does not exist any more."""

    did_device_exist: bool


@dataclass
class VerifyDeviceOkResult(OkResult):
    """The device is verified. When it was so before, the code was not looked at."""

    was_already_verified: bool


@dataclass
class InvalidTOTPError(APIResponse):
    """The code is wrong, or was used before; so many wrong ones in a row were tried, out of so many."""

    status: ClassVar[Literal["INVALID_TOTP_ERROR"]] = "INVALID_TOTP_ERROR"
    current_number_of_failed_attempts: int
    max_number_of_failed_attempts: int


@dataclass
class LimitReachedError(APIResponse):
    """Too many wrong codes. None is looked at before `retry_after_ms` milliseconds are over."""

    status: ClassVar[Literal["LIMIT_REACHED_ERROR"]] = "LIMIT_REACHED_ERROR"
    retry_after_ms: int


@dataclass
class VerifyTOTPOkResult(OkResult):
    """The code is right, and used up."""
