# SPDX-License-Identifier: Apache-2.0
"""Budgets and the limit on guesses: exact numbers, races, refills, and what a success gives back."""

import asyncio
import random

from tests.core.recipe.calls import MANY, rows
from twofold.core.app import Core
from twofold.core.jobs import run_due
from twofold.core.recipe.abuse import guessing, store
from twofold.core.recipe.abuse.budgets import Budget, Limit
from twofold.core.recipe.abuse.guessing import Guess

APP = "public"
LIMIT = Limit(burst=3, refill_ms=1000)
BUDGET = Budget("test", "ann", LIMIT)
HOUR_MS = 3_600_000


class Bucket:
    """The oracle: a bucket that holds `burst` and is filled continuously."""

    def __init__(self, limit: Limit, now_ms: int) -> None:
        self.limit, self.level_ms, self.at_ms = limit, limit.burst * limit.refill_ms, now_ms

    def take(self, now_ms: int) -> bool:
        """Take one, if there is one."""
        self.level_ms = min(self.limit.burst * self.limit.refill_ms, self.level_ms + now_ms - self.at_ms)
        self.at_ms = now_ms
        if self.level_ms < self.limit.refill_ms:
            return False
        self.level_ms -= self.limit.refill_ms
        return True


async def test_budget_is_that_of_a_bucket(core: Core) -> None:
    """Attack class 03: for any sequence of times, limits and subjects the budget refuses exactly where it must."""
    database, draw = core.services.database, random.Random(3)
    for round_number in range(10):
        limit = Limit(draw.randint(1, 12), draw.choice([1, 7, 1000, HOUR_MS]))
        now_ms = draw.randrange(10**13)
        budget, bucket = Budget("test", f"round {round_number}", limit), Bucket(limit, now_ms)
        for _ in range(30):
            now_ms += draw.choice([0, 0, 0, 1, limit.refill_ms // 2, limit.refill_ms, 3 * limit.refill_ms])
            expected = bucket.take(now_ms)
            wait_ms = await store.find_wait_ms(database, APP, budget, now_ms)
            assert await store.take(database, APP, budget, now_ms) is expected
            assert (wait_ms == 0) is expected


async def test_as_many_win_as_there_are(core: Core) -> None:
    """Attack class 01: of a hundred at once, three are let through, whoever comes first."""
    takes = (store.take(core.services.database, APP, BUDGET, 1) for _ in range(MANY))

    assert sum(await asyncio.gather(*takes)) == LIMIT.burst


async def test_wait_is_until_one_comes_back(core: Core) -> None:
    """The wait that is told is exact: a millisecond before it is over there is none."""
    database = core.services.database
    for _ in range(LIMIT.burst):
        await store.take(database, APP, BUDGET, 0)

    assert await store.find_wait_ms(database, APP, BUDGET, 0) == 1000
    assert not await store.take(database, APP, BUDGET, 999)
    assert await store.take(database, APP, BUDGET, 1000)


async def test_budgets_are_apart(core: Core) -> None:
    """Another subject, another budget of the same subject, and another app have their own."""
    database = core.services.database
    for _ in range(LIMIT.burst):
        await store.take(database, APP, BUDGET, 0)

    assert not await store.take(database, APP, BUDGET, 0)
    assert await store.take(database, APP, Budget("test", "bob", LIMIT), 0)
    assert await store.take(database, APP, Budget("other", "ann", LIMIT), 0)
    assert await store.take(database, "a2", BUDGET, 0)


async def test_most_is_never_exceeded(core: Core) -> None:
    """`most_in` is what a greedy caller gets at most in a period, and it does get it."""
    got = 0
    for now_ms in range(0, 10_000, 50):
        got += await store.take(core.services.database, APP, BUDGET, now_ms)

    assert got == LIMIT.most_in(9_999) == 12


async def test_success_gives_back_what_failed_in_its_context(core: Core) -> None:
    """Attack class 07: what the owner mistyped comes back with the success; what an attacker guessed does not."""
    database = core.services.database
    limit = Limit(5, HOUR_MS)
    owner, attacker = (Guess("totp", "ann", limit, context) for context in ("session 1", "session 2"))
    for guess in (owner, attacker, owner, attacker):
        assert await guessing.begin(database, APP, guess, 0)
        await guessing.failed(database, APP, guess, 0)
    assert await guessing.begin(database, APP, owner, 0)
    await guessing.succeeded(database, APP, owner, 0)

    left = [await guessing.begin(database, APP, attacker, 0) for _ in range(4)]

    assert left == [True, True, True, False]


async def test_budgets_of_a_subject_can_be_filled(core: Core) -> None:
    """An operator lifts every limit on an account at once, and on no other."""
    database = core.services.database
    for subject in ("ann", "bob"):
        for _ in range(LIMIT.burst):
            await store.take(database, APP, Budget("test", subject, LIMIT), 0)

    assert await store.fill(database, APP, "ann")

    assert await store.take(database, APP, BUDGET, 0)
    assert not await store.take(database, APP, Budget("test", "bob", LIMIT), 0)
    assert not await store.fill(database, APP, "carl")


async def test_full_budgets_are_deleted(core: Core) -> None:
    """Housekeeping deletes the rows that say nothing any more, and no other."""
    now_ms = core.services.clock.now_ms()
    await run_due(core.services)
    await store.take(core.services.database, APP, Budget("test", "past", LIMIT), now_ms - HOUR_MS)
    await store.take(core.services.database, APP, Budget("test", "future", LIMIT), now_ms + HOUR_MS)

    await store.delete_full(core.services.database, now_ms)

    assert [row["subject"] for row in await rows(core, "abuse_budgets")] == ["future"]
