# SPDX-License-Identifier: Apache-2.0
"""How long something lasts, as messages say it."""

from twofold.languages import ENGLISH

_SECOND_MS, _MINUTE_MS, _HOUR_MS = 1_000, 60_000, 3_600_000


def humanise_ms(duration_ms: int, language: str = ENGLISH) -> str:
    """Return `1 second`, `15 minutes`, `1.5 hours`: rounded down, so that nobody is promised more than there is."""
    if duration_ms < _MINUTE_MS:
        return _counted(duration_ms // _SECOND_MS, "second", language)
    if duration_ms < _HOUR_MS:
        return _counted(duration_ms // _MINUTE_MS, "minute", language)
    tenths = duration_ms // (_HOUR_MS // 10)
    return _counted(tenths / 10 if tenths % 10 else tenths // 10, "hour", language)


def _counted(number: float, unit: str, language: str) -> str:
    # Imported on first use: few processes write messages, and all of them start.
    from babel.units import format_unit  # noqa: PLC0415  # see above

    # Some languages have a space there that text messages do not know, and would cost twice the price for.
    return format_unit(number, f"duration-{unit}", locale=language).replace("\u00a0", " ").replace("\u202f", " ")
