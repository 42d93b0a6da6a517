# SPDX-License-Identifier: Apache-2.0
"""Wrong passwords: how many are looked at, from where, and who still gets in."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from tests.core.quick import quick_core
from tests.core.recipe.calls import MANY, create_tenant, post, put_user, rows, sign_up
from twofold.core.app import Core
from twofold.core.clock import TurnableClock
from twofold.core.config import Settings

EMAIL = "a@example.com"
PASSWORD = "password1"
HOME, AWAY = "192.0.2.0/24", "198.51.100.7"
BUDGET = Settings().password_guess_budget
REFILL_SECONDS = Settings().password_guess_refill_sec
STRANGER_BUDGET = 30
Json = dict[str, object]


@pytest.fixture
async def core(database_url: str, clock: TurnableClock) -> AsyncIterator[Core]:
    """A core with a smaller budget for strangers than usual."""
    started = quick_core(database_url, clock, password_stranger_budget=STRANGER_BUDGET)
    yield started
    await started.stop()


async def sign_in(
    core: Core, password: str = PASSWORD, network: str | None = AWAY, email: str = EMAIL, tenant_id: str = "public"
) -> Json:
    """Sign in from a network."""
    body = {"email": email, "password": password, "clientNetwork": network}
    return await post(core, "signin", body, tenant_id=tenant_id)


def is_looked_at(answer: Json) -> bool:
    """Whether an answer says that the password was wrong, and not that it was not looked at."""
    assert answer["status"] == "WRONG_CREDENTIALS_ERROR"
    return "retryAfterMs" not in answer


async def guess_from_everywhere(core: Core) -> int:
    """Guess from as many networks as it takes; answers how many guesses were looked at."""
    looked_at = 0
    for number in range(STRANGER_BUDGET + 5):
        looked_at += is_looked_at(await sign_in(core, "wrong", f"203.0.113.{number}"))
    return looked_at


async def trusted_device(core: Core, user_id: str) -> str:
    """The token of a device that a user trusts."""
    body = {"userId": user_id, "factors": ["totp"], "lifetimeMs": 10**9}
    token: str = (await post(core, "trusteddevices", body))["token"]
    return token


async def sign_in_on(core: Core, token: str, password: str = PASSWORD, network: str = "198.51.100.200") -> Json:
    """Sign in on a device, in a network where nobody ever signed in."""
    body = {"email": EMAIL, "password": password, "clientNetwork": network, "trustedDevice": token}
    return await post(core, "signin", body)


async def test_who_guesses_elsewhere_locks_no_trusted_device(core: Core) -> None:
    """Attack class 06.

    Strangers spend all that the account has; the owner travels, and signs in on the device that they trust. Its budget
    is its own: whoever holds its token guesses as often as anybody in a network, and no more.
    """
    user_id = await sign_up(core)
    token, other = await trusted_device(core, user_id), await trusted_device(core, user_id)
    await guess_from_everywhere(core)
    assert not is_looked_at(await sign_in(core, network="198.51.100.200"))

    guesses = [await sign_in_on(core, token, "wrong") for _ in range(BUDGET + 3)]

    assert sum(is_looked_at(answer) for answer in guesses) == BUDGET
    assert not is_looked_at(await sign_in_on(core, token))
    assert (await sign_in_on(core, other))["status"] == "OK"


async def test_a_token_that_is_none_gives_no_guess(core: Core) -> None:
    """Attack class 06.

    Somebody else's device, one of another tenant, half a token, a made-up one, one that is trusted no more: none of
    them has anything that strangers have not.
    """
    user_id, stranger = await sign_up(core), await sign_up(core, "b@example.com")
    await create_tenant(core, "t1")
    mine = await trusted_device(core, user_id)
    body = {"userId": user_id, "factors": ["totp"], "lifetimeMs": 10**9}
    elsewhere = (await post(core, "trusteddevices", body, tenant_id="t1"))["token"]
    ended = await trusted_device(core, user_id)
    await post(core, "trusteddevices/remove", {"userId": user_id, "deviceId": ended.partition(".")[0]})
    tokens = [
        await trusted_device(core, stranger),
        elsewhere,
        ended,
        mine[:-1],
        mine.partition(".")[0],
        "x" * 5000,
        ".",
    ]
    await guess_from_everywhere(core)

    for token in tokens:
        assert not is_looked_at(await sign_in_on(core, token, "wrong"))
        assert not is_looked_at(await sign_in_on(core, token))
    assert (await sign_in_on(core, mine))["status"] == "OK"


async def test_exactly_the_budget_is_looked_at(core: Core, clock: TurnableClock) -> None:
    """Attack class 03: the first guess beyond it is refused, also a right one; one more comes back each refill."""
    await sign_up(core)
    answers = [await sign_in(core, "wrong", email=" A@Example.com" if n % 2 else EMAIL) for n in range(BUDGET)]
    refused = await sign_in(core)

    assert all(is_looked_at(answer) for answer in answers)
    assert not is_looked_at(refused)
    assert REFILL_SECONDS - 60 < int(str(refused["retryAfterMs"])) / 1000 <= REFILL_SECONDS
    clock.turn(seconds=REFILL_SECONDS)
    assert (await sign_in(core))["status"] == "OK"


async def test_success_gives_back_what_was_wrong_in_its_network(core: Core) -> None:
    """Attack class 07: and not what was wrong elsewhere, nor at another account."""
    await sign_up(core)
    await sign_up(core, "b@example.com")
    for _ in range(BUDGET - 1):
        await sign_in(core, "wrong", AWAY)
        await sign_in(core, "wrong", HOME)
    assert (await sign_in(core, network=HOME))["status"] == "OK"
    assert (await sign_in(core, email="b@example.com"))["status"] == "OK"

    at_home = [is_looked_at(await sign_in(core, "wrong", HOME)) for _ in range(BUDGET)]
    away = [is_looked_at(await sign_in(core, "wrong", AWAY)) for _ in range(2)]

    assert all(at_home)
    assert away == [True, False]


async def test_stranger_does_not_keep_the_owner_out(core: Core) -> None:
    """Attack class 06: whoever guesses from everywhere slows down strangers; who signed in lately gets in at home."""
    await sign_up(core)
    assert (await sign_in(core, network=HOME))["status"] == "OK"
    assert await guess_from_everywhere(core) == STRANGER_BUDGET

    assert not is_looked_at(await sign_in(core, network="192.0.2.77"))
    assert (await sign_in(core, network=HOME))["status"] == "OK"


async def test_new_password_lets_the_owner_in(core: Core) -> None:
    """Attack class 06: the way by mail is open, and what was guessed of the old password is forgotten."""
    user_id = await sign_up(core)
    await guess_from_everywhere(core)
    made = await post(core, "user/password/reset/token", {"userId": user_id, "email": EMAIL})
    assert (await post(core, "user/password/reset/token/consume", {"token": made["token"]}))["status"] == "OK"
    await put_user(core, {"recipeUserId": user_id, "password": "password2"}, "emailpassword")

    assert (await sign_in(core, "password2"))["status"] == "OK"


async def test_an_operator_lifts_limits_and_forgets_no_network(core: Core) -> None:
    """Attack class 06.

    Who is let in again is at home where they were; and who was not limited is said not to have been.
    """
    user_id = await sign_up(core)
    await sign_in(core, network=HOME)
    assert not (await post(core, "abuse/unlock", {"userId": user_id}))["wasLimited"]
    await sign_in(core, "wrong")

    assert (await post(core, "abuse/unlock", {"userId": user_id}))["wasLimited"]
    await guess_from_everywhere(core)

    assert (await sign_in(core, network=HOME))["status"] == "OK"


async def test_unknown_account_is_limited_alike(core: Core) -> None:
    """Attack class 34: nobody learns from the limit whether there is an account."""
    await sign_up(core)
    known = [await sign_in(core, "wrong") for _ in range(BUDGET + 2)]
    unknown = [await sign_in(core, "wrong", email="nobody@example.com") for _ in range(BUDGET + 2)]

    assert [is_looked_at(answer) for answer in known] == [is_looked_at(answer) for answer in unknown]
    assert [set(answer) for answer in known] == [set(answer) for answer in unknown]


async def test_account_of_two_tenants_has_one_budget(core: Core) -> None:
    """Attack class 04: whichever tenant the guesses come to."""
    user_id = await sign_up(core)
    await create_tenant(core, "t1")
    await post(core, "multitenancy/tenant/user", {"recipeUserId": user_id}, tenant_id="t1")

    answers = [await sign_in(core, "wrong", tenant_id="t1" if n % 2 else "public") for n in range(BUDGET + 1)]

    assert [is_looked_at(answer) for answer in answers] == [True] * BUDGET + [False]


async def test_same_address_in_another_tenant_is_another_account(core: Core) -> None:
    """Attack class 07: who signs up with somebody's address in a tenant of their own renews nothing."""
    await create_tenant(core, "t1")
    await sign_up(core)
    await post(core, "signup", {"email": EMAIL, "password": "password2"}, tenant_id="t1")
    for _ in range(BUDGET):
        await sign_in(core, "wrong")
    assert (await sign_in(core, "password2", tenant_id="t1"))["status"] == "OK"

    assert not is_looked_at(await sign_in(core, "wrong"))


async def test_guesses_at_once_are_limited_like_guesses_in_turn(core: Core) -> None:
    """Attack class 01: of a hundred at once no more are looked at than the budget has, and one for this process."""
    await sign_up(core)

    answers = await asyncio.gather(*(sign_in(core, "wrong") for _ in range(MANY)))

    assert sum(is_looked_at(answer) for answer in answers) in (BUDGET, BUDGET + 1)


async def test_guesses_at_once_on_a_trusted_device_are_limited(core: Core) -> None:
    """Attack class 01.

    Of a hundred at once on one device exactly its budget is looked at, and the owner gets in on another meanwhile.
    """
    user_id = await sign_up(core)
    token, other = await trusted_device(core, user_id), await trusted_device(core, user_id)
    await guess_from_everywhere(core)

    owner, *answers = await asyncio.gather(
        sign_in_on(core, other, network="198.51.100.201"), *(sign_in_on(core, token, "wrong") for _ in range(MANY))
    )

    assert sum(is_looked_at(answer) for answer in answers) == BUDGET
    assert owner["status"] == "OK"
    assert not is_looked_at(await sign_in_on(core, token))


async def test_network_need_not_be_known(core: Core) -> None:
    """A caller that does not tell the network is limited per account; a success gives everything back."""
    await sign_up(core)
    for _ in range(3):
        for _ in range(BUDGET - 1):
            assert is_looked_at(await sign_in(core, "wrong", None))
        assert (await sign_in(core, network=None))["status"] == "OK"

    assert [row["budget"] for row in await rows(core, "abuse_budgets") if row["full_at"] > clock_of(core)] == []


async def test_right_password_writes_nothing_but_its_network(core: Core) -> None:
    """The usual case costs no statement more, but one a day."""
    await sign_up(core)
    await sign_in(core, network=HOME)
    before = await rows(core, "abuse_budgets")
    await sign_in(core, network=HOME)

    assert await rows(core, "abuse_budgets") == before
    assert [row["budget"].split()[0] for row in before] == ["known"]


def clock_of(core: Core) -> int:
    """The core's time."""
    return core.services.clock.now_ms()
