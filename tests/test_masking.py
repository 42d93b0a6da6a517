# SPDX-License-Identifier: Apache-2.0
"""Where a code went, without the whole address."""

import pytest

from twofold._masking import masked_contact


@pytest.mark.parametrize(
    ("contact", "masked"),
    [
        ("alison@example.com", "a•••n@example.com"),
        ("anna@example.com", "a•••a@example.com"),
        ("bob@example.com", "b•••@example.com"),
        ("a@example.com", "a•••@example.com"),
        ('"odd@name"@example.com', '"•••"@example.com'),
        ("+41791234567", "+41•••67"),
    ],
)
def test_shows_a_hint_only(contact: str, masked: str) -> None:
    """Who gave the address recognises it; nobody else learns it."""
    assert masked_contact(contact) == masked
