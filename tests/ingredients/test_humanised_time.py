# SPDX-License-Identifier: Apache-2.0
"""How messages say how long something lasts."""

import pytest

from twofold.ingredients.humanised_time import humanise_ms


@pytest.mark.parametrize(
    ("duration_ms", "text"),
    [
        (999, "0 seconds"),
        (1_000, "1 second"),
        (59_999, "59 seconds"),
        (60_000, "1 minute"),
        (119_999, "1 minute"),
        (900_000, "15 minutes"),
        (3_599_999, "59 minutes"),
        (3_600_000, "1 hour"),
        (3_960_000, "1.1 hours"),
        (5_400_000, "1.5 hours"),
        (7_200_000, "2 hours"),
        (86_400_000, "24 hours"),
    ],
)
def test_humanised(duration_ms: int, text: str) -> None:
    """Rounded down: a code must not be promised to live longer than it does."""
    assert humanise_ms(duration_ms) == text
