# SPDX-License-Identifier: Apache-2.0
"""Which language somebody is spoken to in."""

import pytest

from tests.ui.fake_request import FakeRequest
from twofold._user_context import request_context
from twofold.languages import language_of, preferred_language, translated


@pytest.mark.parametrize(
    ("header", "language"),
    [
        (None, "en"),
        ("", "en"),
        ("de", "de"),
        ("de-CH", "de"),
        ("DE", "de"),
        ("en-GB,en;q=0.9,de;q=0.8", "en"),
        ("nl, fr;q=0.4, es;q=0.7", "es"),
        ("fr;q=0.5, de;q=0.5", "fr"),
        ("de;q=0, fr;q=0.1", "fr"),
        ("de;q=0", "en"),
        ("*", "en"),
        ("nl;q=1, *;q=0.5", "en"),
        ("de;q=much, es ; q=0.3", "es"),
        ("de;q=-1", "en"),
        ("de;q=nan, fr;q=0.1", "fr"),
        (";;,,=,q=1,de_AT", "de"),
        ("x" * 5000 + ",de", "en"),
    ],
)
def test_preferred_language(header: str | None, language: str) -> None:
    """The highest weight wins, the first of equals, regions fall back, and what is malformed is passed over."""
    assert preferred_language(header) == language


def test_first_offered_language_is_for_everybody_else() -> None:
    """An application in French alone speaks French to all."""
    assert preferred_language("de", ["fr"]) == "fr"


def test_browser_decides() -> None:
    """Within a request, its browser's header counts."""
    context = request_context(FakeRequest(headers={"accept-language": "es-MX"}))

    assert language_of(context) == "es"


def test_application_has_the_last_word() -> None:
    """`language` in the user context is the application's choice; one that there is not counts as none."""
    context = request_context(FakeRequest(headers={"accept-language": "es"}))

    assert language_of({**context, "language": "fr-CH"}) == "fr"
    assert language_of({**context, "language": "xx"}) == "es"
    assert language_of({"language": "de"}) == "de"
    assert language_of(None) == "en"


def test_text_without_translation() -> None:
    """What is in no catalogue stays in English."""
    assert translated("Nobody wrote this", "de") == "Nobody wrote this"
