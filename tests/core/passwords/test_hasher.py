# SPDX-License-Identifier: Apache-2.0
"""What the recipes may rely on when they hash and verify."""

import os
import sys
import threading
from collections.abc import AsyncIterator

import pytest

from twofold.core.config import Settings
from twofold.core.errors import BadRequest, CoreError
from twofold.core.passwords import (
    MAX_PASSWORD_BYTES,
    Algorithm,
    PasswordHasher,
    algorithm_of,
    bcrypt_hash,
    require_importable,
)
from twofold.core.passwords.hasher import processor_count

CHEAP = Settings(argon2_memory_kb=64, argon2_iterations=1, bcrypt_log_rounds=4)
CHEAP_BCRYPT = Settings(argon2_memory_kb=64, argon2_iterations=1, bcrypt_log_rounds=4, password_hashing_alg="BCRYPT")
FIREBASE_HASH = (
    "$f_scrypt$lSrfV15cpx95/sZS2W9c9Kp6i/LVgQNDNC/qzrCnh1SAyZvqmZqAjTdn3aoItz+VHjoZilo78198JAdRuid5lQ=="
    "$42xEC+ixf3L2lw==$m=14$r=8$s=Bw=="
)
SIGNER_KEY = "jxspr8Ki0RYycVU8zykbdLGjFQ3McFUH0uiiTvC8pVMXAn210wjLNmdZJzxUECKbm0QsEmYUSDzZvpjeJ9WmXA=="


@pytest.fixture
async def hasher() -> AsyncIterator[PasswordHasher]:
    """A hasher with cheap settings."""
    made = PasswordHasher(CHEAP)
    yield made
    made.close()


class CountingHasher(PasswordHasher):
    """Counts the new hashes, among them those that only take time."""

    made = 0
    threads: set[str] = set()  # noqa: RUF012 - one instance

    def _hash(self, password: bytes, settings: Settings) -> str:
        self.made += 1
        self.threads.add(threading.current_thread().name)
        return super()._hash(password, settings)


@pytest.mark.parametrize("settings", [CHEAP, CHEAP_BCRYPT])
@pytest.mark.parametrize("password", ["password", "", "pässwörd", "a\x00b", "\ud800", "x" * MAX_PASSWORD_BYTES])
async def test_what_was_hashed_matches(hasher: PasswordHasher, settings: Settings, password: str) -> None:
    """Every text of at most 4096 bytes can be a password, with either algorithm."""
    stored = await hasher.hash(password, settings)

    verification = await hasher.verify(stored, password, settings)
    assert verification.matches
    assert not verification.needs_rehash
    assert not await hasher.verify(stored, "x" + password[1:] + "y", settings) or len(password) > 72


async def test_same_password_has_another_hash_each_time(hasher: PasswordHasher) -> None:
    """Each hash has a salt of its own."""
    assert await hasher.hash("password") != await hasher.hash("password")


async def test_verification_is_false_when_it_does_not_match(hasher: PasswordHasher) -> None:
    """The result can be used in an `if`: it is true only for a match."""
    stored = await hasher.hash("password")

    assert bool(await hasher.verify(stored, "password")) is True
    assert bool(await hasher.verify(stored, "wrong")) is False


async def test_too_long_password_is_refused_before_work() -> None:
    """More than 4096 bytes are refused when a password is set, and are wrong when one signs in (class 37: no work)."""
    hasher = CountingHasher(CHEAP)

    with pytest.raises(BadRequest, match="at most 4096 bytes"):
        await hasher.hash("ä" * 2049)
    assert not await hasher.verify(None, "x" * 4097)
    assert hasher.made == 0


async def test_unknown_account_costs_a_hash() -> None:
    """An unknown account, and one whose stored text no password can match, take as long as a hash (class 34)."""
    hasher = CountingHasher(CHEAP)

    assert not await hasher.verify(None, "password")
    assert not await hasher.verify("unusable", "password")
    assert hasher.made == 2
    hasher.close()


async def test_hashing_leaves_the_event_loop_alone() -> None:
    """Work is done in the hasher's own threads, as many as there are processors at most."""
    hasher = CountingHasher(CHEAP)
    for _ in range(2 * processor_count()):
        await hasher.hash("password")

    assert threading.current_thread().name not in hasher.threads
    assert all(name.startswith("twofold-password") for name in hasher.threads)
    assert len(hasher.threads) <= processor_count()
    hasher.close()


async def test_closed_hasher_starts_again() -> None:
    """Closing lets go of the threads; a core that is started again hashes again."""
    hasher = PasswordHasher(CHEAP)
    stored = await hasher.hash("password")
    hasher.close()
    hasher.close()

    assert await hasher.verify(stored, "password")
    hasher.close()


@pytest.mark.parametrize(
    ("made_with", "verified_with", "needs_rehash"),
    [
        (CHEAP, CHEAP, False),
        (CHEAP, Settings(argon2_memory_kb=128, argon2_iterations=1), True),
        (
            Settings(argon2_memory_kb=128, argon2_iterations=2),
            Settings(argon2_memory_kb=256, argon2_iterations=1),
            False,
        ),
        (Settings(argon2_memory_kb=128, argon2_iterations=1), CHEAP, False),
        (CHEAP_BCRYPT, CHEAP, True),
        (CHEAP_BCRYPT, CHEAP_BCRYPT, False),
        (CHEAP_BCRYPT, Settings(bcrypt_log_rounds=5, password_hashing_alg="BCRYPT"), True),
        (CHEAP, CHEAP_BCRYPT, False),
    ],
)
async def test_weaker_hash_needs_another(
    hasher: PasswordHasher, made_with: Settings, verified_with: Settings, needs_rehash: bool
) -> None:
    """A hash is to be replaced when today's settings are harder to guess, and never by a weaker one."""
    stored = await hasher.hash("password", made_with)

    verification = await hasher.verify(stored, "password", verified_with)
    assert verification.matches
    assert verification.needs_rehash is needs_rehash


async def test_slip_after_72_bytes_does_not_become_the_password(hasher: PasswordHasher) -> None:
    """What follows 72 bytes bcrypt did not compare, so a longer password is not hashed anew as it was typed."""
    stored = bcrypt_hash.make(b"x" * 80, CHEAP)

    verification = await hasher.verify(stored, "x" * 75)
    assert verification.matches
    assert not verification.needs_rehash


async def test_firebase_hash_needs_its_signer_key(hasher: PasswordHasher) -> None:
    """Without the project's key nobody signs in with such a hash, and an error says so; with it, it is replaced."""
    with pytest.raises(CoreError, match="'firebase_password_hashing_signer_key' cannot be null") as raised:
        await hasher.verify(FIREBASE_HASH, "user1password")
    verification = await hasher.verify(
        FIREBASE_HASH, "user1password", Settings(firebase_password_hashing_signer_key=SIGNER_KEY)
    )

    assert raised.value.status == 500
    assert verification.matches
    assert verification.needs_rehash


@pytest.mark.parametrize(
    ("stored", "algorithm", "text"),
    [
        ("plain", None, "Password hash is in invalid format"),
        ("plain", Algorithm.ARGON2, "Password hash is in invalid Argon2 format"),
        ("$argon2id$", Algorithm.BCRYPT, "Password hash is in invalid BCrypt format"),
        ("$2a$", Algorithm.FIREBASE_SCRYPT, "Password hash is in invalid Firebase SCrypt format"),
        ("$f_scrypt$abc", None, "Password hash is in invalid format"),
        ("$f_scrypt$abc", Algorithm.FIREBASE_SCRYPT, "Password hash is in invalid Firebase SCrypt format"),
        ("$argon2id$" + "x" * 250, None, "Password hash is too long"),
    ],
)
def test_what_is_no_hash_cannot_be_imported(stored: str, algorithm: Algorithm | None, text: str) -> None:
    """Each refusal says what is wrong."""
    with pytest.raises(BadRequest, match=text):
        require_importable(stored, algorithm, Settings(firebase_password_hashing_signer_key=SIGNER_KEY))


@pytest.mark.parametrize("algorithm", [None, Algorithm.FIREBASE_SCRYPT])
def test_import_from_firebase_needs_the_signer_key(algorithm: Algorithm | None) -> None:
    """Hashes that nobody could sign in with are not taken."""
    with pytest.raises(BadRequest, match="firebase_password_hashing_signer_key"):
        require_importable(FIREBASE_HASH, algorithm, Settings())


@pytest.mark.parametrize(
    ("stored", "algorithm"),
    [
        ("$argon2d$", Algorithm.ARGON2),
        ("$2x$", Algorithm.BCRYPT),
        ("$f_scrypt$", Algorithm.FIREBASE_SCRYPT),
        ("", None),
        ("{SSHA}", None),
    ],
)
def test_algorithm_is_told_by_the_beginning(stored: str, algorithm: Algorithm | None) -> None:
    """The stored text decides how it is verified, not the settings."""
    assert algorithm_of(stored) is algorithm


@pytest.mark.skipif(sys.platform != "linux", reason="threads have priorities of their own on Linux only")
async def test_hashing_threads_let_others_run_first(hasher: PasswordHasher) -> None:
    """They are nicer than the event loop's thread, which stays as it was."""
    before = os.getpriority(os.PRIO_PROCESS, 0)
    await hasher.hash("correct horse")
    hashing = [thread for thread in threading.enumerate() if thread.name.startswith("twofold-password")]

    assert hashing
    assert all(os.getpriority(os.PRIO_PROCESS, thread.native_id or 0) == min(19, before + 10) for thread in hashing)
    assert os.getpriority(os.PRIO_PROCESS, 0) == before
