# SPDX-License-Identifier: Apache-2.0
"""Functions of the TOTP recipe for applications. None looks at a session: guard the routes that call them."""

from twofold._user_context import filled
from twofold.types.base import UserContext

from .functions import Functions
from .recipe import TOTPRecipe
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
    VerifyDeviceOkResult,
    VerifyTOTPOkResult,
)


async def create_device(
    user_id: str,
    user_identifier_info: str | None = None,
    device_name: str | None = None,
    skew: int | None = None,
    period: int | None = None,
    user_context: UserContext | None = None,
) -> CreateDeviceOkResult | DeviceAlreadyExistsError | UnknownUserIdError:
    """Make a device; an unverified one of the same name is replaced. Its secret is told here and never again.

    Args:
        user_id: whose it is.
        user_identifier_info: what the app shows beside the issuer; the user's email or phone number when None.
        device_name: its name; a free one is found when None.
        skew: how many periods beside the present one are accepted.
        period: the life of a code, in seconds.
        user_context: passed on to overrides.
    """
    return await _functions().create_device(
        user_id, user_identifier_info, device_name, skew, period, filled(user_context)
    )


async def update_device(
    user_id: str, existing_device_name: str, new_device_name: str, user_context: UserContext | None = None
) -> UpdateDeviceOkResult | UnknownDeviceError | DeviceAlreadyExistsError:
    """Give a device another name."""
    return await _functions().update_device(user_id, existing_device_name, new_device_name, filled(user_context))


async def list_devices(user_id: str, user_context: UserContext | None = None) -> ListDevicesOkResult:
    """Return a user's devices; none for an unknown user."""
    return await _functions().list_devices(user_id, filled(user_context))


async def remove_device(
    user_id: str, device_name: str, user_context: UserContext | None = None
) -> RemoveDeviceOkResult:
    """Remove a device; its codes are wrong from now on."""
    return await _functions().remove_device(user_id, device_name, filled(user_context))


async def verify_device(
    tenant_id: str, user_id: str, device_name: str, totp: str, user_context: UserContext | None = None
) -> VerifyDeviceOkResult | UnknownDeviceError | InvalidTOTPError | LimitReachedError:
    """Check a code of a new device, which then counts. The code of a device that counts is not looked at."""
    return await _functions().verify_device(tenant_id, user_id, device_name, totp, filled(user_context))


async def verify_totp(
    tenant_id: str, user_id: str, totp: str, user_context: UserContext | None = None
) -> VerifyTOTPOkResult | UnknownUserIdError | InvalidTOTPError | LimitReachedError:
    """Check a code of any device that counts. A code is right once: of many calls with one code, one succeeds."""
    return await _functions().verify_totp(tenant_id, user_id, totp, filled(user_context))


def _functions() -> Functions:
    return TOTPRecipe.get().functions
