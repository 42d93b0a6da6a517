# SPDX-License-Identifier: Apache-2.0
"""Hashes and verifies passwords in threads of their own, one per processor: never in the event loop.

Never call it inside a transaction either: a hash takes milliseconds on purpose, and a connection would wait for it.

Known limit: an unknown account costs as much as a wrong password against a hash with *today's* settings. While
accounts still have imported hashes, or hashes with other settings, their answers take another time than those of
unknown accounts; each is brought up to date at its next sign-in.
"""

import asyncio
import contextlib
import os
import sys
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from typing import Any, TypeVar

from twofold.core.config import Settings
from twofold.core.errors import BadRequest, CoreError
from twofold.core.passwords import argon2, bcrypt_hash, firebase_scrypt, pbkdf2
from twofold.core.passwords.formats import Algorithm, algorithm_of
from twofold.core.tokens import Tokens

MAX_PASSWORD_BYTES = 4096
"""Longer ones are refused before any work is done, so that nobody can keep us busy with megabytes."""

NICER_BY = 10
"""What hashing threads add to their niceness: beside a usual thread on the same processor, they have a tenth of it."""

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Verification:
    """Whether a password is the stored one. True and false as `matches`, so that `if verification:` is right.

    needs_rehash: it matches, and a hash with today's settings should replace the stored one.
    """

    matches: bool
    needs_rehash: bool

    def __bool__(self) -> bool:
        return self.matches


NO_MATCH = Verification(matches=False, needs_rehash=False)


class PasswordHasher:
    """Works with as many threads as there are processors. One instance serves any number of event loops."""

    def __init__(self, settings: Settings, tokens: Tokens | None = None) -> None:
        """Start nothing yet: threads come with the first hash, so that a process may fork before it."""
        self._settings = settings
        self._tokens = tokens or Tokens()
        self._threads: ThreadPoolExecutor | None = None
        self._unfinished: set[asyncio.Future[Any]] = set()

    async def hash(self, password: str, settings: Settings | None = None) -> str:
        """The string to store for a password, as the settings want it. Raises BadRequest when it is too long."""
        return await self._run(partial(self._hash, require_hashable(password), settings or self._settings))

    async def verify(self, stored: str | None, password: str, settings: Settings | None = None) -> Verification:
        """Compare a password with a stored hash of any known algorithm; a malformed one never matches.

        stored: None for an account that does not exist, which takes as long as a wrong password.
        Raises CoreError for a hash of Firebase when its signer key is not configured.
        """
        given = _encode(password)
        if len(given) > MAX_PASSWORD_BYTES:
            return NO_MATCH
        return await self._run(partial(self._verify, stored, given, settings or self._settings))

    async def hash_together(self, secrets: Sequence[str], settings: Settings) -> list[str]:
        """The strings to store for several secrets that are looked for as one, with Argon2id and one salt for all.

        For secrets of many random bits only: whoever stole the hashes tries each guess on all of them at once.
        """
        salt = self._tokens.bytes(argon2.SALT_BYTES)
        return [await self._run(partial(argon2.make, secret.encode(), salt, settings)) for secret in secrets]

    async def hash_like(self, stored: str, secret: str) -> str:
        """The string that is stored for a secret if it is one of those that were hashed together with a stored one."""
        return await self._run(partial(argon2.make_like, stored, secret.encode()))

    @property
    def unfinished(self) -> int:
        """How many hashes are being made or wait for a thread."""
        return len(self._unfinished)

    def close(self) -> None:
        """Let go of the threads; what waits is given up. A later hash starts new ones."""
        if self._threads is not None:
            self._threads.shutdown(wait=False, cancel_futures=True)
            self._threads = None

    async def _run(self, work: Callable[[], T]) -> T:
        if self._threads is None:
            self._threads = ThreadPoolExecutor(processor_count(), "twofold-password", initializer=_go_last)
        future = asyncio.get_running_loop().run_in_executor(self._threads, work)
        self._unfinished.add(future)
        future.add_done_callback(self._unfinished.discard)
        return await future

    def _hash(self, password: bytes, settings: Settings) -> str:
        if settings.password_hashing_alg == Algorithm.BCRYPT:
            return bcrypt_hash.make(password, settings)
        return argon2.make(password, self._tokens.bytes(argon2.SALT_BYTES), settings)

    def _verify(self, stored: str | None, password: bytes, settings: Settings) -> Verification:
        algorithm = None if stored is None else algorithm_of(stored)
        if stored is None or algorithm is None:
            self._hash(password, settings)
            return NO_MATCH
        if not _matches(algorithm, stored, password, settings):
            return NO_MATCH
        return Verification(matches=True, needs_rehash=_needs_rehash(algorithm, stored, password, settings))


def _go_last() -> None:
    """Let other threads and processes run first: they answer in the time that a hash waits once more."""
    if sys.platform == "linux":  # elsewhere there are no priorities of single threads
        thread = threading.get_native_id()
        with contextlib.suppress(OSError):  # a sandbox may forbid it
            os.setpriority(os.PRIO_PROCESS, thread, os.getpriority(os.PRIO_PROCESS, thread) + NICER_BY)


def require_hashable(password: str) -> bytes:
    """The bytes of a password. Raises BadRequest when there are more than MAX_PASSWORD_BYTES."""
    encoded = _encode(password)
    if len(encoded) > MAX_PASSWORD_BYTES:
        raise BadRequest(f"Password is too long: at most {MAX_PASSWORD_BYTES} bytes are allowed")
    return encoded


def processor_count() -> int:
    """How many processors this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _encode(password: str) -> bytes:
    # Half a surrogate pair can come from JSON; as bytes it is as good a part of a password as any.
    return password.encode("utf-8", "surrogatepass")


def _matches(algorithm: Algorithm, stored: str, password: bytes, settings: Settings) -> bool:
    if algorithm is Algorithm.ARGON2:
        return argon2.matches(stored, password)
    if algorithm is Algorithm.BCRYPT:
        return bcrypt_hash.matches(stored, password)
    if algorithm is Algorithm.DJANGO_PBKDF2:
        return pbkdf2.matches(pbkdf2.parse_django(stored), password)
    if algorithm is Algorithm.ASPNET_IDENTITY:
        return pbkdf2.matches(pbkdf2.parse_aspnet(stored), password)
    signer_key = settings.firebase_password_hashing_signer_key
    if signer_key is None:
        raise CoreError("'firebase_password_hashing_signer_key' cannot be null: set it in the app's configuration", 500)
    return firebase_scrypt.matches(stored, password, signer_key)


def _needs_rehash(algorithm: Algorithm, stored: str, password: bytes, settings: Settings) -> bool:
    wants_bcrypt = settings.password_hashing_alg == Algorithm.BCRYPT
    if algorithm is Algorithm.ARGON2:
        return not wants_bcrypt and argon2.is_weaker(stored, settings)
    if algorithm is not Algorithm.BCRYPT:
        return True
    if wants_bcrypt:
        return bcrypt_hash.is_weaker(stored, settings)
    # What follows the first 72 bytes was not compared: a slip there must not become part of the password.
    return len(password) <= bcrypt_hash.MAX_PASSWORD_BYTES
