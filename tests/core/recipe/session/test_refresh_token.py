# SPDX-License-Identifier: Apache-2.0
"""Refresh tokens as text: what they hide, and that no other text is one."""

import hashlib
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from twofold.core.recipe.session.refresh_token import Body, InvalidRefreshToken, RefreshToken, read, write
from twofold.core.tokens import Tokens

KEY = b"k" * 32
BODY = Body("handle", "user-1", "public", "f" * 64, "anti-csrf")
ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.=+/ "
TOKEN = write(KEY, Tokens(), BODY)


def test_a_token_says_what_was_written() -> None:
    """The core reads back what it needs."""
    assert read(KEY, TOKEN.text).body == BODY


def test_a_token_is_safe_in_cookies_and_headers() -> None:
    """Only letters, digits, `-` and `_`."""
    assert re.fullmatch(r"[A-Za-z0-9_-]+", TOKEN.text)


def test_tokens_never_repeat() -> None:
    """Attack 36: equal bodies give tokens that share nothing but the version (AAL2 3.2.12, 5.1; ASVS 7.2.2, 7.2.3)."""
    texts = {write(KEY, Tokens(), BODY).text for _ in range(100)}

    assert len({text[2:30] for text in texts}) == 100


def test_hashes() -> None:
    """The published vector of both hashes (core HTTP API, section 15.2)."""
    token = RefreshToken("example-refresh-token", BODY)

    assert token.hash_1 == "38e87049ba3c2f2d8c3b0d84a9ab51c1ff3f990aac3d8aa1ea03f53cadb46e9b"
    assert token.hash_2 == "bfe6a6c477a02374115eff2e1bf7e6aabf1c369755743fb3be85131e12af92cb"
    assert token.parent_hash_2 == hashlib.sha256(b"f" * 64).hexdigest()


def test_a_token_does_not_show() -> None:
    """Attack 21: its representation holds neither the token nor what it says."""
    shown = repr(TOKEN)

    assert TOKEN.text not in shown
    assert "anti-csrf" not in shown


@given(st.data())
def test_no_altered_token_is_one(draw: st.DataObject) -> None:
    """Attack class 50: attack 50: one character changed anywhere, a cut or an extension is refused."""
    text = TOKEN.text
    place = draw.draw(st.integers(0, len(text) - 1))
    other = draw.draw(st.sampled_from(ALPHABET.replace(text[place], "")))
    altered = draw.draw(
        st.sampled_from([text[:place] + other + text[place + 1 :], text[:place], text + other, text[1:], other + text])
    )

    with pytest.raises(InvalidRefreshToken):
        read(KEY, altered)


@given(st.text(max_size=400))
def test_no_other_text_is_one(text: str) -> None:
    """Any text at all is refused without a crash."""
    with pytest.raises(InvalidRefreshToken):
        read(KEY, text)


@pytest.mark.parametrize("text", ["", "AQ", "AQ" + "A" * 30, "A" * 70_000, "é"])
def test_short_long_and_strange_texts(text: str) -> None:
    """Too short to have a body, too long to be read, or not of the alphabet."""
    with pytest.raises(InvalidRefreshToken):
        read(KEY, text)


def test_another_apps_token_is_refused() -> None:
    """Attack 47: with another app's key the token says nothing."""
    with pytest.raises(InvalidRefreshToken):
        read(b"o" * 32, TOKEN.text)
