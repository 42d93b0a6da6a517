# SPDX-License-Identifier: Apache-2.0
"""Trusted devices through the core call: whose they are, and everything that ends the trust in them (class 22)."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from tests.contract.replay import totp_code
from tests.core.recipe.calls import (
    MANY,
    create_tenant,
    get,
    link,
    make_primary,
    map_id,
    post,
    put_user,
    remove_user,
    rows,
    run_jobs,
    sign_up,
)
from tests.core.recipe.session.client import SessionClient
from tests.core.recipe.webauthn import passkeys
from twofold._authenticator import VirtualAuthenticator
from twofold.core.app import Core
from twofold.core.clock import TurnableClock
from twofold.core.errors import CoreError
from twofold.core.version import V5_4, V5_6, Version

Json = dict[str, Any]
DAY_MS = 24 * 3600 * 1000
FACTORS = ["emailpassword", "totp"]


async def trust(core: Core, user_id: str, tenant_id: str = "public", **fields: Any) -> Json:
    """Trust a device."""
    body = {"userId": user_id, "factors": FACTORS, "lifetimeMs": 30 * DAY_MS, "userAgent": "Netscape", **fields}
    return await post(core, "trusteddevices", body, tenant_id=tenant_id)


async def recognise(core: Core, user_id: str, token: str, tenant_id: str = "public") -> Json:
    """Come back with a token."""
    return await post(core, "trusteddevices/recognise", {"userId": user_id, "token": token}, tenant_id=tenant_id)


async def is_trusted(core: Core, user_id: str, token: str, tenant_id: str = "public") -> bool:
    """Whether the device with this token is trusted."""
    return bool((await recognise(core, user_id, token, tenant_id))["status"] == "OK")


async def devices(core: Core, user_id: str, tenant_id: str = "public") -> list[Json]:
    """The devices that a user is shown."""
    found: list[Json] = (await get(core, "trusteddevices/list", {"userId": user_id}, tenant_id=tenant_id))["devices"]
    return found


async def test_a_device_that_comes_back(core: Core, clock: TurnableClock) -> None:
    """It is recognised with what its session had done; its user sees when it was last used, and never the secret."""
    made = await trust(core, "ann")
    clock.turn(seconds=3600)

    answer = await recognise(core, "ann", made["token"])

    assert answer == {"status": "OK", "deviceId": made["deviceId"], "factors": FACTORS}
    (shown,) = await devices(core, "ann")
    assert set(shown) == {"deviceId", "userAgent", "createdAt", "lastUsedAt", "expiresAt"}
    assert (shown["deviceId"], shown["userAgent"]) == (made["deviceId"], "Netscape")
    assert shown["lastUsedAt"] - shown["createdAt"] >= 3600_000
    assert made["token"].partition(".")[2] not in str(await rows(core, "trusted_devices"))


async def test_nobody_else_is_recognised(core: Core) -> None:
    """Class 47: a token is one user's in one tenant, and a part of it, or of another, is none."""
    await create_tenant(core, "t1")
    mine, theirs = (await trust(core, "ann"))["token"], (await trust(core, "bob"))["token"]
    forged = [
        "",
        ".",
        mine[:-1],
        mine + "A",
        mine.partition(".")[0],
        mine.partition(".")[2],
        f"{mine.partition('.')[0]}.{theirs.partition('.')[2]}",
    ]

    assert not await is_trusted(core, "bob", mine)
    assert not await is_trusted(core, "ann", mine, "t1")
    assert [text for text in forged if await is_trusted(core, "ann", text)] == []
    assert await devices(core, "ann", "t1") == []


async def test_trust_expires(core: Core, clock: TurnableClock) -> None:
    """Attack class 22.

    At the millisecond, whatever the browser keeps; using the device puts nothing off, and housekeeping forgets.
    """
    token = (await trust(core, "ann", lifetimeMs=DAY_MS))["token"]
    clock.turn(seconds=DAY_MS / 1000 - 60)
    assert await is_trusted(core, "ann", token)
    clock.turn(seconds=60)

    assert not await is_trusted(core, "ann", token)
    assert await devices(core, "ann") == []
    await run_jobs(core, "trusteddevices")
    assert await rows(core, "trusted_devices") == []


async def test_removing_one_and_all(core: Core) -> None:
    """A device is removed by its user, where it is trusted; all of them in one tenant, or everywhere."""
    await create_tenant(core, "t1")
    one, two = await trust(core, "ann"), await trust(core, "ann")
    elsewhere = (await trust(core, "ann", "t1"))["token"]

    async def remove(user_id: str, tenant_id: str) -> bool:
        body = {"userId": user_id, "deviceId": one["deviceId"]}
        return bool((await post(core, "trusteddevices/remove", body, tenant_id=tenant_id))["didDeviceExist"])

    removed = [await remove(*where) for where in (("bob", "public"), ("ann", "t1"), ("ann", "public"))]
    assert removed == [False, False, True]
    assert [await is_trusted(core, "ann", item["token"]) for item in (one, two)] == [False, True]
    await post(core, "trusteddevices/removeall", {"userId": "ann", "removeAcrossAllTenants": False})
    assert await is_trusted(core, "ann", elsewhere, "t1")
    await post(core, "trusteddevices/removeall", {"userId": "ann"})
    assert not await is_trusted(core, "ann", elsewhere, "t1")


async def test_trust_is_somebodys(core: Core) -> None:
    """An id that is none is refused."""
    with pytest.raises(CoreError, match="userId cannot be empty"):
        await trust(core, " ")


@pytest.mark.parametrize("lifetime_ms", [0, -1, 401 * DAY_MS])
async def test_trust_has_an_end(core: Core, lifetime_ms: int) -> None:
    """For ever is no lifetime."""
    with pytest.raises(CoreError, match="lifetimeMs must be between"):
        await trust(core, "ann", lifetimeMs=lifetime_ms)


async def test_once_ended_no_request_on_its_way_is_recognised(core: Core) -> None:
    """A hundred requests race with the end of trust: none that begins after it was acknowledged succeeds."""
    token = (await trust(core, "ann"))["token"]
    asked = [asyncio.create_task(recognise(core, "ann", token)) for _ in range(MANY)]

    await post(core, "trusteddevices/removeall", {"userId": "ann"})

    assert not await is_trusted(core, "ann", token)
    assert {answer["status"] for answer in await asyncio.gather(*asked)} <= {"OK", "UNKNOWN_DEVICE_ERROR"}


async def test_a_session_that_begins_while_trust_ends(core: Core) -> None:
    """Attack class 22.

    Sessions on their way either do not rest on the device, or end with it: none is left that does.
    """
    user_id = await sign_up(core)
    sdk = SessionClient(core)
    for _ in range(3):
        token = (await trust(core, user_id))["token"]
        handles = [(await sdk.create(user_id))["session"]["handle"] for _ in range(8)]
        coming = [
            post(core, "trusteddevices/recognise", {"userId": user_id, "token": token, "sessionHandle": handle})
            for handle in handles
        ]
        body = {"userId": user_id, "deviceId": token.partition(".")[0]}
        await asyncio.gather(*coming[:4], post(core, "trusteddevices/remove", body), *coming[4:])

        left = [json.loads(row["user_data_in_jwt"]) for row in await rows(core, "sessions")]
        assert [claims for claims in left if "st-td" in claims] == []


async def _change_password(core: Core, user_id: str) -> None:
    await put_user(core, {"recipeUserId": user_id, "password": "password2"}, "emailpassword")


async def _change_email(core: Core, user_id: str) -> None:
    await put_user(core, {"recipeUserId": user_id, "email": "new@example.com"}, "emailpassword")


async def _reset_password(core: Core, user_id: str) -> None:
    made = await post(core, "user/password/reset/token", {"userId": user_id, "email": "a@example.com"})
    await post(
        core,
        "user/password/reset",
        {"method": "token", "token": made["token"], "newPassword": "password2"},
        version=V5_4,
    )


async def _import_hash(core: Core, _: str) -> None:
    hashed = "$2a$10$GzEm3vKoAqnJCTWesRARCe/ovjt/07qjvcH9jbLUg44Fn77gMZkmm"
    await post(core, "user/passwordhash/import", {"email": "a@example.com", "passwordHash": hashed})


async def _begin_device(core: Core, user_id: str) -> Json:
    device = {"userId": user_id, "deviceName": "phone", "skew": 1, "period": 30}
    return device | {"secret": (await post(core, "totp/device", device))["secret"]}


async def _add_app(core: Core, user_id: str) -> None:
    device = await _begin_device(core, user_id)
    code = totp_code(device["secret"], core.services.clock.now_ms() / 1000)
    assert (await post(core, "totp/device/verify", {**device, "totp": code}))["status"] == "OK"


async def _import_app(core: Core, user_id: str) -> None:
    device = {"userId": user_id, "deviceName": "x", "skew": 1, "period": 30, "secretKey": "JBSWY3DPEHPK3PXP"}
    await post(core, "totp/device/import", device)


async def _link(core: Core, user_id: str) -> None:
    await make_primary(core, user_id)
    await link(core, await sign_up(core, "b@example.com"), user_id)


async def _revoke_sessions(core: Core, user_id: str) -> None:
    await post(core, "session/remove", {"userId": user_id})


async def _revoke_sessions_here(core: Core, user_id: str) -> None:
    await post(core, "session/remove", {"userId": user_id, "revokeAcrossAllTenants": False})


async def _leave_tenant(core: Core, user_id: str) -> None:
    await post(core, "multitenancy/tenant/user/remove", {"recipeUserId": user_id})


async def _delete(core: Core, user_id: str) -> None:
    await remove_user(core, user_id)


ENDINGS = [
    _change_password,
    _change_email,
    _reset_password,
    _import_hash,
    _add_app,
    _import_app,
    _link,
    _revoke_sessions,
    _revoke_sessions_here,
    _leave_tenant,
    _delete,
]


@pytest.mark.parametrize("end", ENDINGS)
async def test_what_ends_trust(core: Core, end: Callable[[Core, str], Awaitable[None]]) -> None:
    """Attack class 22: class 22: each change ends the trust of its user at once, and nobody else's."""
    user_id, other = await sign_up(core), await sign_up(core, "other@example.com")
    token, kept = (await trust(core, user_id))["token"], (await trust(core, other))["token"]
    assert await is_trusted(core, user_id, token)

    await end(core, user_id)

    assert not await is_trusted(core, user_id, token)
    assert await is_trusted(core, other, kept)


async def test_removing_an_app_ends_trust_and_beginning_one_does_not(core: Core) -> None:
    """Only what counts is a change of factors."""
    user_id = await sign_up(core)
    await _add_app(core, user_id)
    token = (await trust(core, user_id))["token"]
    await post(core, "totp/device", {"userId": user_id, "deviceName": "new", "skew": 1, "period": 30})
    await post(core, "totp/device/remove", {"userId": user_id, "deviceName": "new"})
    assert await is_trusted(core, user_id, token)

    await post(core, "totp/device/remove", {"userId": user_id, "deviceName": "phone"})

    assert not await is_trusted(core, user_id, token)


async def test_another_address_for_codes_ends_trust(core: Core) -> None:
    """Codes go to somebody else from then on."""
    begun = await post(core, "signinup/code", {"phoneNumber": "+4915112345678"})
    names = ("preAuthSessionId", "deviceId", "userInputCode")
    user_id = (await post(core, "signinup/code/consume", {name: begun[name] for name in names}))["recipeUserId"]
    token = (await trust(core, user_id))["token"]

    await put_user(core, {"recipeUserId": user_id, "phoneNumber": "+4915112345679"}, "passwordless")

    assert not await is_trusted(core, user_id, token)


async def test_a_passkey_that_is_added_or_removed_ends_trust(core: Core) -> None:
    """Signing in with one does not."""
    authenticator = VirtualAuthenticator(passkeys.ORIGIN)
    user_id = (await passkeys.sign_up(core, authenticator))["recipeUserId"]

    token = (await trust(core, user_id))["token"]
    await passkeys.sign_in(core, authenticator)
    assert await is_trusted(core, user_id, token)
    added = await passkeys.register(core, VirtualAuthenticator(passkeys.ORIGIN), user_id)
    assert not await is_trusted(core, user_id, token)

    token = (await trust(core, user_id))["token"]
    query = {"recipeUserId": user_id, "webauthnCredentialId": added["webauthnCredentialId"]}
    removed = await core.call("DELETE", "/recipe/webauthn/user/credential/remove", query=query)
    assert removed["status"] == "OK"
    assert not await is_trusted(core, user_id, token)


async def test_who_leaves_a_person_takes_no_trust_along(core: Core) -> None:
    """Neither the person that is left trusts a browser any more, nor the login method that was parted."""
    user_id, joined = await sign_up(core), await sign_up(core, "b@example.com")
    await make_primary(core, user_id)
    before = (await trust(core, joined))["token"]
    await link(core, joined, user_id)
    token = (await trust(core, user_id))["token"]

    await core.call("POST", "/recipe/accountlinking/user/unlink", body={"recipeUserId": joined})

    assert not await is_trusted(core, user_id, token)
    assert [await is_trusted(core, joined, item) for item in (before, token)] == [False, False]


@pytest.mark.parametrize("version", [V5_4, V5_6])
async def test_a_stolen_refresh_token_ends_trust(core: Core, version: Version) -> None:
    """Class 41: whoever has the browser's tokens may have what it is trusted by, too."""
    user_id = await sign_up(core)
    token = (await trust(core, user_id))["token"]
    body = {"userId": user_id, "enableAntiCsrf": False, "userDataInJWT": {}, "userDataInDatabase": {}}
    made = await post(core, "session", {**body, "useDynamicSigningKey": True}, version=version)

    async def refresh(text: str) -> Json:
        body = {"refreshToken": text, "enableAntiCsrf": False, "useDynamicSigningKey": True}
        return await post(core, "session/refresh", body, version=version)

    first = made["refreshToken"]["token"]
    second = (await refresh(first))["refreshToken"]["token"]
    third = (await refresh(second))["refreshToken"]["token"]
    await refresh(third)
    assert await is_trusted(core, user_id, token)

    assert (await refresh(first))["status"] == "TOKEN_THEFT_DETECTED"

    assert not await is_trusted(core, user_id, token)


async def test_devices_follow_the_user_to_an_id_of_the_application(core: Core) -> None:
    """Mapping an id moves the trust."""
    user_id = await sign_up(core)
    token = (await trust(core, user_id))["token"]

    await map_id(core, user_id, "ann")

    assert [await is_trusted(core, item, token) for item in (user_id, "ann")] == [False, True]


async def test_a_tenant_that_goes_takes_its_devices_along(core: Core) -> None:
    """Nothing is left for a tenant of the same name."""
    await create_tenant(core, "t1")
    await trust(core, "ann", "t1")

    await core.call("POST", "/recipe/multitenancy/tenant/remove", body={"tenantId": "t1"})

    assert await rows(core, "trusted_devices") == []


async def test_the_trail_tells_what_happened(core: Core) -> None:
    """Each device that is trusted, and each end of trust that somebody asked for, is recorded."""
    made = await trust(core, "ann")
    for _ in range(2):
        await post(core, "trusteddevices/remove", {"userId": "ann", "deviceId": made["deviceId"]})
    await trust(core, "ann")
    ended = [(await post(core, "trusteddevices/removeall", {"userId": "ann"}))["didDevicesExist"] for _ in range(2)]

    entries = (await get(core, "audit", {"userId": "ann"}))["entries"]
    assert ended == [True, False]
    assert [entry["action"] for entry in reversed(entries)] == ["trusted_device.added", "trusted_device.removed"] * 2
