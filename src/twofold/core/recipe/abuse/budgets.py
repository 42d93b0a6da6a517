# SPDX-License-Identifier: Apache-2.0
"""Budgets: how much of something may be done at once, and how fast that comes back.

A budget is kept as one number, the time at which it will be full again (the *generic cell rate algorithm* of ATM
networks, ITU-T I.371). Taking one puts that time off by `refill_ms`; there is one to be taken as long as it is less
than `burst` refills ahead. So one statement counts and decides, there are no windows at whose border twice as much is
had, and a row that is full again is as good as none.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Limit:
    """So many at once, and one more each `refill_ms`."""

    burst: int
    refill_ms: int

    @classmethod
    def per(cls, count: int, period_ms: int) -> "Limit":
        """So many at once, and as many again in each period."""
        return cls(count, period_ms // count)

    def most_in(self, period_ms: int) -> int:
        """How many can be had at most in any period of this length."""
        return self.burst + period_ms // self.refill_ms


@dataclass(frozen=True, slots=True)
class Budget:
    """One budget of one subject: `Budget("guess totp", user_id, limit)`."""

    name: str
    subject: str
    limit: Limit

    def missing(self, full_at: int, now_ms: int) -> int:
        """How many were taken and have not come back."""
        return max(0, -((now_ms - full_at) // self.limit.refill_ms))

    def wait_ms(self, full_at: int, now_ms: int) -> int:
        """How long until one can be taken; 0 when one can be now."""
        return max(0, full_at - self.full_before(now_ms))

    def full_before(self, now_ms: int) -> int:
        """The latest time at which the budget may be full again for one to be taken now."""
        return now_ms + (self.limit.burst - 1) * self.limit.refill_ms
