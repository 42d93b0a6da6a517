# SPDX-License-Identifier: Apache-2.0
"""Support cases: an operator takes factors from a user, at once or after a delay; both are in the audit trail."""

import asyncio
from typing import Any

import pytest

from tests.core.recipe.calls import Json, get, link, make_primary, post, remove_user, rows, run_jobs, sign_up
from twofold.core.app import Core
from twofold.core.clock import TurnableClock
from twofold.core.errors import BadRequest
from twofold.core.recipe.factorreset.rules import run_due

SECRET = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"
DAY_MS = 24 * 3600 * 1000
OPERATOR = "operator@example.com"


@pytest.fixture
async def ann(core: Core) -> str:
    """A user with a password, an authenticator app and a session."""
    user_id = await sign_up(core)
    body = {"userId": user_id, "deviceName": "phone", "skew": 1, "period": 30, "secretKey": SECRET}
    await post(core, "totp/device/import", body)
    await begin_session(core, user_id)
    return user_id


async def begin_session(core: Core, user_id: str, claims: Json | None = None) -> str:
    """Begin a session; its handle."""
    body = {"userId": user_id, "userDataInJWT": claims or {}, "userDataInDatabase": {}, "enableAntiCsrf": False}
    handle: str = (await post(core, "session", body))["session"]["handle"]
    return handle


async def ask(core: Core, user_id: str, *factors: str, **more: Any) -> Json:
    """Reset factors as an operator."""
    body = {"userId": user_id, "factors": list(factors), "reason": "lost the phone", **more}
    return await core.call("POST", "/recipe/factorreset", body=body, actor=OPERATOR)


async def sessions_of(core: Core, user_id: str) -> list[str]:
    """The sessions of a user."""
    handles: list[str] = (await get(core, "session/user", {"userId": user_id}))["sessionHandles"]
    return handles


async def devices_of(core: Core, user_id: str) -> int:
    """How many authenticator apps a user has."""
    return len((await get(core, "totp/device/list", {"userId": user_id}))["devices"])


async def trail(core: Core) -> list[tuple[str, str, str]]:
    """What the trail says of resets, oldest first: what, who, why."""
    entries = (await get(core, "audit", {}))["entries"][::-1]
    resets = [entry for entry in entries if entry["action"].startswith("factor_reset")]
    return [(entry["action"], entry["actor"], entry["reason"]) for entry in resets]


async def test_at_once(core: Core, ann: str) -> None:
    """The lost authenticator app is gone, and so are sessions, recovery codes and trust (AAL2 3.2.1)."""
    await post(core, "recoverycodes", {"userId": ann, "count": 1})

    assert await ask(core, ann, "totp") == {"status": "OK"}

    assert await devices_of(core, ann) == 0
    assert await sessions_of(core, ann) == []
    assert (await get(core, "recoverycodes", {"userId": ann}))["total"] == 0
    assert await trail(core) == [("factor_reset.done", OPERATOR, "lost the phone")]
    assert (await post(core, "signin", {"email": "a@example.com", "password": "password1"}))["status"] == "OK"


async def test_a_lost_number_or_mailbox(core: Core, ann: str) -> None:
    """What codes were sent to is no factor and no way in any more; of one who has both the other stays."""
    phone = await passwordless(core, phoneNumber="+14155552671")
    await make_primary(core, ann)
    await link(core, phone, ann)
    assert (await ask(core, ann, "otp-phone"))["status"] == "OK"
    both = await passwordless(core, email="both@example.com")
    changes = {"recipeUserId": both, "phoneNumber": "+14155552672"}
    await core.call("PUT", "/recipe/user", body=changes, rid="passwordless")
    assert (await ask(core, both, "otp-email"))["status"] == "OK"

    user = (await core.call("GET", "/user/id", query={"userId": ann}))["user"]
    assert [method["recipeId"] for method in user["loginMethods"]] == ["emailpassword"]
    user = (await core.call("GET", "/user/id", query={"userId": both}))["user"]
    assert (user["emails"], user["phoneNumbers"]) == ([], ["+14155552672"])


async def test_the_only_way_in_stays(core: Core) -> None:
    """Nobody is shut out by the help they get; nothing is recorded of what was not done."""
    phone = await passwordless(core, phoneNumber="+14155552671")

    assert (await ask(core, phone, "otp-phone"))["status"] == "LAST_LOGIN_METHOD_ERROR"

    assert await trail(core) == []
    await ask(core, phone, "otp-phone", afterMs=DAY_MS)
    core.services.clock.turn(seconds=86_401)  # type: ignore[attr-defined]  # the test's clock
    await run_jobs(core, "factorreset")
    assert [action for action, _, _ in await trail(core)] == ["factor_reset.requested", "factor_reset.cancelled"]


async def test_after_a_delay_once_over_all_nodes(core: Core, ann: str, clock: TurnableClock) -> None:
    """Nothing happens before; then the first node does it, in the operator's name."""
    answer = await ask(core, ann, "totp", afterMs=DAY_MS)
    await run_due(core.services)
    assert await devices_of(core, ann) == 1
    waiting = (await get(core, "factorreset", {"userId": ann}))["waiting"]
    assert (waiting["factors"], waiting["dueAt"]) == (["totp"], answer["dueAt"])

    clock.turn(seconds=86_401)
    await asyncio.gather(*(run_due(core.services) for _ in range(10)))

    assert await devices_of(core, ann) == 0
    assert await sessions_of(core, ann) == []
    assert await trail(core) == [
        ("factor_reset.requested", OPERATOR, "lost the phone"),
        ("factor_reset.done", OPERATOR, "lost the phone"),
    ]
    assert await get(core, "factorreset", {"userId": ann}) == {"status": "OK"}


async def test_the_user_objects(core: Core, ann: str, clock: TurnableClock) -> None:
    """With the token of the mail, once; a later request makes the token of before worthless."""
    old = (await ask(core, ann, "totp", afterMs=DAY_MS))["objectionToken"]
    token = (await ask(core, ann, "totp", afterMs=DAY_MS))["objectionToken"]
    statuses = [
        (await post(core, "factorreset/object", {"token": one}))["status"] for one in (old, "guess", token, token)
    ]

    assert statuses == ["INVALID_TOKEN_ERROR", "INVALID_TOKEN_ERROR", "OK", "INVALID_TOKEN_ERROR"]
    assert (await trail(core))[-1] == ("factor_reset.cancelled", "user", "the user objected")
    clock.turn(seconds=86_401)
    await run_due(core.services)
    assert await devices_of(core, ann) == 1
    assert token not in str(await rows(core, "factor_resets"))


async def test_the_operator_cancels(core: Core, ann: str) -> None:
    """With a reason of its own."""
    await ask(core, ann, "totp", afterMs=DAY_MS)
    body = {"userId": ann, "reason": "found it"}
    first = await core.call("POST", "/recipe/factorreset/cancel", body=body, actor=OPERATOR)
    second = await core.call("POST", "/recipe/factorreset/cancel", body=body, actor=OPERATOR)

    assert (first["wasWaiting"], second["wasWaiting"]) == (True, False)
    assert (await trail(core))[-1] == ("factor_reset.cancelled", OPERATOR, "found it")


@pytest.mark.parametrize(
    ("way", "factor", "is_complete", "age_seconds", "is_cancelled"),
    [
        ("create", "totp", True, 0, True),
        ("regenerate", "totp", True, 0, True),
        ("set", "totp", True, 0, True),
        ("set", "totp", False, 0, False),
        ("set", "totp", True, 100, False),
        ("set", "otp-email", True, 0, False),
        ("set", "recovery-code", True, 0, False),
    ],
)
async def test_a_sign_in_with_the_factor_cancels(
    core: Core,
    ann: str,
    clock: TurnableClock,
    way: str,
    factor: str,
    is_complete: bool,
    age_seconds: int,
    is_cancelled: bool,
) -> None:
    """It was not lost. A factor of before, another one, or a session that misses one says nothing."""
    clock.turn(seconds=100)
    await ask(core, ann, "totp", afterMs=DAY_MS)
    done_at = clock.now_ms() // 1000 - age_seconds
    claims = {"st-mfa": {"c": {"emailpassword": done_at, factor: done_at}, "v": is_complete}}
    if way == "create":
        await begin_session(core, ann, claims)
    elif way == "set":
        handle = await begin_session(core, ann)
        await core.call("PUT", "/recipe/jwt/data", body={"sessionHandle": handle, "userDataInJWT": claims})
    else:
        body = {"userId": ann, "userDataInJWT": {}, "userDataInDatabase": {}, "enableAntiCsrf": False}
        token = (await post(core, "session", body))["accessToken"]["token"]
        await post(core, "session/regenerate", {"accessToken": token, "userDataInJWT": claims})

    assert ("waiting" not in await get(core, "factorreset", {"userId": ann})) == is_cancelled
    assert ([entry[:2] for entry in await trail(core)][1:] == [("factor_reset.cancelled", "user")]) == is_cancelled


async def test_who_is_gone_has_nothing_waiting(core: Core, ann: str, clock: TurnableClock) -> None:
    """Deleting a user deletes what waits for them."""
    await ask(core, ann, "totp", afterMs=DAY_MS)
    await remove_user(core, ann)
    clock.turn(seconds=86_401)
    await run_due(core.services)

    assert await rows(core, "factor_resets") == []
    assert [action for action, _, _ in await trail(core)] == ["factor_reset.requested"]


async def test_what_makes_no_sense_is_refused(core: Core, ann: str) -> None:
    """With a text that says what may be asked; nothing without a reason (ASVS 6.4.4)."""
    assert (await ask(core, "nobody", "totp"))["status"] == "UNKNOWN_USER_ID_ERROR"
    for factors in ((), ("emailpassword",)):
        with pytest.raises(BadRequest, match="factors must be some of totp, webauthn, "):
            await ask(core, ann, *factors)
    for delay in (-1, 91 * DAY_MS):
        with pytest.raises(BadRequest, match="afterMs must be between 0 and"):
            await ask(core, ann, "totp", afterMs=delay)
    with pytest.raises(BadRequest, match="'reason' cannot be an empty String"):
        await ask(core, ann, "totp", reason="  ")


async def passwordless(core: Core, **contact: str) -> str:
    """Create a user who signs in by codes; their id."""
    code = await post(core, "signinup/code", contact)
    body = {"preAuthSessionId": code["preAuthSessionId"], "linkCode": code["linkCode"]}
    user_id: str = (await post(core, "signinup/code/consume", body))["recipeUserId"]
    return user_id
