# SPDX-License-Identifier: Apache-2.0
"""Rules of authenticator devices: setting up, renaming and removing them."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from twofold._assurance import TOTP_DEVICE, of_totp_device
from twofold.core._endpoint import Call
from twofold.core.config import Settings
from twofold.core.errors import BadRequest
from twofold.core.recipe.abuse import store as abuse
from twofold.core.recipe.abuse.guessing import subject_of
from twofold.core.recipe.audit import Action, record
from twofold.core.recipe.totp import codes, store
from twofold.core.recipe.totp.store import Device
from twofold.core.services import Services
from twofold.core.storage.database import Connection, UniqueViolation
from twofold.core.users.factors import factors_changed, require_one_left
from twofold.core.users.model import User
from twofold.core.users.store import lock_user

FACTOR = "totp"


@dataclass(frozen=True, slots=True)
class NewDevice:
    """A device to be set up. name None: the next free one. secret None: a random one, still to be verified."""

    user_id: str
    name: str | None
    period_seconds: int
    skew: int
    secret: str | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class CreatedDevice:
    """The name and the secret of a device that was just stored."""

    name: str
    secret: str = field(repr=False)


class DeviceExists(Exception):
    """The user has a verified device of this name."""


class UnknownDevice(Exception):
    """The user has no device of this name."""


async def create_device(call: Call, new: NewDevice) -> CreatedDevice:
    """Store a device; one with a given (imported) secret counts as verified. Raises DeviceExists, or BadRequest."""
    services, app_id = call.services, call.app_id
    secret = new.secret or codes.encode_secret(services.tokens.bytes(codes.SECRET_BYTES))
    try:
        codes.decode_secret(secret)
    except ValueError:
        raise BadRequest("secretKey must be a base32 text") from None

    async def create(tx: Connection) -> str:
        name = await put_device(tx, services, app_id, new, secret)
        if new.secret is not None:
            await factors_changed(tx, services.recipes, app_id, new.user_id)
            await record(tx, call, Action.FACTOR_ADDED, new.user_id, details={"factor": FACTOR, "name": name})
        return name

    return CreatedDevice(await services.database.transaction(create), secret)


async def put_device(tx: Connection, services: Services, app_id: str, new: NewDevice, secret: str) -> str:
    """Store a device with a secret (base32) in a running transaction; answers its name.

    Raises DeviceExists, or BadRequest when the profile of assurance does not allow its timing.
    """
    for deviation in of_totp_device(services.settings.assurance, new.skew, new.period_seconds):
        raise BadRequest(str(deviation))
    sealed = services.sealer.seal(secret.encode(), secret_context(app_id, new.user_id))
    now_ms = services.clock.now_ms()
    names = [new.name] if new.name is not None else await _names(tx, app_id, new.user_id)
    for name in names:
        device = Device(new.user_id, name, sealed, new.period_seconds, new.skew, new.secret is not None, now_ms)
        if await store.put_device(tx, app_id, device):
            return name
    raise DeviceExists


def kept_within(settings: Settings, device: Device) -> Device:
    """The same device, its timing as strict as the profile of assurance asks: it may be older than that.

    With a smaller skew its app goes on to work. With a shorter period it does not: the codes that the app shows are
    those of the old one, and wrong.
    """
    found = of_totp_device(settings.assurance, device.skew, device.period_seconds)
    strict = {item.limit.setting: item.limit.strictest for item in found}
    return replace(
        device,
        skew=strict.get(TOTP_DEVICE["skew"], device.skew),
        period_seconds=strict.get(TOTP_DEVICE["period"], device.period_seconds),
    )


async def rename_device(call: Call, user_id: str, name: str, new_name: str) -> None:
    """Give a device another name. Raises UnknownDevice, or DeviceExists when another one has that name."""

    async def rename(tx: Connection) -> None:
        devices = await store.lock_devices(tx, call.app_id, user_id)
        if name not in devices:
            raise UnknownDevice
        if name == new_name:
            return
        if new_name in devices:
            raise DeviceExists
        await store.rename_device(tx, call.app_id, devices[name], new_name)
        named = {"factor": FACTOR, "name": name, "newName": new_name}
        await record(tx, call, Action.FACTOR_RENAMED, user_id, details=named)

    try:
        await call.database.transaction(rename)
    except UniqueViolation:
        raise DeviceExists from None


async def remove_device(call: Call, user_id: str, name: str, keep_one_of: Sequence[str] = ()) -> bool:
    """Remove a device, and with the last one the history of the user's codes; whether there was one.

    keep_one_of: as `require_one_left` says; of several removals at once, the last ones fail.
    Raises LastFactor.
    """
    app_id = call.app_id

    async def remove(tx: Connection) -> bool:
        await lock_user(tx, app_id, user_id)
        devices = await store.lock_devices(tx, app_id, user_id)
        existed = await store.delete_device(tx, app_id, user_id, name)
        if existed and len(devices) == 1:
            await store.forget_history(tx, app_id, user_id)
            await abuse.fill(tx, app_id, subject_of(FACTOR, user_id))
        if existed and devices[name].is_verified:
            await require_one_left(tx, call.services.recipes, app_id, user_id, keep_one_of)
            await factors_changed(tx, call.services.recipes, app_id, user_id)
            await record(tx, call, Action.FACTOR_REMOVED, user_id, details={"factor": FACTOR, "name": name})
        return existed

    return await call.database.transaction(remove)


async def has_factor(connection: Connection, app_id: str, user: User) -> bool:
    """Whether a person has a verified device."""
    return any(device.is_verified for device in await store.list_devices(connection, app_id, user.id))


async def lift_limits(tx: Connection, app_id: str, user: User) -> bool:
    """Forget the wrong codes of a person; whether there were any."""
    was_filled = await abuse.fill(tx, app_id, subject_of(FACTOR, user.id))
    return await store.forget_attempts(tx, app_id, user.id) or was_filled


async def delete_expired(services: Services) -> None:
    """Housekeeping: expired codes are refused anyhow."""
    await store.delete_expired(services.database, services.clock.now_ms())


def secret_context(app_id: str, user_id: str) -> str:
    """Whose secret a sealed one is; a secret copied to another user is refused."""
    return f"totp_devices\n{app_id}\n{user_id}"


async def _names(tx: Connection, app_id: str, user_id: str) -> list[str]:
    """Names for a device without one, the first choice first; at most one per verified device is taken."""
    devices = await store.list_devices(tx, app_id, user_id)
    verified = sum(device.is_verified for device in devices)
    return [f"TOTP Device {number}" for number in range(verified, 2 * verified + 2)]
