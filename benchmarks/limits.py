# SPDX-License-Identifier: Apache-2.0
"""Physical limits of this machine, now: one hash, one signature, one durable commit, one round trip."""

import asyncio
import sqlite3
import time
from collections.abc import Callable
from pathlib import Path

import argon2
import asyncpg
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa

from twofold.core.config import Settings

# What one call took on the quiet machine on which the incumbent was measured.
_THERE_HASH_MS = 14.5
_THERE_SIGNATURE_MS = 0.673


def slowness(*, hashing: bool) -> float:
    """How much longer this machine takes now for a hash, or for a signature.

    Hashing is bound by memory, signing by the processor, so a busy machine slows them differently.
    """
    return bare_hash() / _THERE_HASH_MS if hashing else bare_signature()[0] / _THERE_SIGNATURE_MS


def milliseconds(action: Callable[[], object], seconds: float = 0.5) -> float:
    """How long one call takes, over about `seconds`."""
    action()
    count, start = 0, time.perf_counter()
    while time.perf_counter() - start < seconds:
        action()
        count += 1
    return 1000 * (time.perf_counter() - start) / count


def bare_hash() -> float:
    """One Argon2id hash at the default cost."""
    settings = Settings()
    hasher = argon2.PasswordHasher(
        time_cost=settings.argon2_iterations,
        memory_cost=settings.argon2_memory_kb,
        parallelism=settings.argon2_parallelism,
    )
    return milliseconds(lambda: hasher.hash("correct horse battery staple"))


def bare_signature() -> tuple[float, float]:
    """One RS256 signature, and its verification."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    message = b"x" * 400
    signature = key.sign(message, padding.PKCS1v15(), hashes.SHA256())
    public = key.public_key()
    return (
        milliseconds(lambda: key.sign(message, padding.PKCS1v15(), hashes.SHA256())),
        milliseconds(lambda: public.verify(signature, message, padding.PKCS1v15(), hashes.SHA256())),
    )


def bare_sqlite_commit(folder: Path) -> float:
    """One durable commit of one row."""
    connection = sqlite3.connect(folder / "bare.db", isolation_level=None)
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute("PRAGMA synchronous=FULL")
    connection.execute("CREATE TABLE rows (value TEXT)")
    try:
        return milliseconds(lambda: connection.execute("INSERT INTO rows VALUES ('x')"))
    finally:
        connection.close()


async def bare_postgres(url: str) -> tuple[float, float]:
    """One round trip, and one durable commit of one row."""
    connection = await asyncpg.connect(url)
    try:
        await connection.execute("CREATE TABLE IF NOT EXISTS bare (value TEXT)")
        return (
            await _awaited(lambda: connection.fetchval("SELECT 1")),
            await _awaited(lambda: connection.execute("INSERT INTO bare VALUES ('x')")),
        )
    finally:
        await connection.close()


async def _awaited(action: Callable[[], "asyncio.Future[object]"], seconds: float = 0.5) -> float:
    count, start = 0, time.perf_counter()
    while time.perf_counter() - start < seconds:
        await action()
        count += 1
    return 1000 * (time.perf_counter() - start) / count
