# SPDX-License-Identifier: Apache-2.0
"""Recovery codes through the core call: one use each, one set, few tries, and gone with the last second factor."""

import asyncio
from collections import Counter

import pytest

from tests.contract.replay import totp_code
from tests.core.recipe.calls import (
    MANY,
    at_once,
    get,
    link,
    make_primary,
    map_id,
    post,
    remove_user,
    rows,
    sign_up,
)
from twofold.core.app import Core, create_core
from twofold.core.clock import TurnableClock
from twofold.core.errors import CoreError
from twofold.core.recipe.recoverycodes import codes, rules
from twofold.core.recipe.recoverycodes.api import MAX_COUNT
from twofold.core.tokens import Tokens

USER = "user-1"
WRONG = "0000-0000-0000-0000"


async def make(core: Core, user_id: str = USER, count: int = 3) -> list[str]:
    """Make a set of codes."""
    made: list[str] = (await post(core, "recoverycodes", {"userId": user_id, "count": count}))["codes"]
    return made


async def use(core: Core, code: str, user_id: str = USER) -> str:
    """Use a code, and answer the status."""
    status: str = (await post(core, "recoverycodes/consume", {"userId": user_id, "code": code}))["status"]
    return status


async def remaining(core: Core, user_id: str = USER) -> int:
    """How many codes are left."""
    left: int = (await get(core, "recoverycodes", {"userId": user_id}))["remaining"]
    return left


async def add_app(core: Core, user_id: str, name: str = "phone") -> None:
    """Set an authenticator app up."""
    device = {"userId": user_id, "deviceName": name, "skew": 1, "period": 30}
    secret = (await post(core, "totp/device", device))["secret"]
    code = totp_code(secret, core.services.clock.now_ms() / 1000)
    assert (await post(core, "totp/device/verify", {**device, "totp": code}))["status"] == "OK"


async def remove_app(core: Core, user_id: str, name: str = "phone") -> None:
    """Remove an authenticator app."""
    assert (await post(core, "totp/device/remove", {"userId": user_id, "deviceName": name}))["didDeviceExist"]


async def test_a_code_is_used_once_of_a_hundred(core: Core) -> None:
    """Attack class 09.

    Class 9: of a hundred tries with one code at once one is right, and the others use nothing else up.

    AAL2 3.1.2.2, 4.2.1.1. ASVS 6.5.1.
    """
    code, *_ = await make(core)

    statuses = await at_once(core, "recoverycodes/consume", {"userId": USER, "code": code})

    assert (statuses["OK"], sum(statuses.values())) == (1, MANY)
    assert await remaining(core) == 2


async def test_a_code_is_used_once_on_two_nodes(core: Core, database_url: str) -> None:
    """Attack class 09: class 9: two nodes know each other's codes, and of forty tries on both at once one is right."""
    code, *_ = await make(core)
    other = create_core(database_url, clock=core.services.clock)
    body = {"userId": USER, "code": code}

    counted = await asyncio.gather(*(at_once(node, "recoverycodes/consume", body, 20) for node in (core, other)))
    await other.stop()

    assert sum(statuses["OK"] for statuses in counted) == 1
    assert await remaining(core) == 2


async def test_guesses_at_once_are_limited_like_guesses_in_turn(core: Core) -> None:
    """Class 3: of a hundred wrong codes as many are looked at as are allowed (AAL2 3.1.2.2)."""
    await make(core, count=1)

    statuses = await at_once(core, "recoverycodes/consume", {"userId": USER, "code": WRONG})

    limit = rules.MAX_ATTEMPTS
    assert statuses == {"INVALID_RECOVERY_CODE_ERROR": limit, "LIMIT_REACHED_ERROR": MANY - limit}


async def test_the_limit_ends_with_the_cooldown(core: Core, clock: TurnableClock) -> None:
    """While it holds, the right code waits too, and is not used up by it."""
    code, *_ = await make(core)
    for _ in range(rules.MAX_ATTEMPTS):
        await use(core, WRONG)

    refused = await post(core, "recoverycodes/consume", {"userId": USER, "code": code})
    clock.turn(seconds=rules.COOLDOWN_MS / 1000 + 1)

    assert refused["status"] == "LIMIT_REACHED_ERROR"
    assert 0 < refused["retryAfterMs"] <= rules.COOLDOWN_MS
    assert await use(core, code) == "OK"


async def test_a_new_set_gives_no_new_tries(core: Core) -> None:
    """Attack class 02: class 2: asking for new codes leaves the wrong ones counted; a right code ends the row."""
    await make(core)
    for _ in range(rules.MAX_ATTEMPTS - 1):
        await use(core, WRONG)
    code, *_ = await make(core)

    assert await use(core, code) == "OK"
    counted = await post(core, "recoverycodes/consume", {"userId": USER, "code": WRONG})
    assert (counted["currentNumberOfFailedAttempts"], counted["maxNumberOfFailedAttempts"]) == (1, rules.MAX_ATTEMPTS)


async def test_a_new_set_kills_the_old_one(core: Core) -> None:
    """Attack class 11.

    Class 11: codes on an old sheet are worthless, used or not; also when two sets are made at once.
    """
    old = await make(core)
    made = await asyncio.gather(*(make(core) for _ in range(4)))

    right = [await use(core, codes[0]) for codes in made]

    assert Counter(right) == {"OK": 1, "INVALID_RECOVERY_CODE_ERROR": 3}
    assert await use(core, old[0]) == "INVALID_RECOVERY_CODE_ERROR"
    assert await remaining(core) == 2


async def test_codes_are_hashed_slowly_with_one_salt(core: Core) -> None:
    """Class 21: the database has no code, and one hash decides about all codes of a set.

    AAL2 3.1.2.2, 4.2.1.1. ASVS 6.5.2.
    """
    made = await make(core)

    stored = [row["code_hash"] for row in await rows(core, "recovery_codes")]
    assert len(set(stored)) == len(made)
    assert len({text.rsplit("$", 1)[0] for text in stored}) == 1
    assert all(text.startswith("$argon2id$") for text in stored)
    assert not any(code.replace("-", "") in str(stored) for code in made)


async def test_sets_of_two_users_have_two_salts(core: Core) -> None:
    """A code of one is none of the other, and nobody sees from the database who has the same."""
    mine, theirs = (await make(core, count=1))[0], (await make(core, "user-2", 1))[0]

    assert await use(core, theirs) == "INVALID_RECOVERY_CODE_ERROR"
    assert await use(core, mine) == "OK"
    assert len({row["hash_sample"].split("$")[4] for row in await rows(core, "recovery_code_sets")}) == 2


async def test_what_cannot_be_a_code_costs_nothing(core: Core) -> None:
    """It is wrong, and no try is lost by it."""
    await make(core)

    answers = [
        await post(core, "recoverycodes/consume", {"userId": USER, "code": text})
        for text in ("", "7KQ2", "UUUU-UUUU-UUUU-UUUU", "é" * 16)
    ]

    assert {answer["status"] for answer in answers} == {"INVALID_RECOVERY_CODE_ERROR"}
    assert {answer["currentNumberOfFailedAttempts"] for answer in answers} == {0}


async def test_without_codes(core: Core) -> None:
    """There is nothing to count and nothing to use, and the answer says so."""
    assert await get(core, "recoverycodes", {"userId": USER}) == {
        "status": "OK",
        "total": 0,
        "remaining": 0,
        "hasSecondFactor": False,
    }
    assert await use(core, WRONG) == await use(core, "x") == "NO_RECOVERY_CODES_ERROR"
    assert await post(core, "recoverycodes/remove", {"userId": USER}) == {"status": "OK", "didCodesExist": False}


async def test_removing(core: Core) -> None:
    """Who removes the codes of a user leaves none."""
    code, *_ = await make(core)

    assert await post(core, "recoverycodes/remove", {"userId": USER}) == {"status": "OK", "didCodesExist": True}
    assert await use(core, code) == "NO_RECOVERY_CODES_ERROR"


async def test_codes_are_somebodys(core: Core) -> None:
    """An id that is none, or longer than any, is refused."""
    with pytest.raises(CoreError, match="userId cannot be empty"):
        await make(core, " ")
    with pytest.raises(CoreError, match="userId"):
        await make(core, "a" * 1000)


@pytest.mark.parametrize("count", [0, -1, 21])
async def test_a_set_has_a_sensible_size(core: Core, count: int) -> None:
    """Each code is one slow hash: nobody asks for thousands."""
    with pytest.raises(CoreError, match="count must be between 1 and 20"):
        await make(core, count=count)


async def test_the_last_second_factor_takes_the_codes_with_it(core: Core) -> None:
    """Attack class 11.

    Class 11: codes of before must not open the factor that is set up next; as long as one is left, they stay.
    """
    user_id = await sign_up(core)
    await add_app(core, user_id)
    await add_app(core, user_id, "tablet")
    code, other, _ = await make(core, user_id)

    await remove_app(core, user_id)
    assert await use(core, code, user_id) == "OK"
    await remove_app(core, user_id, "tablet")
    assert await use(core, other, user_id) == "NO_RECOVERY_CODES_ERROR"


async def test_another_kind_of_login_is_a_second_factor_until_it_is_removed(core: Core) -> None:
    """A phone number that codes are sent to keeps the codes alive; with its login method they go."""
    user_id = await sign_up(core)
    await make_primary(core, user_id)
    begun = await post(core, "signinup/code", {"phoneNumber": "+4915112345678"})
    names = ("preAuthSessionId", "deviceId", "userInputCode")
    phone = (await post(core, "signinup/code/consume", {name: begun[name] for name in names}))["recipeUserId"]
    await link(core, phone, user_id)
    await add_app(core, user_id)
    code, other, _ = await make(core, user_id)

    await remove_app(core, user_id)
    assert await use(core, code, user_id) == "OK"
    await core.call("POST", "/user/remove", body={"userId": phone, "removeAllLinkedAccounts": False})
    assert await use(core, other, user_id) == "NO_RECOVERY_CODES_ERROR"


async def test_who_is_linked_or_parted_finds_no_old_codes(core: Core) -> None:
    """Codes of a login method on its own are no codes of the person it joins, nor wait for its return."""
    user_id, joining = await sign_up(core), await sign_up(core, "b@example.com")
    await make_primary(core, user_id)
    code, *_ = await make(core, joining)

    await link(core, joining, user_id)
    assert await use(core, code, user_id) == "NO_RECOVERY_CODES_ERROR"
    await core.call("POST", "/recipe/accountlinking/user/unlink", body={"recipeUserId": joining})
    assert await use(core, code, joining) == "NO_RECOVERY_CODES_ERROR"


async def test_codes_follow_the_user_to_an_id_of_the_application(core: Core) -> None:
    """Mapping an id moves the codes, and deleting the user deletes them."""
    user_id = await sign_up(core)
    code, other, _ = await make(core, user_id)
    await map_id(core, user_id, "ann")

    assert await use(core, code, user_id) == "NO_RECOVERY_CODES_ERROR"
    assert await use(core, other, "ann") == "OK"
    await remove_user(core, "ann")
    assert await rows(core, "recovery_code_sets") == await rows(core, "recovery_codes") == []


def test_codes_as_people_type_them() -> None:
    """Case, spaces, dashes and letters that look like digits make no difference; everything else does."""
    drawn = codes.draw(Tokens(lambda count: bytes(range(1, count + 1))))

    assert codes.shown(drawn) == "0410-6105-0R3G-G28A"
    assert codes.typed(codes.shown(drawn).lower()) == drawn
    assert codes.typed(" o1i l23\u2013456\u20147 9ab-\tcde") == "01112345679ABCDE"
    assert codes.typed(drawn + "0") is None
    assert codes.typed("U" * codes.LENGTH) is None


def test_every_bit_of_a_code_is_random() -> None:
    """The smallest and the largest number make the smallest and the largest code (AAL2 4.2.1.1; ASVS 6.5.4)."""
    assert codes.draw(Tokens(lambda count: b"\x00" * count)) == "0" * codes.LENGTH
    assert codes.draw(Tokens(lambda count: b"\xff" * count)) == "Z" * codes.LENGTH


def test_a_year_of_guessing_finds_nothing() -> None:
    """The probability that somebody with the password finds a code, at the pace of the limit, on the largest set."""
    tries = rules.MAX_ATTEMPTS * (365 * 24 * 3600 * 1000 // rules.COOLDOWN_MS + 1)

    assert tries * MAX_COUNT / 2**codes.BITS < 1e-16


async def test_an_operator_lifts_the_limit(core: Core) -> None:
    """Wrong codes are forgotten with every other limit on the user."""
    user_id = await sign_up(core)
    code, *_ = await make(core, user_id)
    for _ in range(rules.MAX_ATTEMPTS):
        await use(core, WRONG, user_id)

    lifted = [(await post(core, "abuse/unlock", {"userId": user_id}))["wasLimited"] for _ in range(2)]

    assert lifted == [True, False]
    assert await use(core, code, user_id) == "OK"


async def test_the_trail_tells_what_happened(core: Core) -> None:
    """Each set, each use and each removal is recorded, without any code."""
    code, *_ = await make(core)
    await make(core)
    await use(core, code)
    used, *_ = await make(core)
    await use(core, used)
    for _ in range(2):
        await post(core, "recoverycodes/remove", {"userId": USER})

    entries = (await get(core, "audit", {"userId": USER}))["entries"]
    assert [(entry["action"], entry["details"]) for entry in reversed(entries)] == [
        ("recovery_codes.created", {"count": 3, "didReplace": False}),
        ("recovery_codes.created", {"count": 3, "didReplace": True}),
        ("recovery_codes.created", {"count": 3, "didReplace": True}),
        ("recovery_codes.used", {"remaining": 2}),
        ("recovery_codes.removed", {}),
    ]
