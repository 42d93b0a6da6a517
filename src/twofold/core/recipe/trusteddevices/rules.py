# SPDX-License-Identifier: Apache-2.0
"""Rules of trusted devices: a browser keeps a token, `<device id>.<secret>`, that says which factors it stands in for.

Trust is one user's in one tenant, and ends with whatever gave reason for it: see `factors_changed` and `end_sessions`
in this recipe's `__init__.py`, and the session recipe. Who ends it by name ends the sessions that rest on it, too.
"""

from dataclasses import dataclass, field

from twofold.core._endpoint import Call
from twofold.core.jwt import encode_base64url
from twofold.core.recipe.audit import Action, record
from twofold.core.recipe.session.holding import hold
from twofold.core.recipe.session.resting import end_resting, rest, rest_on_successor
from twofold.core.recipe.trusteddevices import store
from twofold.core.recipe.trusteddevices.store import NewDevice, Shown
from twofold.core.services import Services
from twofold.core.storage.database import Connection
from twofold.core.tokens import sha256_hex
from twofold.core.users.store import lock_user

SECRET_BYTES = 32


@dataclass(frozen=True, slots=True)
class Trusted:
    """A device that is trusted from now on; its token exists nowhere else."""

    device_id: str
    token: str = field(repr=False)
    expires_at: int


@dataclass(frozen=True, slots=True)
class Recognised:
    """A device that came back, and the factors that it stands in for."""

    device_id: str
    factors: list[str]


@dataclass(frozen=True, slots=True)
class Wish:
    """A device that is to be trusted in the place of these factors.

    session_handle: in the name of which session, which must not have ended; None for an application's own reasons.
    replaced_device_id: the device whose place it takes, and whose trust ends.
    """

    user_id: str
    factors: list[str]
    user_agent: str
    lifetime_ms: int
    session_handle: str | None
    replaced_device_id: str | None = None


async def trust(call: Call, wish: Wish) -> Trusted:
    """Trust a device of a user in the call's tenant. Raises SessionEnded."""
    tokens, now_ms = call.services.tokens, call.now_ms()
    secret = encode_base64url(tokens.bytes(SECRET_BYTES))
    new = NewDevice(
        device_id=tokens.uuid(),
        user_id=wish.user_id,
        secret_hash=sha256_hex(secret),
        factors=wish.factors,
        user_agent=wish.user_agent,
        created_at=now_ms,
        expires_at=now_ms + wish.lifetime_ms,
    )

    async def add(tx: Connection) -> None:
        if wish.replaced_device_id is not None:
            await _replace(tx, call, wish, wish.replaced_device_id, new.device_id)
        elif wish.session_handle is not None:
            await hold(tx, call, wish.session_handle, wish.user_id)
        await store.add(tx, call.app_id, call.tenant_id, new)
        await record(tx, call, Action.DEVICE_TRUSTED, wish.user_id)

    await call.database.transaction(add)
    return Trusted(new.device_id, f"{new.device_id}.{secret}", new.expires_at)


async def _replace(tx: Connection, call: Call, wish: Wish, device_id: str, successor_id: str) -> None:
    """End the trust in a device and what rests on it; but the session of the wish rests on the successor from now on.

    It may have given only some of the factors itself: who ends the new trust must find it as who ended the old would.
    """
    # In the order in which everybody locks: the person, the device, the session.
    await lock_user(tx, call.app_id, wish.user_id)
    existed = await store.remove(tx, call.app_id, call.tenant_id, wish.user_id, device_id)
    if wish.session_handle is not None:
        await hold(tx, call, wish.session_handle, wish.user_id)
        await rest_on_successor(tx, call.app_id, wish.session_handle, device_id, successor_id, call.now_ms())
    if existed:
        await _trust_ended(tx, call, wish.user_id, device_id)


async def recognise(call: Call, user_id: str, token: str, session_handle: str | None) -> Recognised | None:
    """The device with this token; None unless this user trusts it in the call's tenant, and it has not expired.

    session_handle: the session that rests on it from now on, so that who ends the trust later finds it.
    """
    device_id, _, secret = token.partition(".")
    shown, now_ms = Shown(device_id, sha256_hex(secret)), call.now_ms()

    async def find(tx: Connection) -> Recognised | None:
        factors = await store.recognise(tx, call.app_id, call.tenant_id, user_id, shown, now_ms)
        if factors is None:
            return None
        if session_handle is not None:
            await rest(tx, call.app_id, session_handle, device_id, factors, now_ms)
        return Recognised(device_id, factors)

    return await call.database.transaction(find)


async def remove(call: Call, user_id: str, device_id: str) -> bool:
    """End the trust in a device in the call's tenant, and the sessions that rest on it; whether there was any."""

    async def end(tx: Connection) -> bool:
        existed = await store.remove(tx, call.app_id, call.tenant_id, user_id, device_id)
        if existed:
            await _trust_ended(tx, call, user_id, device_id)
        return existed

    return await call.database.transaction(end)


async def _trust_ended(tx: Connection, call: Call, user_id: str, device_id: str) -> None:
    await end_resting(tx, call.app_id, user_id, call.tenant_id, device_id, call.now_ms())
    await record(tx, call, Action.DEVICE_DISTRUSTED, user_id)


async def remove_all(call: Call, user_id: str, *, all_tenants: bool) -> bool:
    """End the trust in all devices of a user, in the call's tenant or in all, and the sessions that rest on them.

    Whether there was any: a session may rest on one that has ended already.
    """

    async def end(tx: Connection) -> bool:
        if all_tenants:
            existed = await store.exists(tx, call.app_id, user_id)
            await store.forget(tx, call.app_id, user_id)
        else:
            existed = await store.forget_in_tenant(tx, call.app_id, call.tenant_id, user_id)
        tenant_id = None if all_tenants else call.tenant_id
        await end_resting(tx, call.app_id, user_id, tenant_id, None, call.now_ms())
        if existed:
            await record(tx, call, Action.DEVICE_DISTRUSTED, user_id)
        return existed

    return await call.database.transaction(end)


async def delete_expired(services: Services) -> None:
    """Housekeeping: expired devices are not recognised anyhow."""
    await store.delete_expired(services.database, services.clock.now_ms())
