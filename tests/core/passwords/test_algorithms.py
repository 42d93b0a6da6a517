# SPDX-License-Identifier: Apache-2.0
"""Hashes of other systems, by their published test vectors."""

import pytest

from twofold.core.config import Settings
from twofold.core.passwords import argon2, bcrypt_hash, firebase_scrypt

# From the reference implementation of the Password Hashing Competition's winner: "password", "somesalt".
ARGON2_VECTORS = [
    "$argon2id$v=19$m=256,t=2,p=1$c29tZXNhbHQ$nf65EOgLrQMR/uIPnA4rEsF5h7TKyQwu9U1bMCHGi/4",
    "$argon2id$v=19$m=256,t=2,p=2$c29tZXNhbHQ$bQk8UB/VmZZF4Oo79iDXuL5/0ttZwg2f/5U52iv1cDc",
    "$argon2i$v=19$m=256,t=2,p=1$c29tZXNhbHQ$iekCn0Y3spW+sCcFanM2xBT63UP2sghkUoHLIUpWRS8",
]
# From jBCrypt.
BCRYPT_VECTORS = [
    ("", "$2a$06$DCq7YPn5Rq63x1Lad4cll.TV4S6ytwfsfvkgY8jIucDrjc8deX1s."),
    ("a", "$2a$06$m0CrhHm10qJ3lXRY.5zDGO3rS2KdeeWLuGmsfGlMfOxih58VYVfxe"),
    ("abc", "$2a$06$If6bvum7DFjUnE9p2uDeDu0YHzrHM6tf.iqN8.yx.jNN1ILEf7h0i"),
    ("abcdefghijklmnopqrstuvwxyz", "$2a$06$.rCVZVOThsIa97pEDOxvGuRRgzG64bvtJ0938xuqzv18d3ZpQhstC"),
    ("~!@#$%^&*()      ~!@#$%^&*()PNBFRD", "$2a$06$fPIsBO8qRqkjj273rfaOI.HtSV9jLDpTbZn782DC6/t7qT67P6FfO"),
]
# From Firebase's own scrypt repository.
FIREBASE_SIGNER_KEY = "jxspr8Ki0RYycVU8zykbdLGjFQ3McFUH0uiiTvC8pVMXAn210wjLNmdZJzxUECKbm0QsEmYUSDzZvpjeJ9WmXA=="
FIREBASE_HASH = (
    "$f_scrypt$lSrfV15cpx95/sZS2W9c9Kp6i/LVgQNDNC/qzrCnh1SAyZvqmZqAjTdn3aoItz+VHjoZilo78198JAdRuid5lQ=="
    "$42xEC+ixf3L2lw==$m=14$r=8$s=Bw=="
)


@pytest.mark.parametrize("stored", ARGON2_VECTORS)
def test_argon2_vector_matches(stored: str) -> None:
    """Argon2id and Argon2i of other systems verify with the parameters in their string."""
    assert argon2.matches(stored, b"password")
    assert not argon2.matches(stored, b"Password")


@pytest.mark.parametrize(
    "stored",
    [
        "$argon2id",
        "$argon2id$",
        "$argon2id$v=19$m=256,t=2,p=1$$",
        "$argon2id$v=19$m=256,t=2,p=1$c29tZXNhbHQ",
        "$argon2x$v=19$m=256,t=2,p=1$c29tZXNhbHQ$nf65EOgLrQMR/uIPnA4rEsF5h7TKyQwu9U1bMCHGi/4",
        "$argon2id$v=19$m=x,t=2,p=1$c29tZXNhbHQ$nf65EOgLrQMR/uIPnA4rEsF5h7TKyQwu9U1bMCHGi/4",
        "$argon2id$v=19$m=256,t=2,p=0$c29tZXNhbHQ$nf65EOgLrQMR/uIPnA4rEsF5h7TKyQwu9U1bMCHGi/4",
        "$argon2id$v=19$m=256,t=2,p=1$c29tZXNhbHQ$é",
        "$argon2id$v=19$m=4194304,t=1,p=1$c29tZXNhbHQ$nf65EOgLrQMR/uIPnA4rEsF5h7TKyQwu9U1bMCHGi/4",
        "$argon2id$v=19$m=256,t=99999999,p=1$c29tZXNhbHQ$nf65EOgLrQMR/uIPnA4rEsF5h7TKyQwu9U1bMCHGi/4",
    ],
)
def test_malformed_argon2_never_matches(stored: str) -> None:
    """A string that is no Argon2 hash, or asks for gigabytes or years, is no match and no error."""
    assert not argon2.matches(stored, b"password")


def test_new_argon2_hash_has_the_configured_parameters() -> None:
    """OWASP's first choice is the default: Argon2id, 19 MiB, 2 passes, 1 lane; 16 bytes of salt, 32 of hash."""
    stored = argon2.make(b"password", b"0123456789abcdef", Settings())

    assert stored.startswith("$argon2id$v=19$m=19456,t=2,p=1$MDEyMzQ1Njc4OWFiY2RlZg$")
    assert argon2.matches(stored, b"password")
    assert not argon2.is_weaker(stored, Settings())


@pytest.mark.parametrize(("password", "stored"), BCRYPT_VECTORS)
def test_bcrypt_vector_matches(password: str, stored: str) -> None:
    """Each vector matches, as everywhere else."""
    assert bcrypt_hash.matches(stored, password.encode())
    assert not bcrypt_hash.matches(stored, password.encode() + b"!")


@pytest.mark.parametrize("prefix", ["$2a", "$2b", "$2x", "$2y"])
def test_bcrypt_versions_are_alike(prefix: str) -> None:
    """The versions that other systems write are read as `$2a`."""
    assert bcrypt_hash.matches(prefix + BCRYPT_VECTORS[2][1][3:], b"abc")


@pytest.mark.parametrize(
    "stored",
    [
        "$2a",
        "$2a$06$",
        "$2a$99$" + "a" * 53,
        "$2a$31$" + "a" * 53,
        "$2a$06$" + "!" * 53,
        "$2y$10$short",
        "$2a$03$" + "a" * 53,
    ],
)
def test_malformed_bcrypt_never_matches(stored: str) -> None:
    """A string that is no bcrypt hash, or would take hours, is no match and no error."""
    assert not bcrypt_hash.matches(stored, b"abc")


def test_bcrypt_reads_72_bytes() -> None:
    """Longer passwords are cut at 72 bytes instead of being refused, and a NUL does not end them."""
    settings = Settings(bcrypt_log_rounds=4)
    long = bcrypt_hash.make(b"x" * 100, settings)
    with_nul = bcrypt_hash.make(b"a\x00b", settings)

    assert bcrypt_hash.matches(long, b"x" * 72)
    assert not bcrypt_hash.matches(long, b"x" * 71)
    assert bcrypt_hash.matches(with_nul, b"a\x00b")
    assert not bcrypt_hash.matches(with_nul, b"a\x00c")


def test_firebase_vector_matches() -> None:
    """The published example of Firebase's scrypt verifies, in whatever order its parameters stand."""
    reordered = FIREBASE_HASH.replace("$m=14$r=8", "$r=8$m=14")

    assert firebase_scrypt.matches(FIREBASE_HASH, b"user1password", FIREBASE_SIGNER_KEY)
    assert firebase_scrypt.matches(reordered, b"user1password", FIREBASE_SIGNER_KEY)
    assert not firebase_scrypt.matches(FIREBASE_HASH, b"user2password", FIREBASE_SIGNER_KEY)
    assert not firebase_scrypt.matches(FIREBASE_HASH, b"user1password", "AAAA")


@pytest.mark.parametrize(
    "stored",
    [
        "",
        "$f_scrypt$",
        "$f_scrypt$abc",
        "$f_scrypt$AAAA$AAAA$m=14$r=8",
        "$f_scrypt$AAAA$AAAA$m=14$r=8$r=8",
        "$f_scrypt$AAAA$AAAA$m=14$r=8$s=Bw==$x=1",
        "$f_scrypt$AAAA$AAAA$m=x$r=8$s=Bw==",
        "$f_scrypt$AAAA$AAAA$m=0$r=8$s=Bw==",
        "$f_scrypt$AAAA$AAAA$m=31$r=8$s=Bw==",
        "$f_scrypt$AAAA$AAAA$m=14$r=0$s=Bw==",
        "$f_scrypt$A$AAAA$m=14$r=8$s=Bw==",
        "$f_scrypt$$AAAA$m=14$r=8$s=Bw==",
        "$f_scrypt$ä$AAAA$m=14$r=8$s=Bw==",
    ],
)
def test_malformed_firebase_hash_never_matches(stored: str) -> None:
    """A string that is no hash of Firebase, or asks for gigabytes, is no match and no error."""
    assert not firebase_scrypt.matches(stored, b"user1password", FIREBASE_SIGNER_KEY)


def test_malformed_signer_key_never_matches() -> None:
    """A signer key that is not base64 lets nobody in."""
    assert not firebase_scrypt.matches(FIREBASE_HASH, b"user1password", "no key")
