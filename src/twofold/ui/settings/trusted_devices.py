# SPDX-License-Identifier: Apache-2.0
"""Browsers in which no second factor is asked for: list them, end the trust in one or in all."""

from dataclasses import dataclass
from datetime import UTC, datetime

from twofold.framework.response import BaseResponse
from twofold.ui.in_process_client import require_api
from twofold.ui.settings.session import whole_session
from twofold.ui.settings.user_agent import device_name
from twofold.ui.visit import Visit

_LIST, _REMOVE, _REMOVE_ALL = "/trusteddevices", "/trusteddevices/remove", "/trusteddevices/removeall"


@dataclass(frozen=True)
class ShownDevice:
    """A trusted browser as the page shows it."""

    id: str
    name: str
    last_used_at: datetime
    expires_at: datetime
    is_this: bool


async def show_trusted_devices(visit: Visit) -> BaseResponse:
    """List the browsers."""
    require_api("GET", _LIST)
    await whole_session(visit)
    reply = await visit.call("GET", _LIST)
    devices = [
        ShownDevice(
            device["deviceId"],
            device_name(device["userAgent"], visit),
            datetime.fromtimestamp(device["lastUsedAt"] // 1000, UTC),
            datetime.fromtimestamp(device["expiresAt"] // 1000, UTC),
            is_this=device["deviceId"] == reply.get("currentDeviceId"),
        )
        for device in reply["devices"]
    ]
    return visit.page("settings_trusted_devices.html", devices=devices, days=reply["days"])


async def remove_trusted_device(visit: Visit) -> BaseResponse:
    """End the trust in one of them."""
    require_api("POST", _REMOVE)
    await whole_session(visit)
    await visit.call("POST", _REMOVE, {"deviceId": (await visit.form()).get("device", "")})
    return visit.redirect(visit.urls.settings_trusted_devices)


async def remove_trusted_devices(visit: Visit) -> BaseResponse:
    """End the trust in all of them, in every tenant."""
    require_api("POST", _REMOVE_ALL)
    await whole_session(visit)
    await visit.call("POST", _REMOVE_ALL)
    return visit.redirect(visit.urls.settings_trusted_devices)
