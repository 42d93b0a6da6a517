# SPDX-License-Identifier: Apache-2.0
"""Secrets at rest: readable with the right key and in the right place only."""

import pytest

from twofold.core.sealing import CannotUnseal, Sealer
from twofold.core.tokens import Tokens

KEY = "k" * 40
OTHER = "o" * 40


def sealer(key: str | None) -> Sealer:
    """A sealer with this configuration."""
    return Sealer(key, Tokens())


def test_a_sealed_secret_is_not_in_the_text() -> None:
    """With a key configured the stored text is marked as encrypted, differs each time, and opens again."""
    first, second = (sealer(KEY).seal(b"the secret", "here") for _ in range(2))

    assert first.startswith("aes256gcm.1.")
    assert first != second
    assert sealer(KEY).unseal(first, "here") == b"the secret"


def test_without_a_key_secrets_are_marked_plain() -> None:
    """Without a key the marker says so, and a core that got a key since still reads them."""
    stored = sealer(None).seal(b"the secret", "here")

    assert stored.startswith("plain.1.")
    assert sealer(KEY).unseal(stored, "here") == b"the secret"


def test_keys_can_be_exchanged() -> None:
    """A new key in front encrypts; the old one behind it still decrypts."""
    old = sealer(KEY).seal(b"old", "here")
    both = sealer(f"{OTHER}, {KEY}")
    new = both.seal(b"new", "here")

    assert both.unseal(old, "here") == b"old"
    assert sealer(OTHER).unseal(new, "here") == b"new"


@pytest.mark.parametrize("key", [None, OTHER])
def test_the_wrong_key_is_an_error_that_says_what_to_do(key: str | None) -> None:
    """Without its key a secret stays closed, and the message names the setting."""
    stored = sealer(KEY).seal(b"the secret", "here")

    with pytest.raises(CannotUnseal, match="encryption_key"):
        sealer(key).unseal(stored, "here")


def test_a_text_is_bound_to_its_place() -> None:
    """A secret copied to another app's row is refused."""
    stored = sealer(KEY).seal(b"the secret", "app a")

    with pytest.raises(CannotUnseal):
        sealer(KEY).unseal(stored, "app b")


def test_unknown_markers_are_refused() -> None:
    """What a newer version wrote is not guessed at."""
    with pytest.raises(CannotUnseal, match="newer"):
        sealer(KEY).unseal("aes256gcm.2.AAAA", "here")


def test_short_keys_are_refused() -> None:
    """A key that could be guessed is refused when the core is made."""
    with pytest.raises(ValueError, match="32 characters"):
        sealer("short")
