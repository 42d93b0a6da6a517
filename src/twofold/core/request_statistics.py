# SPDX-License-Identifier: Apache-2.0
"""Counts the requests of each app per minute of the last day, in the memory of this process alone."""

from dataclasses import dataclass, field
from threading import Lock

from twofold.core.clock import Clock

MINUTES_PER_DAY = 1440
NO_DATA = -1


@dataclass(slots=True)
class _Minute:
    """total: its requests; peak: the most in one of its seconds so far; in_second: those in the newest second."""

    total: int = 0
    peak: int = 0
    second: int = 0
    in_second: int = 0

    def add(self, second: int) -> None:
        self.in_second = self.in_second + 1 if second == self.second else 1
        self.second = second
        self.total += 1
        self.peak = max(self.peak, self.in_second)


@dataclass(frozen=True, slots=True)
class LastDay:
    """One value per minute, oldest first; the last is that of the last whole minute before `minute`."""

    minute: int
    average_per_second: list[float] = field(default_factory=list)
    peak_per_second: list[int] = field(default_factory=list)


class RequestStatistics:
    """Counts from when it was made; minutes before that have no data."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._first_minute = clock.now_ms() // 60_000
        self._apps: dict[str, dict[int, _Minute]] = {}
        self._lock = Lock()

    def count(self, app_id: str) -> None:
        """Count a request to an app that exists."""
        second = self._clock.now_ms() // 1000
        with self._lock:
            minutes = self._apps.setdefault(app_id, {})
            minute = minutes.get(second // 60)
            if minute is None:
                minute = minutes[second // 60] = _Minute()
                while len(minutes) > MINUTES_PER_DAY + 1:
                    del minutes[next(iter(minutes))]
            minute.add(second)

    def last_day(self, app_id: str) -> LastDay:
        """The figures of an app."""
        now = self._clock.now_ms() // 60_000
        day = LastDay(now)
        with self._lock:
            minutes = self._apps.get(app_id, {})
            for minute in range(now - MINUTES_PER_DAY, now):
                found = minutes.get(minute, _Minute())
                has_data = minute >= self._first_minute
                day.average_per_second.append(found.total / 60 if has_data else float(NO_DATA))
                day.peak_per_second.append(found.peak if has_data else NO_DATA)
        return day

    def forget_app(self, app_id: str) -> None:
        """Drop the figures of an app that was deleted."""
        with self._lock:
            self._apps.pop(app_id, None)
