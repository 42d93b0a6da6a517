# SPDX-License-Identifier: Apache-2.0
"""How the values of a flow follow from each other: the worked example of the interface."""

import pytest

from twofold.core.errors import BadRequest
from twofold.core.recipe.passwordless import values
from twofold.core.recipe.passwordless.values import Contact, read_contact

DEVICE_ID = bytes(range(0x20))
SALT = bytes(range(0x20, 0x40))


def test_worked_example() -> None:
    """Each value is the published one, to the letter."""
    link_code = values.link_code(DEVICE_ID, SALT, "123456")

    assert values.encode_device_id(DEVICE_ID) == "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="
    assert values.pre_auth_session_id(DEVICE_ID) == "Yw3NKWbEM2aRElRIu7JbT_QSpJxzLbLIq8G4WBvXEN0"
    assert values.encode_link_code(link_code) == "GG0Ss4OqlRCeHdv7UHj5zeJmudmi8pXGJTZlfjEbW4Q"
    assert values.link_code_hash(link_code) == "nDpoavHqv8vldu3TKssOJvqFyOknHBs1tz-eXK0LVps="


@pytest.mark.parametrize("text", ["AAECAw==", "AAECAw"])
def test_padding_is_optional(text: str) -> None:
    """Clients that drop the padding are understood."""
    assert values.decode_device_id(text) == bytes(range(4))
    assert values.decode_link_code(text) == bytes(range(4))


@pytest.mark.parametrize("text", ["AAAAA", "A A=", "AA-_", "ä", "AA\n", "A=A="])
def test_device_id_must_be_base64(text: str) -> None:
    """What is no device id is refused with a text."""
    with pytest.raises(BadRequest, match=r"^Input encoding error in deviceId$"):
        values.decode_device_id(text)


@pytest.mark.parametrize("text", ["AAAAA", "A A=", "AA+/", "ä", "AA\n"])
def test_link_code_must_be_base64url(text: str) -> None:
    """What is no link code is refused with a text."""
    with pytest.raises(BadRequest, match=r"^Input encoding error in linkCode$"):
        values.decode_link_code(text)


@pytest.mark.parametrize(
    "contact", [Contact(email="a@example.com"), Contact(email=""), Contact(phone_number="+442079460958")]
)
def test_contact_is_read_as_it_was_written(contact: Contact) -> None:
    """An e-mail stays an e-mail, a phone number a phone number, whatever is in them."""
    assert read_contact(contact.key) == contact
