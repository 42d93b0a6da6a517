# SPDX-License-Identifier: Apache-2.0
"""What `twofold doctor` looks at. Every check reads only, and says what is wrong and what to do about it."""

import sqlite3
import ssl
import sys
import time
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from enum import StrEnum
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path
from shutil import disk_usage
from statistics import median
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

from twofold._assurance import profile_of
from twofold.cli.commands import REACH_THE_DATABASE
from twofold.cli.configuration import Configuration
from twofold.core._lazy import LazyModule
from twofold.core.app import SCHEMA_FOLDERS
from twofold.core.passwords import argon2
from twofold.core.sealing import CannotUnseal
from twofold.core.services import Services
from twofold.core.signing import sealing_context
from twofold.core.storage.database import StorageError
from twofold.core.storage.migrate import pending
from twofold.core.storage.query import Query

if TYPE_CHECKING:
    import aiosmtplib
else:
    aiosmtplib = LazyModule("aiosmtplib")  # every command would wait for it, and every worker keep it

SERVER: Final = Query(
    "SELECT current_setting('server_version') AS version, current_setting('server_version_num') AS number,"
    " current_setting('max_connections') AS connections, current_setting('server_encoding') AS encoding,"
    " pg_is_in_recovery() AS is_standby"
)
SERVER_TIME: Final = Query("SELECT CAST(EXTRACT(EPOCH FROM clock_timestamp()) * 1000 AS BIGINT)")
NOTHING: Final = Query("SELECT 1")
STORED_KEYS: Final = Query("SELECT app_id, key_id, secret FROM app_keys ORDER BY created_at DESC LIMIT 1000")
NEWEST_KEY: Final = Query("SELECT MAX(created_at) FROM app_keys")

OLDEST_POSTGRES: Final = 130_000
PERMISSION_DENIED: Final = "42501"
SKEW_TO_MEND_MS: Final = 2_000
ROUND_TRIP_TO_MEND_MS: Final = 5.0
FREE_BYTES: Final = 256 * 1024 * 1024
SLOW_HASH_MS: Final = 10.0
PARAMETERS_OF_SLOW_HASH: Final = (2, 19_456, 1)
TIMEOUT_SECONDS: Final = 10.0


class Level(StrEnum):
    """How bad it is."""

    OK = "ok"
    NOTE = "note"
    PROBLEM = "problem"


@dataclass(frozen=True, slots=True)
class Finding:
    """One line of the report; `mend` says what to do, where there is something to do."""

    level: Level
    subject: str
    what: str
    mend: str = ""


Check = Callable[[Configuration, Services], AsyncIterator[Finding]]


async def check_versions(_configuration: Configuration, _services: Services) -> AsyncIterator[Finding]:
    """What runs here."""
    found = f"Twofold {version('twofold')}, Python {sys.version.split()[0]}"
    yield Finding(Level.OK, "versions", found)
    if find_spec("uvloop") is None:
        yield Finding(
            Level.NOTE, "versions", "uvloop is not installed", "pip install uvloop: each request costs less with it."
        )


async def check_configuration(configuration: Configuration, _services: Services) -> AsyncIterator[Finding]:
    """What the operator chose; that it can be read at all was seen before."""
    settings = configuration.settings
    profile = profile_of(settings.assurance)
    met = "every value is valid" if profile is None else f"every value is valid, and meets {profile.standard}"
    yield Finding(Level.OK, "configuration", met)
    if not settings.encryption_key:
        yield Finding(
            Level.NOTE,
            "configuration",
            "signing keys and authenticator secrets are stored in the clear",
            "Set TWOFOLD_ENCRYPTION_KEY to 32 random characters: then a copy of the database signs no tokens.",
        )
    if not settings.api_keys:
        yield Finding(
            Level.NOTE,
            "configuration",
            "there is no API key: `twofold serve` answers this machine alone",
            "Set TWOFOLD_API_KEYS to let back ends on other machines call.",
        )


async def check_database(configuration: Configuration, services: Services) -> AsyncIterator[Finding]:
    """Whether it answers, how fast, and whether it is one that can be worked with."""
    database = services.database
    file = configuration.server.database_file
    if file is not None and not file.exists():
        raise StorageError(f"there is no file {file} yet; `twofold migrate` and `twofold serve` make it")
    times = []
    for _ in range(5):
        began = time.perf_counter()
        await database.fetch_value(NOTHING)
        times.append((time.perf_counter() - began) * 1000)
    if file is not None:
        for finding in _sqlite(file, median(times)):
            yield finding
        return
    server = await database.fetch_one(SERVER)
    assert server is not None  # noqa: S101 - a SELECT without FROM has one row
    yield Finding(Level.OK, "database", f"PostgreSQL {server['version']}, round trip {median(times):.1f} ms")
    if int(server["number"]) < OLDEST_POSTGRES:
        yield Finding(Level.PROBLEM, "database", "this PostgreSQL is too old", "Use PostgreSQL 13 or newer.")
    if server["is_standby"]:
        yield Finding(
            Level.PROBLEM, "database", "this server is a standby: it takes no writes", "Let --db name the primary."
        )
    if server["encoding"] != "UTF8":
        yield Finding(
            Level.PROBLEM,
            "database",
            f"the encoding is {server['encoding']}",
            "Make the database WITH ENCODING 'UTF8'.",
        )
    if median(times) > ROUND_TRIP_TO_MEND_MS:
        yield Finding(
            Level.NOTE,
            "database",
            "each statement waits that long",
            "Run Twofold in the same zone as its database.",
        )
    wanted = database.usage().limit * configuration.server.worker_count
    if wanted > int(server["connections"]) * 3 // 4:
        yield Finding(
            Level.PROBLEM,
            "database",
            f"{configuration.server.worker_count} workers may open {wanted} connections; the server allows"
            f" {server['connections']} to everybody together",
            "Lower ?max_connections=… in --db, use fewer workers, raise max_connections of the server, or put PgBouncer"
            " between.",
        )


def _sqlite(file: Path, round_trip_ms: float) -> list[Finding]:
    found = [Finding(Level.OK, "database", f"SQLite {sqlite3.sqlite_version}, {file}, {round_trip_ms:.1f} ms")]
    free = disk_usage(file.parent).free
    if free < FREE_BYTES:
        found.append(
            Finding(
                Level.PROBLEM,
                "database",
                f"{free // 1024 // 1024} MB are free on its disk",
                "Make room: without it, nobody can sign in.",
            )
        )
    return found


async def check_schema(_configuration: Configuration, services: Services) -> AsyncIterator[Finding]:
    """Whether the tables are those of this version."""
    waiting = await pending(services.database, SCHEMA_FOLDERS)
    if waiting:
        yield Finding(
            Level.NOTE,
            "schema",
            f"{len(waiting)} migrations are not applied yet",
            "`twofold migrate` applies them; so does `twofold serve` when it starts.",
        )
    else:
        yield Finding(Level.OK, "schema", "up to date")


async def check_clock(_configuration: Configuration, services: Services) -> AsyncIterator[Finding]:
    """Whether this machine and the database agree on the time, and whether it runs backwards."""
    newest = None
    if not await pending(services.database, SCHEMA_FOLDERS):
        newest = await services.database.fetch_value(NEWEST_KEY)
    skew_ms = 0.0
    if services.database.dialect == "postgres":
        before = services.clock.now_ms()
        theirs = await services.database.fetch_value(SERVER_TIME)
        skew_ms = (before + services.clock.now_ms()) / 2 - theirs
    if abs(skew_ms) > SKEW_TO_MEND_MS:
        yield Finding(
            Level.PROBLEM,
            "clock",
            f"this machine is {abs(skew_ms) / 1000:.0f} s {'ahead of' if skew_ms > 0 else 'behind'} the database",
            "Let both take the time from NTP: codes and tokens expire too early or too late.",
        )
    elif newest is not None and newest > services.clock.now_ms() + SKEW_TO_MEND_MS:
        yield Finding(
            Level.PROBLEM,
            "clock",
            "the newest key was made in the future: this clock, or that of another node, is wrong",
            "Let every node take the time from NTP.",
        )
    else:
        yield Finding(Level.OK, "clock", f"{abs(skew_ms):.0f} ms from the database's" if skew_ms else "plausible")


async def check_keys(_configuration: Configuration, services: Services) -> AsyncIterator[Finding]:
    """Whether the stored keys can be opened."""
    if await pending(services.database, SCHEMA_FOLDERS):
        yield Finding(Level.OK, "keys", "none yet")
        return
    sealer = services.sealer
    rows = await services.database.fetch_all(STORED_KEYS)
    try:
        for row in rows:
            sealer.unseal(row["secret"], sealing_context(row["app_id"], row["key_id"]))
    except CannotUnseal as error:
        yield Finding(
            Level.PROBLEM,
            "keys",
            str(error),
            "Put the former key after the new one in TWOFOLD_ENCRYPTION_KEY, separated by a comma.",
        )
        return
    yield Finding(Level.OK, "keys", f"{len(rows)} stored, and they can be opened" if rows else "none yet")
    plain = sum(1 for row in rows if sealer.is_plain(row["secret"]))
    if plain and services.settings.encryption_key:
        yield Finding(
            Level.NOTE,
            "keys",
            f"{plain} were stored in the clear, before there was an encryption key",
            "Those that sign access tokens are replaced as they rotate; the others stay.",
        )


async def check_hash(configuration: Configuration, _services: Services) -> AsyncIterator[Finding]:
    """How long a password takes: it decides how many people can sign in at once."""
    settings = configuration.settings
    times = []
    for _ in range(5):
        began = time.perf_counter()
        argon2.make(b"a password to measure with", b"0123456789abcdef", settings)
        times.append((time.perf_counter() - began) * 1000)
    fastest = min(times)
    yield Finding(
        Level.OK, "password hash", f"{fastest:.1f} ms, {1000 / fastest:.0f} sign-ins a second on each processor"
    )
    parameters = (settings.argon2_iterations, settings.argon2_memory_kb, settings.argon2_parallelism)
    if parameters == PARAMETERS_OF_SLOW_HASH and fastest > SLOW_HASH_MS:
        yield Finding(
            Level.NOTE,
            "password hash",
            "argon2 was built for any processor, or this one is busy",
            "Built for this one it is about three times as fast: ARGON2_CFFI_USE_SSE2=1 CFLAGS='-O3 -march=native'"
            " pip install --force-reinstall --no-binary argon2-cffi-bindings argon2-cffi-bindings",
        )


async def check_mail(url: str) -> Finding:
    """Whether a mail server answers, and whether the way there is encrypted. Nothing is sent.

    Args:
        url: `smtp://host[:port]` (587, STARTTLS) or `smtps://host[:port]` (465, TLS from the start).
    """
    try:
        parts = urlsplit(url)
        scheme, host, port = parts.scheme, parts.hostname, parts.port
    except ValueError:
        scheme, host, port = "", None, None
    if scheme not in ("smtp", "smtps") or not host:
        return Finding(Level.PROBLEM, "mail", "--mail is no mail server", "Write smtp://host:587 or smtps://host:465.")
    chosen = port or (465 if scheme == "smtps" else 587)
    client = aiosmtplib.SMTP(
        hostname=host, port=chosen, use_tls=scheme == "smtps", start_tls=False, timeout=TIMEOUT_SECONDS
    )
    try:
        await client.connect()
        try:
            await client.ehlo()
            if scheme == "smtp" and client.supports_extension("starttls"):
                await client.starttls()
            elif scheme == "smtp":
                return Finding(
                    Level.NOTE,
                    "mail",
                    f"{host}:{chosen} answers, without encryption",
                    "Codes and links would be readable on their way: use a server that offers STARTTLS, or smtps://.",
                )
        finally:
            client.close()
    except ssl.SSLCertVerificationError as error:
        return Finding(
            Level.PROBLEM, "mail", f"{host}:{chosen} has no valid certificate: {error.verify_message}", "Mend it there."
        )
    except (aiosmtplib.SMTPException, OSError) as error:
        return Finding(
            Level.PROBLEM,
            "mail",
            f"{host}:{chosen} does not answer: {error}",
            "Check name, port and firewall; cloud providers often close port 25.",
        )
    return Finding(Level.OK, "mail", f"{host}:{chosen} answers, encrypted")


CHECKS: Final[tuple[tuple[str, Check], ...]] = (
    ("versions", check_versions),
    ("configuration", check_configuration),
    ("database", check_database),
    ("schema", check_schema),
    ("clock", check_clock),
    ("keys", check_keys),
    ("password hash", check_hash),
)


async def examine(configuration: Configuration, services: Services, mail: str) -> AsyncIterator[Finding]:
    """Every check in turn. What needs the database is left out once it refused something."""
    is_usable = True
    for subject, check in CHECKS:
        if not is_usable and subject in ("schema", "clock", "keys"):
            continue
        try:
            async for finding in check(configuration, services):
                yield finding
        except StorageError as error:
            is_usable = False
            yield Finding(Level.PROBLEM, subject, str(error), _mend(subject, str(error)))
    if mail:
        yield await check_mail(mail)


def _mend(subject: str, told: str) -> str:
    if PERMISSION_DENIED in told:
        return "Let --db name the user whose tables these are, or GRANT this one their use."
    if subject == "schema":
        return "Restore the files of this version, or run the version that the database belongs to."
    return REACH_THE_DATABASE
