# SPDX-License-Identifier: Apache-2.0
"""Sessions that rest on a trusted device: it stood in for a factor that was never given in them.

Their claims say so, so that who asks the session what it has done is told the same as who ends the trust.
"""

from twofold.core._fields import Json
from twofold.core.recipe.session import claims, store
from twofold.core.storage.database import Connection
from twofold.core.users.store import find_user_by_any_id


async def rest(tx: Connection, app_id: str, handle: str, device_id: str, factors: list[str], now_ms: int) -> None:
    """Let a session rest on a device, if the session is there."""
    session = await store.lock(tx, app_id, handle)
    if session is not None:
        claimed = {**session.data_in_jwt, claims.DEVICE: {"id": device_id, "factors": factors}}
        await store.set_data_in_jwt(tx, app_id, handle, claimed, now_ms)


async def rest_on_successor(
    tx: Connection, app_id: str, handle: str, device_id: str, successor_id: str, now_ms: int
) -> None:
    """Let a session that rests on a device rest on the one that takes its place, for the same factors as before."""
    session = await store.lock(tx, app_id, handle)
    device = None if session is None else session.data_in_jwt.get(claims.DEVICE)
    if session is not None and isinstance(device, dict) and device.get("id") == device_id:
        claimed = {**session.data_in_jwt, claims.DEVICE: {**device, "id": successor_id}}
        await store.set_data_in_jwt(tx, app_id, handle, claimed, now_ms)


async def end_resting(
    tx: Connection, app_id: str, user_id: str, tenant_id: str | None, device_id: str | None, now_ms: int
) -> None:
    """End the sessions of a person that rest on a device (None: on any), in one tenant or (None) in all."""
    user = await find_user_by_any_id(tx, app_id, user_id)
    user_ids = {user_id} if user is None else {user_id, *user.every_id}
    found = await store.claims_of_user(tx, app_id, tenant_id, user_ids)
    resting = [handle for handle, claimed in found.items() if _rests(claimed, device_id)]
    if resting:
        await store.delete(tx, app_id, resting, now_ms)


def _rests(claimed: Json, device_id: str | None) -> bool:
    device = claimed.get(claims.DEVICE)
    if not isinstance(device, dict) or device_id not in (None, device.get("id")):
        return False
    factors = device.get("factors")
    return not isinstance(factors, list) or not set(factors) <= claims.completed(claimed).keys()
