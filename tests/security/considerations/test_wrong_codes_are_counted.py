# SPDX-License-Identifier: Apache-2.0
"""Consideration: after five wrong TOTP codes one has to wait for 15 minutes; both numbers are settings of the core."""

from typing import Any

from tests.security.application import Person
from tests.security.considerations.application import is_open, site

WAIT_MS = 15 * 60 * 1000


async def guess(person: Person, times: int) -> list[Any]:
    """Guess, and return what is answered."""
    return [(await person.api("POST", "/totp/verify", {"totp": "000000"})).json() for _ in range(times)]


async def test_attack_guessing_in_one_session(database_url: str) -> None:
    """Classes 1, 3: the fifth wrong code is the last that is looked at; then even the right one has to wait."""
    async with site(["totp"], database_url=database_url) as here:
        secret = await here.set_up_totp(await here.sign("signup"))
        thief = await here.sign("signin")

        answers = await guess(thief, 6)
        right = (await thief.api("POST", "/totp/verify", {"totp": here.totp_code(secret)})).json()

        assert [answer["status"] for answer in answers] == ["INVALID_TOTP_ERROR"] * 5 + ["LIMIT_REACHED_ERROR"]
        assert [answer.get("currentNumberOfFailedAttempts") for answer in answers[:5]] == [1, 2, 3, 4, 5]
        assert WAIT_MS - 60_000 < answers[5]["retryAfterMs"] <= WAIT_MS
        assert right["status"] == "LIMIT_REACHED_ERROR"
        assert not await is_open(thief)


async def test_attack_guessing_in_many_sessions(database_url: str) -> None:
    """Class 2: signing in again, or guessing where a device is verified, does not begin a new count."""
    async with site(["totp"], database_url=database_url) as here:
        await here.set_up_totp(await here.sign("signup"))
        first, second = await here.sign("signin"), await here.sign("signin")

        answers = [*await guess(first, 3), *await guess(second, 3)]

        assert [answer["status"] for answer in answers] == ["INVALID_TOTP_ERROR"] * 5 + ["LIMIT_REACHED_ERROR"]


async def test_after_the_wait_the_right_code_is_right() -> None:
    """Class 6: the owner is let in a quarter of an hour later."""
    async with site(["totp"]) as here:
        secret = await here.set_up_totp(await here.sign("signup"))
        owner = await here.sign("signin")
        await guess(owner, 6)
        here.under_test.clock.turn(seconds=WAIT_MS // 1000)

        answer = (await owner.api("POST", "/totp/verify", {"totp": here.totp_code(secret)})).json()

        assert answer == {"status": "OK"}
        assert await is_open(owner)


async def test_the_operator_says_how_many_and_how_long() -> None:
    """Both numbers come from the core's settings."""
    settings = {"totp_max_attempts": 2, "totp_rate_limit_cooldown_sec": 60}
    async with site(["totp"], settings=settings) as here:
        await here.set_up_totp(await here.sign("signup"))

        answers = await guess(await here.sign("signin"), 3)

        assert [answer["status"] for answer in answers] == ["INVALID_TOTP_ERROR"] * 2 + ["LIMIT_REACHED_ERROR"]
        assert answers[0]["maxNumberOfFailedAttempts"] == 2
        assert 0 < answers[2]["retryAfterMs"] <= 60_000
