# SPDX-License-Identifier: Apache-2.0
"""Authenticator apps through the core call: what the recordings do not show."""

import asyncio
from collections import Counter

import pytest

from tests.contract.replay import totp_code
from tests.core.quick import quick_core
from tests.core.recipe.calls import MANY, at_once, create_tenant, get, post, remove_user, rows, run_jobs
from twofold.core.app import Core, create_core
from twofold.core.clock import TurnableClock
from twofold.core.config import Settings
from twofold.core.errors import CoreError

USER = "user-1"
BUDGET = Settings().guess_budget
COOLDOWN_SECONDS = Settings().totp_rate_limit_cooldown_sec
REFILL_SECONDS = Settings().guess_refill_hours * 3600


@pytest.fixture
async def secret(core: Core) -> str:
    """The secret of USER's device `phone`, which is verified by the code of the step before the current one."""
    created = await post(core, "totp/device", {"userId": USER, "deviceName": "phone", "skew": 1, "period": 30})
    body = {"userId": USER, "deviceName": "phone", "totp": code(core, created["secret"], -1)}
    assert (await post(core, "totp/device/verify", body))["status"] == "OK"
    made: str = created["secret"]
    return made


def code(core: Core, secret: str, offset_steps: int = 0) -> str:
    """The code of a secret, by the core's clock."""
    return totp_code(secret, core.services.clock.now_ms() / 1000 + 30 * offset_steps)


async def verify(core: Core, totp: str, tenant_id: str = "public", session: str | None = None) -> str:
    """Check a code of USER, and answer the status."""
    body = {"userId": USER, "totp": totp, "clientSession": session}
    status: str = (await post(core, "totp/verify", body, tenant_id=tenant_id))["status"]
    return status


async def guesses_left(core: Core, clock: TurnableClock, session: str = "attacker") -> int:
    """How many wrong codes are looked at before the long lock, from a session of its own."""
    for number in range(BUDGET + 1):
        clock.turn(seconds=COOLDOWN_SECONDS)
        if await verify(core, "wrong", session=session) == "LIMIT_REACHED_ERROR":
            return number
    raise AssertionError("it never locks")


async def test_a_code_is_accepted_once_of_a_hundred(core: Core, secret: str) -> None:
    """Whoever reads a code over the user's shoulder and is as fast as they are gets nothing.

    AAL2 2.2.2, 3.1.4.2, 3.2.7. ASVS 6.5.1.
    """
    body = {"userId": USER, "totp": code(core, secret)}

    statuses = await at_once(core, "totp/verify", body)

    assert statuses["OK"] == 1
    assert sum(statuses.values()) == MANY


async def test_a_device_from_before_a_profile_is_held_to_it(
    core: Core, clock: TurnableClock, database_url: str
) -> None:
    """Codes of long ago are refused, whatever was allowed then; an app whose codes live too long opens nothing.

    AAL2 3.1.4.1, 3.1.4.2. ASVS 6.5.5.
    """
    secrets = {}
    for user_id, period in (("wide", 30), ("long", 600)):
        body = {"userId": user_id, "deviceName": "phone"}
        created = await post(core, "totp/device", body | {"skew": 20, "period": period})
        secrets[user_id] = created["secret"]
        now_s = core.services.clock.now_ms() / 1000
        first = totp_code(created["secret"], now_s - 20 * period, period)
        assert (await post(core, "totp/device/verify", body | {"totp": first}))["status"] == "OK"

    now_s = clock.now_ms() / 1000
    assured = quick_core(database_url, clock, assurance="nist-aal2")
    await assured.start()
    try:
        statuses = []
        for user_id, totp in (
            ("wide", totp_code(secrets["wide"], now_s - 60)),
            ("wide", totp_code(secrets["wide"], now_s - 30)),
            ("long", totp_code(secrets["long"], now_s, 600)),
        ):
            statuses.append((await post(assured, "totp/verify", {"userId": user_id, "totp": totp}))["status"])
    finally:
        await assured.stop()

    assert statuses == ["INVALID_TOTP_ERROR", "OK", "INVALID_TOTP_ERROR"]
    body = {"userId": "long", "totp": totp_code(secrets["long"], now_s, 600)}
    assert (await post(core, "totp/verify", body))["status"] == "OK"  # without the profile it is right


async def test_a_device_is_verified_once_of_a_hundred(core: Core) -> None:
    """One request verifies it; the others learn that it is, and use nothing up."""
    created = await post(core, "totp/device", {"userId": USER, "deviceName": "d", "skew": 1, "period": 30})
    body = {"userId": USER, "deviceName": "d", "totp": code(core, created["secret"])}

    answers = await asyncio.gather(*(post(core, "totp/device/verify", body) for _ in range(MANY)))

    assert Counter(answer["wasAlreadyVerified"] for answer in answers) == {False: 1, True: MANY - 1}


async def test_guesses_at_once_are_limited_like_guesses_in_turn(core: Core, secret: str) -> None:
    """Of a hundred wrong codes five are looked at."""
    statuses = await at_once(core, "totp/verify", {"userId": USER, "totp": "wrong"})

    assert statuses == {"INVALID_TOTP_ERROR": 5, "LIMIT_REACHED_ERROR": MANY - 5}


async def test_the_limit_ends_with_the_cooldown(core: Core, clock: TurnableClock, secret: str) -> None:
    """Even a right code waits; afterwards it is accepted."""
    for _ in range(5):
        await verify(core, "wrong")

    assert await verify(core, code(core, secret)) == "LIMIT_REACHED_ERROR"
    clock.turn(seconds=901)
    assert await verify(core, code(core, secret)) == "OK"


async def test_factor_locks_at_exactly_the_budget(core: Core, clock: TurnableClock, secret: str) -> None:
    """Attack class 01: over tenants, sessions and cooldowns so many wrong codes are looked at; then no code is.

    AAL2 3.2.2. ASVS 6.6.3.
    """
    await create_tenant(core, "t1")
    for number in range(BUDGET):
        clock.turn(seconds=COOLDOWN_SECONDS if number % 3 == 0 else 1)
        tenant_id = "t1" if number % 2 else "public"
        assert await verify(core, "wrong", tenant_id, session=str(number)) == "INVALID_TOTP_ERROR"
    body = {"userId": USER, "totp": code(core, secret)}
    refused = await post(core, "totp/verify", body)

    assert (
        refused["status"] == (await post(core, "totp/verify", body, tenant_id="t1"))["status"] == "LIMIT_REACHED_ERROR"
    )
    clock.turn(seconds=refused["retryAfterMs"] / 1000 + 1)
    assert await verify(core, code(core, secret)) == "OK"


async def test_success_gives_back_what_was_wrong_in_its_session(core: Core, clock: TurnableClock, secret: str) -> None:
    """Attack class 02: the owner's success does not renew what somebody else guesses in another session."""
    for session in ("owner", "attacker"):
        for _ in range(2):
            await verify(core, "wrong", session=session)
    assert await verify(core, code(core, secret), session="owner") == "OK"

    assert await guesses_left(core, clock) == BUDGET - 2


async def test_code_that_is_sent_twice_is_no_guess(core: Core, clock: TurnableClock, secret: str) -> None:
    """Whoever presses the button twice does not come closer to the lock."""
    totp = code(core, secret)
    for _ in range(4):
        await verify(core, totp, session="owner")

    assert await guesses_left(core, clock) == BUDGET


async def test_setting_a_device_up_is_no_guess(core: Core, clock: TurnableClock, secret: str) -> None:
    """Attack class 06: a mistake there does not count, and a locked factor does not keep anybody from setting up."""
    await guesses_left(core, clock)
    made = await post(core, "totp/device", {"userId": USER, "deviceName": "new", "skew": 1, "period": 30})
    clock.turn(seconds=COOLDOWN_SECONDS)
    body = {"userId": USER, "deviceName": "new"}
    wrong = await post(core, "totp/device/verify", body | {"totp": "wrong"})
    right = await post(core, "totp/device/verify", body | {"totp": code(core, made["secret"])})

    assert (wrong["status"], right["status"]) == ("INVALID_TOTP_ERROR", "OK")
    assert await verify(core, code(core, secret)) == "LIMIT_REACHED_ERROR"


async def test_new_secret_has_a_new_budget(core: Core, clock: TurnableClock, secret: str) -> None:
    """What was guessed of a device that is gone says nothing about the next one."""
    await guesses_left(core, clock)
    await post(core, "totp/device/remove", {"userId": USER, "deviceName": "phone"})
    imported = {"userId": USER, "deviceName": "new", "skew": 1, "period": 30, "secretKey": secret}
    await post(core, "totp/device/import", imported)

    assert await verify(core, code(core, secret)) == "OK"


async def test_a_device_of_the_same_secret_does_not_make_its_code_new(core: Core, secret: str) -> None:
    """Importing a secret again, under another name, opens no second chance for a code that was used."""
    totp = code(core, secret)
    assert await verify(core, totp) == "OK"
    await post(
        core, "totp/device/import", {"userId": USER, "deviceName": "x", "skew": 1, "period": 30, "secretKey": secret}
    )

    assert await verify(core, totp) == "INVALID_TOTP_ERROR"


async def test_a_code_of_a_device_that_is_not_verified_opens_nothing(core: Core, secret: str) -> None:
    """A device that someone began to set up does not count."""
    created = await post(core, "totp/device", {"userId": USER, "deviceName": "new", "skew": 1, "period": 30})

    assert await verify(core, code(core, created["secret"])) == "INVALID_TOTP_ERROR"


async def test_a_codes_window_is_the_devices(core: Core, secret: str) -> None:
    """Two steps away is too far with a skew of 1 (AAL2 3.1.4.2; ASVS 6.5.5)."""
    assert await verify(core, code(core, secret, 3)) == "INVALID_TOTP_ERROR"
    assert await verify(core, code(core, secret, 1)) == "OK"


async def test_names_are_counted_from_the_verified_devices(core: Core, secret: str) -> None:
    """A device without a name takes the first that no verified device has, and replaces one that was never verified."""
    body = {"userId": USER, "skew": 1, "period": 30}
    first = await post(core, "totp/device", body)
    second = await post(core, "totp/device", body)
    imported = await post(core, "totp/device/import", body | {"secretKey": secret})
    after = await post(core, "totp/device", body)

    names = [answer["deviceName"] for answer in (first, second, imported, after)]
    assert names == ["TOTP Device 1", "TOTP Device 1", "TOTP Device 1", "TOTP Device 2"]
    assert first["secret"] != second["secret"]


async def test_renaming(core: Core, secret: str) -> None:
    """A name that is taken is refused, an unknown device is said to be unknown, and its own name is no change."""
    await post(core, "totp/device", {"userId": USER, "deviceName": "other", "skew": 1, "period": 30})

    async def rename(old: str, new: str) -> str:
        body = {"userId": USER, "existingDeviceName": old, "newDeviceName": new}
        answer = await core.call("PUT", "/recipe/totp/device", body=body)
        status: str = answer["status"]
        return status

    assert await rename("phone", "other") == "DEVICE_ALREADY_EXISTS_ERROR"
    assert await rename("nothing", "x") == "UNKNOWN_DEVICE_ERROR"
    assert await rename("phone", "phone") == "OK"
    assert await rename("phone", "mine") == "OK"
    assert await verify(core, code(core, secret)) == "OK"


async def test_removing_the_last_device_forgets_everything(core: Core, secret: str) -> None:
    """Nothing of the user is left, and they are unknown."""
    await verify(core, "wrong")
    removed = await post(core, "totp/device/remove", {"userId": USER, "deviceName": "phone"})
    again = await post(core, "totp/device/remove", {"userId": USER, "deviceName": "phone"})

    assert (removed["didDeviceExist"], again["didDeviceExist"]) == (True, False)
    assert await verify(core, "123456") == "UNKNOWN_USER_ID_ERROR"
    for table in ("totp_devices", "totp_used_steps", "totp_attempts"):
        assert await rows(core, table) == []


async def test_history_is_kept_per_tenant(core: Core, secret: str) -> None:
    """Wrong codes in one tenant do not lock another."""
    await create_tenant(core, "t1")
    for _ in range(5):
        await verify(core, "wrong")

    assert await verify(core, "wrong") == "LIMIT_REACHED_ERROR"
    assert await verify(core, "wrong", "t1") == "INVALID_TOTP_ERROR"


async def test_deleting_the_user_deletes_the_devices(core: Core) -> None:
    """Devices under the id of a user go with the user."""
    user = await post(core, "signup", {"email": "a@example.com", "password": "password1"})
    await post(core, "totp/device", {"userId": user["user"]["id"], "skew": 1, "period": 30})
    await remove_user(core, user["user"]["id"])

    assert await rows(core, "totp_devices") == []


async def test_another_app_sees_nothing(core: Core, secret: str) -> None:
    """Devices belong to their app."""
    await core.call("PUT", "/recipe/multitenancy/app/v2", body={"appId": "other"})

    listed = await core.call("GET", "/recipe/totp/device/list", app_id="other", query={"userId": USER})
    checked = await core.call(
        "POST", "/recipe/totp/verify", app_id="other", body={"userId": USER, "totp": code(core, secret)}
    )

    assert listed["devices"] == []
    assert checked["status"] == "UNKNOWN_USER_ID_ERROR"


async def test_housekeeping_removes_what_says_nothing_any_more(core: Core, clock: TurnableClock, secret: str) -> None:
    """Used steps go when their codes have expired, wrong codes when the cooldown is over; devices stay."""
    await verify(core, "wrong")
    await run_jobs(core, "totp")
    kept = [len(await rows(core, table)) for table in ("totp_used_steps", "totp_attempts")]
    clock.turn(seconds=1000)
    await run_jobs(core, "totp")

    assert kept == [1, 1]
    assert [len(await rows(core, table)) for table in ("totp_used_steps", "totp_attempts")] == [0, 0]
    assert len((await get(core, "totp/device/list", {"userId": USER}))["devices"]) == 1


async def test_secrets_are_encrypted_at_rest(database_url: str, clock: TurnableClock) -> None:
    """With an encryption key no secret is readable in the database, nor is a code that was used."""
    core = create_core(database_url, Settings(encryption_key="k" * 32), clock=clock)
    created = await post(core, "totp/device", {"userId": USER, "deviceName": "d", "skew": 1, "period": 30})
    totp = code(core, created["secret"])
    body = {"userId": USER, "deviceName": "d", "totp": totp}
    verified = await post(core, "totp/device/verify", body)
    stored = str([await rows(core, table) for table in ("totp_devices", "totp_used_steps", "totp_attempts")])
    await core.stop()

    assert verified["status"] == "OK"
    assert created["secret"] not in stored
    assert f"'{totp}'" not in stored
    assert "aes256gcm.1." in stored


@pytest.mark.parametrize(
    ("change", "text"),
    [
        ({"skew": 101}, "skew must be <= 100"),
        ({"period": 86_401}, "period must be <= 86400 seconds"),
        ({"secretKey": "not base32!"}, "secretKey must be a base32 text"),
        ({"deviceName": "x" * 257}, "Field name 'deviceName' is too long"),
        ({"userId": "x" * 129}, "Field name 'userId' is too long"),
    ],
)
async def test_what_could_not_work_is_a_bad_request(core: Core, change: dict[str, object], text: str) -> None:
    """Each text says what is wrong; nothing is stored."""
    body: dict[str, object] = {"userId": USER, "skew": 1, "period": 30, "secretKey": "MZXW6YTB"}

    with pytest.raises(CoreError, match=text) as caught:
        await post(core, "totp/device/import", body | change)

    assert caught.value.status == 400
    assert await rows(core, "totp_devices") == []
