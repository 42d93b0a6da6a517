# SPDX-License-Identifier: Apache-2.0
"""Requests per minute of the last day."""

from twofold.core.app import Core
from twofold.core.http import CoreASGI, HttpRequest
from twofold.core.request_statistics import MINUTES_PER_DAY, RequestStatistics


class HandClock:
    """A clock that stands still until it is set."""

    now = 600_000_000_000

    def now_ms(self) -> int:
        """The time that was set."""
        return self.now


def test_totals_and_peaks_of_whole_minutes() -> None:
    """The running minute is not in yet; minutes without requests are 0, those before the start have no data."""
    clock = HandClock()
    statistics = RequestStatistics(clock)
    for second in (0, 0, 0, 5, 59):
        clock.now = 600_000_000_000 + second * 1000
        statistics.count("public")
    clock.now = 600_000_000_000 + 120_000
    statistics.count("public")
    day = statistics.last_day("public")

    assert day.minute == 10_000_002
    assert len(day.average_per_second) == len(day.peak_per_second) == MINUTES_PER_DAY
    assert day.average_per_second[-3:] == [-1.0, 5 / 60, 0.0]
    assert day.peak_per_second[-3:] == [-1, 3, 0]


def test_memory_is_a_day() -> None:
    """Older minutes are dropped while counting goes on."""
    clock = HandClock()
    statistics = RequestStatistics(clock)
    for _ in range(MINUTES_PER_DAY + 100):
        clock.now += 60_000
        statistics.count("public")

    assert len(statistics._apps["public"]) == MINUTES_PER_DAY + 1
    assert set(statistics.last_day("public").peak_per_second) == {1}


async def test_apps_are_counted_apart(core: Core) -> None:
    """A request over HTTP counts for its app, also when it fails, and not for an app that does not exist."""
    app = CoreASGI(core)
    for path in ("/hello", "/appid-a1/hello", "/recipe/nothing/like/it"):
        await app.handle(HttpRequest("GET", path, "", {}, b"", ""))

    counted = core.services.request_statistics._apps

    assert list(counted) == ["public"]
    assert sum(minute.total for minute in counted["public"].values()) == 2
