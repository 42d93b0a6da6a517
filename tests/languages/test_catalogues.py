# SPDX-License-Identifier: Apache-2.0
"""The translations: nothing forgotten, nothing left over, and every placeholder where it belongs."""

import re
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog

from scripts import catalogues
from twofold.languages import ENGLISH, LANGUAGES, translated

TRANSLATED = [language for language in LANGUAGES if language != ENGLISH]
PLACEHOLDER = re.compile(r"%\(\w+\)s|%|\{\w*\}")
SMS_TEMPLATE = "recipe/passwordless/templates/sign_in_sms.txt"
# The basic character set of text messages (3GPP TS 23.038, section 6.2.1), as far as texts use it.
GSM = re.compile(r"[A-Za-z0-9 .,:;!?'\"%()_/+*&<>=¡¿£$¥§¤ÄÖÑÜäöñüàèéùìòÇØøÅåÆæßÉ@-]*")


@pytest.fixture(scope="module")
def extracted() -> Catalog:
    """Every text that there is to translate."""
    return catalogues.extracted()


@pytest.mark.parametrize("language", TRANSLATED)
def test_every_text_is_translated(language: str, extracted: Catalog) -> None:
    """A catalogue has what there is to translate and no more; `make catalogues` shows what is missing."""
    catalogue = {message.id: message for message in catalogues.read(language) if message.id}

    assert set(catalogue) == {message.id for message in extracted if message.id}
    assert [text for text, message in catalogue.items() if not message.string or message.fuzzy] == []


@pytest.mark.parametrize("language", TRANSLATED)
def test_placeholders_are_those_of_the_original(language: str) -> None:
    """A translation that lost a placeholder would lose a code or a link; with another one it would be an error."""
    different = [
        message.id
        for message in catalogues.read(language)
        if message.id
        and sorted(PLACEHOLDER.findall(str(message.id))) != sorted(PLACEHOLDER.findall(str(message.string)))
    ]

    assert different == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_text_messages_use_the_alphabet_of_text_messages(language: str, extracted: Catalog) -> None:
    """With one letter of another alphabet only 70 characters fit instead of 160, and a message costs twice as much."""
    texts = [
        translated(str(message.id), language)
        for message in extracted
        if any(Path(place).as_posix() == SMS_TEMPLATE for place, _ in message.locations)
    ]

    assert len(texts) == 4
    assert [text for text in texts if not GSM.fullmatch(text)] == []
