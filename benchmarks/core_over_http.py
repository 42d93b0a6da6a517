# SPDX-License-Identifier: Apache-2.0
"""The core over HTTP, a worker per processor, called by eight clients: a row for each hot endpoint."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

import asyncpg
import uvloop

from benchmarks import core_calls
from benchmarks.driver import Action, Client, Load, run_load
from benchmarks.limits import slowness
from benchmarks.scale import TABLES
from benchmarks.servers import Server, free_port, serve
from tests.scale.filling import fill
from twofold.core.app import create_core

CLIENTS = 8
WORKERS = 2
PEOPLE = 10_000
WARM_SECONDS = 20
"""For so long a core that compiles while it runs is used before it is measured."""
Prepare = Callable[[Client], Awaitable[Action]]


@dataclass(frozen=True)
class Row:
    """A measured call.

    incumbent: what the incumbent's core (Java, PostgreSQL) did a second on two processors with eight clients, warm,
    and with the same cost of Argon2id: measured once, on a quiet machine. Where we know no figure, None.
    hashes: whether most of its time is a password hash.
    beside: what as many other clients do all the time.
    """

    name: str
    prepare: Prepare
    incumbent: float | None = None
    hashes: bool = False
    beside: Prepare | None = None

    def slowness(self) -> float | None:
        """How much slower this machine is now than that one; None where nothing is compared."""
        return None if self.incumbent is None else slowness(hashing=self.hashes)


ROWS = (
    Row("(hello)", core_calls.hello),
    Row("sign-in", core_calls.sign_in, 57, hashes=True),
    Row("sign-up", core_calls.sign_up),
    Row("user by id", core_calls.user_by_id, 1550),
    Row("users by address", core_calls.users_by_address),
    Row("session create", core_calls.create_session, 670),
    Row("session verify", core_calls.verify_session, 4400),
    Row("  … in database", core_calls.verify_session_in_database),
    Row("session refresh", core_calls.refresh_session, 550),
    Row("OTP create + consume", core_calls.one_time_code, 236),
    Row("TOTP create + verify", core_calls.authenticator),
    Row("metadata read", core_calls.read_metadata, 4500),
    Row("  … beside sign-ins", core_calls.read_metadata, beside=core_calls.sign_in),
    Row("roles read", core_calls.read_roles),
    Row("JWKS", core_calls.read_keys),
)
_HEADER = (
    f"\n{'database':9}{'core over HTTP':21}{'per s':>9}{'incumbent':>10}{'here':>8}{'ratio':>7}"
    f"{'p50 ms':>8}{'p99 ms':>8}{'CPU ms':>8}{'driver':>8}"
)


def measure(database: str, url: str, seconds: float, beside: int | None = None) -> None:
    """Print the table of one database.

    beside: the port of another core on this machine. Each row is measured there, too, once it is warm: both in turn,
    twice. Its figures then stand in place of those of the incumbent elsewhere.

    `incumbent` is what its core did on a quiet machine, `here` what it would do on this machine now, by how much longer
    one bare signature takes (for sign-in, one bare hash): the quicker of one just before and one just after the row, so
    that the incumbent is not taken to be slower than it is. The ratio is with that. The last column is how busy the
    driver was, of one processor: what it uses, the core cannot.
    """
    if database == "postgres":
        uvloop.run(_fill(url))
    port = free_port()
    arguments = ["-m", "twofold.cli", "serve", "--db", url, "--port", str(port), "--workers", str(WORKERS)]
    with serve([*arguments, "--log-level", "error"], port, {}, "/hello") as server:
        time.sleep(1)  # the other worker may still be starting
        idle_mb, idle_worker_mb = server.memory_mb(), server.largest_mb()
        start_cpu = server.cpu_seconds()
        print(_HEADER)
        for row in ROWS:
            if beside is None:
                before = row.slowness()
                load, busy = uvloop.run(_run(row, server.port, seconds, server.cpu_seconds))
                after = row.slowness()
                _print(database, row, load, busy, _scaled(row, before, after))
            else:
                _measure_beside(database, row, server, beside, seconds)
        print(
            f"{database:9}start {server.start_seconds:.2f} s to the first answer, {start_cpu:.2f} s of CPU;"
            f" memory of {WORKERS} workers and their parent {idle_mb:.0f} MB idle, {server.memory_mb():.0f} MB after"
            f" the load; of one worker {idle_worker_mb:.0f} MB idle, {server.largest_mb():.0f} MB after the load"
        )


async def _fill(url: str) -> None:
    """Let the database be one in use: with users, and with what it knows about its tables a minute after its start."""
    core = create_core(url)
    await core.start()
    await core.stop()
    connection = await asyncpg.connect(url)
    await fill(connection, PEOPLE, TABLES)
    await connection.close()


def _measure_beside(database: str, row: Row, server: Server, other: int, seconds: float) -> None:
    ours: list[tuple[Load, float]] = []
    theirs: list[Load] = []
    try:
        uvloop.run(_run(row, other, WARM_SECONDS))
    except RuntimeError as error:  # it refuses
        print(f"{database:9}{row.name:21}the other core: {error}")
        return
    for _ in range(2):
        ours.append(uvloop.run(_run(row, server.port, seconds, server.cpu_seconds)))
        theirs.append(uvloop.run(_run(row, other, seconds))[0])
    for (load, busy), their_load in zip(ours, theirs, strict=True):
        _print(database, row, load, busy, (their_load.per_second, their_load.per_second))


def _scaled(row: Row, *slownesses: float | None) -> tuple[float, float] | None:
    """What the incumbent did elsewhere, and what it would do here."""
    known = [slowness for slowness in slownesses if slowness is not None]
    return (row.incumbent, row.incumbent / min(known)) if row.incumbent and known else None


async def _run(
    row: Row, port: int, seconds: float, cpu_seconds: Callable[[], float] = lambda: 0.0
) -> tuple[Load, float]:
    """The load, and the part of one processor that the driver used."""
    beside = None if row.beside is None else asyncio.create_task(_repeat(row.beside, port))
    clients = [Client(port) for _ in range(CLIENTS)]
    actions = {id(client): await row.prepare(client) for client in clients}
    for client in clients:
        await actions[id(client)](client)  # what is made or read once, as keys are, is not part of the load
    busy_before, before = time.process_time(), time.perf_counter()
    load = await run_load(clients, lambda client: actions[id(client)](client), seconds, cpu_seconds)
    busy = (time.process_time() - busy_before) / (time.perf_counter() - before)
    for client in clients:
        await client.close()
    if beside is not None:
        beside.cancel()
        await asyncio.gather(beside, return_exceptions=True)
    return load, busy


async def _repeat(prepare: Prepare, port: int) -> None:
    async def one() -> None:
        client = Client(port)
        action = await prepare(client)
        try:
            while True:
                await action(client)
        finally:
            await client.close()

    await asyncio.gather(*(one() for _ in range(CLIENTS)))


def _print(database: str, row: Row, load: Load, busy: float, incumbent: tuple[float, float] | None) -> None:
    compared = f"{'':25}"
    if incumbent is not None:
        elsewhere, here = incumbent
        compared = f"{elsewhere:>10.0f}{here:>8.0f}{load.per_second / here:>7.2f}"
    print(
        f"{database:9}{row.name:21}{load.per_second:>9.1f}{compared}{load.percentile_ms(0.5):>8.2f}"
        f"{load.percentile_ms(0.99):>8.2f}{load.cpu_ms:>8.3f}{100 * busy:>7.0f}%",
        flush=True,
    )
