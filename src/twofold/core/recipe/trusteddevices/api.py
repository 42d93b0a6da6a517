# SPDX-License-Identifier: Apache-2.0
"""Endpoints of trusted devices. They are ours: no protocol of others has them."""

from twofold.core._endpoint import Call, Endpoints, Scope
from twofold.core._fields import Json
from twofold.core.errors import BadRequest
from twofold.core.recipe.session.holding import SessionEnded
from twofold.core.recipe.trusteddevices import rules, store
from twofold.core.users.normalise import require_length, require_user_id

MAX_USER_AGENT_LENGTH = 512
MAX_FACTORS_LENGTH = 4096
MAX_LIFETIME_MS = 400 * 24 * 3600 * 1000
"""Browsers keep no cookie for longer (RFC 6265bis, section 5.5)."""

endpoints = Endpoints()


@endpoints.post("/recipe/trusteddevices", Scope.TENANT)
async def trust_device(
    call: Call,
    user_id: str,
    factors: list[str],
    lifetime_ms: int,
    user_agent: str = "",
    session_handle: str | None = None,
    replaced_device_id: str | None = None,
) -> Json:
    """Trust a device in the tenant of the path, or in the place of another; its token is told here and never again."""
    require_user_id(user_id)
    require_length("factors", "".join(factors), MAX_FACTORS_LENGTH)
    if not 0 < lifetime_ms <= MAX_LIFETIME_MS:
        raise BadRequest(f"lifetimeMs must be between 1 and {MAX_LIFETIME_MS}")
    shown = user_agent[:MAX_USER_AGENT_LENGTH]
    wish = rules.Wish(user_id, factors, shown, lifetime_ms, session_handle, replaced_device_id)
    try:
        trusted = await rules.trust(call, wish)
    except SessionEnded:
        return {"status": "UNAUTHORISED"}
    return {
        "status": "OK",
        "deviceId": trusted.device_id,
        "token": trusted.token,
        "expiresAt": trusted.expires_at,
    }


@endpoints.post("/recipe/trusteddevices/recognise", Scope.TENANT)
async def recognise_device(call: Call, user_id: str, token: str, session_handle: str | None = None) -> Json:
    """Say which factors the device with this token stands in for, for this user in this tenant, in this session."""
    require_user_id(user_id)
    recognised = await rules.recognise(call, user_id, token, session_handle)
    if recognised is None:
        return {"status": "UNKNOWN_DEVICE_ERROR"}
    return {"status": "OK", "deviceId": recognised.device_id, "factors": recognised.factors}


@endpoints.get("/recipe/trusteddevices/list", Scope.TENANT)
async def list_devices(call: Call, user_id: str) -> Json:
    """The devices that a user trusts in the tenant of the path."""
    require_user_id(user_id)
    found = await store.list_devices(call.database, call.app_id, call.tenant_id, user_id, call.now_ms())
    devices = [
        {
            "deviceId": device.device_id,
            "userAgent": device.user_agent,
            "createdAt": device.created_at,
            "lastUsedAt": device.last_used_at,
            "expiresAt": device.expires_at,
        }
        for device in found
    ]
    return {"status": "OK", "devices": devices}


@endpoints.post("/recipe/trusteddevices/remove", Scope.TENANT)
async def remove_device(call: Call, user_id: str, device_id: str) -> Json:
    """End the trust in one device."""
    require_user_id(user_id)
    return {"status": "OK", "didDeviceExist": await rules.remove(call, user_id, device_id)}


@endpoints.post("/recipe/trusteddevices/removeall", Scope.TENANT)
async def remove_all_devices(call: Call, user_id: str, remove_across_all_tenants: bool = True) -> Json:
    """End the trust in every device of a user, in all tenants or in that of the path."""
    require_user_id(user_id)
    existed = await rules.remove_all(call, user_id, all_tenants=remove_across_all_tenants)
    return {"status": "OK", "didDevicesExist": existed}
