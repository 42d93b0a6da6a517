# SPDX-License-Identifier: Apache-2.0
"""How long something lasts, as messages say it."""

_SECOND_MS, _MINUTE_MS, _HOUR_MS = 1_000, 60_000, 3_600_000


def humanise_ms(duration_ms: int) -> str:
    """Return `1 second`, `15 minutes`, `1.5 hours`: rounded down, so that nobody is promised more than there is."""
    if duration_ms < _MINUTE_MS:
        return _counted(duration_ms // _SECOND_MS, "second")
    if duration_ms < _HOUR_MS:
        return _counted(duration_ms // _MINUTE_MS, "minute")
    tenths = duration_ms // (_HOUR_MS // 10)
    hours = f"{tenths // 10}.{tenths % 10}".removesuffix(".0")
    return f"{hours} hour" if tenths == 10 else f"{hours} hours"


def _counted(number: int, unit: str) -> str:
    return f"{number} {unit}" if number == 1 else f"{number} {unit}s"
