# SPDX-License-Identifier: Apache-2.0
"""The stored form of e-mails and phone numbers."""

import pytest

from twofold.core.errors import BadRequest
from twofold.core.users.normalise import normalise_email, normalise_phone_number, require_length


def test_email_is_trimmed_and_lower_case() -> None:
    """White space around it and capitals do not make another e-mail."""
    assert normalise_email(" A.B@Example.COM\t") == "a.b@example.com"


@pytest.mark.parametrize(
    ("given", "stored"),
    [
        ("+44 (0)20 7946 0958", "+442079460958"),
        (" +1 201-555-0123 ", "+12015550123"),
        ("020 7946 0958", "020 7946 0958"),
        (" not a number ", "not a number"),
        ("", ""),
    ],
)
def test_phone_number_is_e164_where_it_can_be(given: str, stored: str) -> None:
    """An international number becomes E.164; anything else is trimmed."""
    assert normalise_phone_number(given) == stored


def test_length_has_a_limit() -> None:
    """The limit itself is allowed."""
    require_length("email", "aa", 2)

    with pytest.raises(BadRequest, match="Field name 'email' is too long: at most 2 characters are allowed"):
        require_length("email", "aaa", 2)
