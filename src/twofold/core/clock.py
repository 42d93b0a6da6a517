# SPDX-License-Identifier: Apache-2.0
"""Time as an argument: rules ask a clock, so that tests can turn it."""

import time
from typing import Protocol


class Clock(Protocol):
    """Tells the time of day."""

    def now_ms(self) -> int:
        """Milliseconds since the Unix epoch."""
        ...


class SystemClock:
    """The machine's own clock."""

    def now_ms(self) -> int:
        """Milliseconds since the Unix epoch."""
        return time.time_ns() // 1_000_000


class TurnableClock:
    """A clock for tests: it follows the machine's clock, shifted by what it was turned."""

    def __init__(self) -> None:
        self._shift_ms = 0

    def now_ms(self) -> int:
        """Milliseconds since the Unix epoch, as turned."""
        return time.time_ns() // 1_000_000 + self._shift_ms

    def turn(self, *, seconds: float) -> None:
        """Move the clock forward (or back, if negative) by `seconds`."""
        self._shift_ms += int(seconds * 1000)
