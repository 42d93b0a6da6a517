# SPDX-License-Identifier: Apache-2.0
"""What many callers need at once is done by one of them."""

import asyncio

import pytest

from twofold.core.once import Once


class Counted:
    """An action that fails as often as it is told, and waits until it may go on."""

    def __init__(self, failures: int = 0) -> None:
        self.runs = 0
        self.may_go_on = asyncio.Event()
        self._failures = failures

    async def __call__(self) -> None:
        """Count and wait."""
        self.runs += 1
        await self.may_go_on.wait()
        if self.runs <= self._failures:
            raise LookupError("not yet")


async def test_many_callers_one_run() -> None:
    """Ten callers at once: one runs it, nobody returns before it is done, and nobody runs it later."""
    action = Counted()
    once = Once(action)
    callers = [asyncio.create_task(once.run()) for _ in range(10)]
    await asyncio.sleep(0.01)
    early = [caller.done() for caller in callers]
    action.may_go_on.set()
    await asyncio.gather(*callers)
    await once.run()

    assert not any(early)
    assert action.runs == 1


async def test_failure_is_told_to_all_and_not_kept() -> None:
    """Who waited for a run that failed is told so, instead of failing once more each; the next call tries again."""
    action = Counted(failures=1)
    once = Once(action)
    callers = [asyncio.create_task(once.run()) for _ in range(5)]
    await asyncio.sleep(0.01)
    action.may_go_on.set()
    outcomes = await asyncio.gather(*callers, return_exceptions=True)
    await once.run()

    assert {type(outcome) for outcome in outcomes} == {LookupError}
    assert action.runs == 2


async def test_cancelled_caller_hands_over() -> None:
    """When the caller that runs it goes away, one of the others does it."""
    action = Counted()
    once = Once(action)
    first, second = (asyncio.create_task(once.run()) for _ in range(2))
    await asyncio.sleep(0.01)
    first.cancel()
    action.may_go_on.set()
    with pytest.raises(asyncio.CancelledError):
        await first
    await second

    assert once.is_done
    assert action.runs == 2
