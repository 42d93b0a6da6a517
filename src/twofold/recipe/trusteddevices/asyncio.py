# SPDX-License-Identifier: Apache-2.0
"""Functions of the trusted device recipe for applications. None looks at a session: guard the routes that call them."""

from twofold._user_context import filled
from twofold.types.base import UserContext

from .functions import Functions
from .recipe import TrustedDevicesRecipe
from .types import (
    ListDevicesOkResult,
    RecogniseDeviceOkResult,
    RemoveAllDevicesOkResult,
    RemoveDeviceOkResult,
    TrustDeviceOkResult,
    UnknownDeviceError,
)


async def trust_device(
    tenant_id: str, user_id: str, factors: list[str], user_agent: str = "", user_context: UserContext | None = None
) -> TrustDeviceOkResult:
    """Trust a device, for a client that keeps the token itself; see the API for browsers.

    Args:
        tenant_id: where it is trusted.
        user_id: whose it is.
        factors: what it stands in for.
        user_agent: what its user is shown in the list of devices.
        user_context: passed on to overrides.
    """
    return await _functions().trust_device(tenant_id, user_id, factors, user_agent, None, None, filled(user_context))


async def recognise_device(
    tenant_id: str, user_id: str, token: str, user_context: UserContext | None = None
) -> RecogniseDeviceOkResult | UnknownDeviceError:
    """Find the device with this token, if this user trusts it in this tenant."""
    return await _functions().recognise_device(tenant_id, user_id, token, None, filled(user_context))


async def list_devices(tenant_id: str, user_id: str, user_context: UserContext | None = None) -> ListDevicesOkResult:
    """Return the devices that a user trusts in a tenant."""
    return await _functions().list_devices(tenant_id, user_id, filled(user_context))


async def remove_device(
    tenant_id: str, user_id: str, device_id: str, user_context: UserContext | None = None
) -> RemoveDeviceOkResult:
    """End the trust in one device, and the sessions in which it stood in for a factor."""
    return await _functions().remove_device(tenant_id, user_id, device_id, filled(user_context))


async def remove_all_devices(
    user_id: str, tenant_id: str | None = None, user_context: UserContext | None = None
) -> RemoveAllDevicesOkResult:
    """End the trust in every device of a user, and those sessions: in this tenant, or (None) in all."""
    return await _functions().remove_all_devices(user_id, tenant_id, filled(user_context))


def _functions() -> Functions:
    return TrustedDevicesRecipe.get().functions
