# SPDX-License-Identifier: Apache-2.0
"""Codes are those of the published vectors, and secrets are read as apps write them."""

import pytest

from twofold.core.recipe.totp.attempts import Limit
from twofold.core.recipe.totp.codes import decode_secret, encode_secret, matching, step, steps_around

RFC_KEY = b"12345678901234567890"


@pytest.mark.parametrize(
    ("seconds", "code"),
    [
        (59, "94287082"),
        (1111111109, "07081804"),
        (1111111111, "14050471"),
        (1234567890, "89005924"),
        (2000000000, "69279037"),
        (20000000000, "65353130"),
    ],
)
def test_rfc_6238_vectors(seconds: int, code: str) -> None:
    """RFC 6238, appendix B, for SHA-1."""
    assert step(RFC_KEY, seconds // 30, digits=8).code == code


@pytest.mark.parametrize(("counter", "code"), list(enumerate(["755224", "287082", "359152", "969429", "338314"])))
def test_rfc_4226_vectors(counter: int, code: str) -> None:
    """RFC 4226, appendix D."""
    assert step(RFC_KEY, counter).code == code


def test_skew_accepts_steps_on_both_sides() -> None:
    """With a skew of 1 three steps are looked at; at the beginning of time there is none before."""
    secret = encode_secret(RFC_KEY)

    around = [item.code for item in steps_around(secret, 90_000, 30, 1)]
    at_start = [item.code for item in steps_around(secret, 0, 30, 1)]

    assert around == ["359152", "969429", "338314"]
    assert at_start == ["755224", "287082"]


def test_matching_names_the_steps_with_the_code() -> None:
    """A code is known by the steps that have it; another one by none, whatever characters it has."""
    steps = [step(RFC_KEY, counter) for counter in range(3)]

    assert matching("287082", iter(steps)) == {steps[1].digest}
    assert matching("\uff1287082", iter(steps)) == set()


@pytest.mark.parametrize("text", ["MZXW6YTB", "mzxw6ytb", "MZXW 6YTB ", "MZXW6YTB==="])
def test_secrets_are_read_however_they_are_written(text: str) -> None:
    """Case, spaces and padding do not count."""
    assert decode_secret(text) == b"fooba"


@pytest.mark.parametrize("text", ["", "====", "1", "ABC1", "ÄÄÄÄÄÄÄÄ"])
def test_what_is_not_base32_is_refused(text: str) -> None:
    """ValueError, and nothing else."""
    with pytest.raises(ValueError, match=r"base32|empty|ASCII"):
        decode_secret(text)


def test_wrong_codes_count_within_a_cooldown_of_the_last() -> None:
    """Older ones are forgotten, and never more than the limit are looked at."""
    limit = Limit(max_attempts=3, cooldown_ms=100)

    assert limit.recent([]) == []
    assert limit.recent([0, 50, 120]) == [50, 120]
    assert limit.recent([10, 20, 30, 40]) == [20, 30, 40]
    assert limit.wait_ms([20, 30, 40], now_ms=50) == 90
    assert limit.wait_ms([30, 40], now_ms=50) == 0
