# SPDX-License-Identifier: Apache-2.0
"""Endpoints of authenticator apps."""

from twofold.core._endpoint import Call, Endpoints, Scope
from twofold.core._fields import Json
from twofold.core.bulk import read_user_ids
from twofold.core.errors import BadRequest
from twofold.core.recipe.totp import rules, store
from twofold.core.recipe.totp.checking import Checker, UnknownUser, Verdict
from twofold.core.recipe.totp.rules import DeviceExists, NewDevice, UnknownDevice
from twofold.core.users.factors import LastFactor
from twofold.core.users.normalise import require_length, require_user_id
from twofold.core.version import V5_0

MAX_DEVICE_NAME_LENGTH = 256
MAX_SECRET_LENGTH = 256
# Each step that is accepted is one more code that a guess can hit, and one more to compute.
MAX_SKEW = 100
MAX_PERIOD_SECONDS = 86_400
_COUNTERS = {"currentNumberOfFailedAttempts": V5_0, "maxNumberOfFailedAttempts": V5_0}

endpoints = Endpoints()


@endpoints.post("/recipe/totp/device", Scope.APP)
async def create_device(call: Call, user_id: str, skew: int, period: int, device_name: str | None = None) -> Json:
    """Begin to set up a device; its secret is told here and never again."""
    require_user_id(user_id)
    _check_name("deviceName", device_name)
    _check_timing(skew, period)
    try:
        created = await rules.create_device(call, NewDevice(user_id, device_name, period, skew))
    except DeviceExists:
        return {"status": "DEVICE_ALREADY_EXISTS_ERROR"}
    return {"status": "OK", "deviceName": created.name, "secret": created.secret}


@endpoints.post("/recipe/totp/device/import", Scope.APP)
async def import_device(
    call: Call, user_id: str, skew: int, period: int, secret_key: str, device_name: str | None = None
) -> Json:
    """Take over a device that works elsewhere; it counts as verified."""
    require_user_id(user_id)
    _check_name("deviceName", device_name)
    _check_timing(skew, period)
    if not secret_key.strip():
        raise BadRequest("secretKey cannot be empty")
    require_length("secretKey", secret_key, MAX_SECRET_LENGTH)
    new = NewDevice(user_id, device_name, period, skew, secret_key)
    try:
        created = await rules.create_device(call, new)
    except DeviceExists:
        return {"status": "DEVICE_ALREADY_EXISTS_ERROR"}
    return {"status": "OK", "deviceName": created.name}


@endpoints.put("/recipe/totp/device", Scope.APP)
async def rename_device(call: Call, user_id: str, existing_device_name: str, new_device_name: str) -> Json:
    """Give a device another name."""
    require_user_id(user_id)
    _check_name("existingDeviceName", existing_device_name)
    _check_name("newDeviceName", new_device_name)
    try:
        await rules.rename_device(call, user_id, existing_device_name, new_device_name)
    except UnknownDevice:
        return {"status": "UNKNOWN_DEVICE_ERROR"}
    except DeviceExists:
        return {"status": "DEVICE_ALREADY_EXISTS_ERROR"}
    return {"status": "OK"}


@endpoints.get("/recipe/totp/device/list", Scope.APP)
async def list_devices(call: Call, user_id: str) -> Json:
    """The devices of a user, verified and not."""
    require_user_id(user_id)
    devices = [
        {"name": device.name, "period": device.period_seconds, "skew": device.skew, "verified": device.is_verified}
        for device in await store.list_devices(call.database, call.app_id, user_id)
    ]
    return {"status": "OK", "devices": devices}


@endpoints.post("/recipe/totp/device/remove", Scope.APP)
async def remove_device(call: Call, user_id: str, device_name: str, keep_one_of: list[str] | None = None) -> Json:
    """Remove a device. keepOneOf (ours alone): groups (`totp|webauthn`), of each of which the user keeps a factor."""
    require_user_id(user_id)
    _check_name("deviceName", device_name)
    try:
        existed = await rules.remove_device(call, user_id, device_name, keep_one_of or ())
    except LastFactor:
        return {"status": "LAST_FACTOR_ERROR"}
    return {"status": "OK", "didDeviceExist": existed}


@endpoints.post("/recipe/totp/device/verify", Scope.TENANT, since=_COUNTERS)
async def verify_device(call: Call, user_id: str, device_name: str, totp: str) -> Json:
    """Finish setting up a device with one of its codes."""
    require_user_id(user_id)
    _check_name("deviceName", device_name)
    try:
        verdict = await _checker(call, user_id).verify_device(device_name, totp)
    except UnknownDevice:
        return {"status": "UNKNOWN_DEVICE_ERROR"}
    if verdict is None or verdict.is_right:
        return {"status": "OK", "wasAlreadyVerified": verdict is None}
    return _refusal(verdict)


@endpoints.post("/recipe/totp/verify", Scope.TENANT, since=_COUNTERS)
async def verify_code(call: Call, user_id: str, totp: str, client_session: str | None = None) -> Json:
    """Check a code of any of the user's verified devices. clientSession (ours alone): in which session it was typed."""
    require_user_id(user_id)
    try:
        verdict = await _checker(call, user_id, client_session).verify_code(totp)
    except UnknownUser:
        return {"status": "UNKNOWN_USER_ID_ERROR"}
    return {"status": "OK"} if verdict.is_right else _refusal(verdict)


@endpoints.post("/recipe/totp/device/status/bulk", Scope.APP)
async def have_verified_devices(call: Call, user_ids: list[object]) -> Json:
    """Of up to 500 users, in the order asked for: whether they have a verified device; null for those without any."""
    ids = read_user_ids(user_ids)
    found = await store.have_verified(call.database, call.app_id, ids)
    return {
        "status": "OK",
        "users": [{"userId": user_id, "hasVerifiedDevice": found.get(user_id)} for user_id in ids],
    }


def _checker(call: Call, user_id: str, client_session: str | None = None) -> Checker:
    return Checker(call, user_id, call.now_ms(), client_session or "")


def _refusal(verdict: Verdict) -> Json:
    counters = {
        "currentNumberOfFailedAttempts": verdict.failed_attempts,
        "maxNumberOfFailedAttempts": verdict.max_attempts,
    }
    if verdict.retry_after_ms is None:
        return {"status": "INVALID_TOTP_ERROR"} | counters
    return {"status": "LIMIT_REACHED_ERROR", "retryAfterMs": verdict.retry_after_ms} | counters


def _check_name(field: str, name: str | None) -> None:
    if name is None:
        return
    if not name.strip():
        raise BadRequest(f"{field} cannot be empty")
    require_length(field, name, MAX_DEVICE_NAME_LENGTH)


def _check_timing(skew: int, period: int) -> None:
    if skew < 0:
        raise BadRequest("skew must be >= 0")
    if skew > MAX_SKEW:
        raise BadRequest(f"skew must be <= {MAX_SKEW}")
    if period <= 0:
        raise BadRequest("period must be > 0")
    if period > MAX_PERIOD_SECONDS:
        raise BadRequest(f"period must be <= {MAX_PERIOD_SECONDS} seconds")
