# SPDX-License-Identifier: Apache-2.0
"""`make bench`: the flows of an application, embedded and over HTTP, and the endpoints of a core; on every database.

Numbers of one run may be compared with each other; machines are too noisy for more. `application` or `core` for one of
the two tables, `checks` for none but the rows above them, `--quick` for a first look, `--seconds` for longer loads,
`--only sqlite` (or postgres; embedded, http) for a part. `--native-hash` builds the library of Argon2 for this very
processor, as a deployment should, and measures with that. `--beside 3567` measures another core that runs on this
machine in turn with ours, so that both meet the same minutes.
"""

import argparse
import asyncio
import contextlib
import os
import subprocess
import sys
import tempfile
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from benchmarks import core_over_http, flows, limits
from benchmarks.checks import session_check_us, start_under_test_ms
from benchmarks.driver import Action, Client, Load, run_load
from benchmarks.foreign import foreign_route_us
from benchmarks.remote import remote_call_us
from benchmarks.servers import Server, free_port, serve
from tests.plugins.postgres import running_server

CLIENTS = (1, 16, 64)
Cpu = Callable[[], float]


@dataclass(frozen=True)
class Target:
    """What is measured: a database, and where the core is."""

    database: str
    core: str
    url: str


@dataclass(frozen=True)
class Flow:
    """A measured flow, and what a client must have done before."""

    name: str
    prepare: Callable[[Client], Awaitable[Action]]
    clients: tuple[int, ...] = CLIENTS


async def _signing_up(_client: Client) -> Action:
    async def act(client: Client) -> None:
        await flows.sign_up(client)

    return act


async def _signing_in(client: Client) -> Action:
    email = await flows.sign_up(client)
    return lambda client: flows.sign_in(client, email)


async def _signing_in_with_code(client: Client) -> Action:
    email = await flows.sign_up(client, "otp")
    await flows.give_code(client, email)
    return lambda client: flows.sign_in_with_code(client, email)


def _signed_in(action: Action) -> Callable[[Client], Awaitable[Action]]:
    async def prepare(client: Client) -> Action:
        await flows.sign_up(client)
        return action

    return prepare


FLOWS = (
    Flow("sign-up", _signing_up),
    Flow("sign-in", _signing_in),
    Flow("sign-in + code", _signing_in_with_code),
    Flow("verify", _signed_in(flows.verify)),
    Flow("refresh", _signed_in(flows.refresh_alone)),
    Flow("refresh + use", _signed_in(flows.refresh)),
    Flow("open page", _signed_in(flows.open_page)),
    Flow("(open route)", _signed_in(flows.open_route)),
)


def main() -> None:
    """Run what the arguments ask for."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("parts", nargs="*", choices=["application", "core", "checks"], default=["application", "core"])
    parser.add_argument("--seconds", type=float, default=3.0, help="length of each load")
    parser.add_argument("--quick", action="store_true", help="one second each, and fewer clients")
    parser.add_argument("--only", action="append", default=[], help="sqlite, postgres, embedded or http")
    parser.add_argument("--native-hash", action="store_true", help="build Argon2 for this processor first")
    parser.add_argument("--beside", type=int, help="port of another core, that rows of the core are measured beside")
    options = parser.parse_args()
    if options.native_hash:
        _again_with_native_hash()
    seconds = 1.0 if options.quick else options.seconds
    clients = (1, 16) if options.quick else CLIENTS
    with tempfile.TemporaryDirectory(prefix="twofold-bench-") as name:
        folder = Path(name)
        with _postgres(folder, options.only) as postgres_url:
            _print_limits(folder, postgres_url)
            if "application" in options.parts:
                _print_header()
                for target in _targets(folder, postgres_url, options.only):
                    _measure(target, seconds, clients)
            if "core" in options.parts:
                for database, url in _databases(folder, postgres_url, options.only):
                    core_over_http.measure(database, url, seconds, options.beside)


def _again_with_native_hash() -> None:
    """Build the bindings in a folder of their own, and measure once more in processes that find them there first."""
    with tempfile.TemporaryDirectory(prefix="twofold-argon2-") as folder:
        name = "argon2-cffi-bindings"
        pip = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--no-binary", name]
        build = {"ARGON2_CFFI_USE_SSE2": "1", "CFLAGS": "-O3 -march=native"}
        subprocess.run([*pip, "--target", folder, name], env={**os.environ, **build}, check=True)
        arguments = [argument for argument in sys.argv[1:] if argument != "--native-hash"]
        command = [sys.executable, "-m", "benchmarks", *arguments]
        done = subprocess.run(command, env={**os.environ, "PYTHONPATH": folder}, check=False)
        raise SystemExit(done.returncode)


@contextlib.contextmanager
def _postgres(folder: Path, only: list[str]) -> Iterator[str | None]:
    if only and "sqlite" in only and "postgres" not in only:
        yield None
        return
    with running_server(folder / "postgres") as url:
        yield url


def _targets(folder: Path, postgres_url: str | None, only: list[str]) -> Iterator[Target]:
    wanted = [word for word in only if word in ("embedded", "http")] or ["embedded", "http"]
    for database, url in _databases(folder, postgres_url, only):
        for core in wanted:
            yield Target(database, core, url)


def _databases(folder: Path, postgres_url: str | None, only: list[str]) -> Iterator[tuple[str, str]]:
    databases = {"sqlite": f"sqlite:///{folder / 'bench.db'}"}
    if postgres_url is not None:
        databases["postgres"] = postgres_url
    for database, url in databases.items():
        if database in only or not {"sqlite", "postgres"} & set(only):
            yield database, url


def _measure(target: Target, seconds: float, clients: tuple[int, ...]) -> None:
    with _application(target) as (server, cpu):
        idle_mb = server.memory_mb()
        asyncio.run(_run_flows(target, server, cpu, seconds, clients))
        print(
            f"{target.database:9}{target.core:9} start {server.start_seconds:.2f} s to the first answer,"
            f" {idle_mb:.0f} MB idle, {server.memory_mb():.0f} MB after the load (application process)"
        )


@contextlib.contextmanager
def _application(target: Target) -> Iterator[tuple[Server, Cpu]]:
    port = free_port()
    arguments = ["-m", "benchmarks.application", str(port)]
    if target.core == "embedded":
        with serve(arguments, port, {"BENCH_CORE": target.url}, "/open") as server:
            yield server, server.cpu_seconds
        return
    core_port = free_port()
    core_arguments = [
        "-m",
        "twofold.cli",
        "serve",
        "--db",
        target.url,
        "--port",
        str(core_port),
        "--log-level",
        "error",
    ]
    with (
        serve(core_arguments, core_port, {}, "/hello") as core,
        serve(arguments, port, {"BENCH_CORE": f"http://127.0.0.1:{core_port}"}, "/open") as server,
    ):
        yield server, lambda: server.cpu_seconds() + core.cpu_seconds()


async def _run_flows(target: Target, server: Server, cpu: Cpu, seconds: float, counts: tuple[int, ...]) -> None:
    for flow in FLOWS:
        for count in counts:
            clients = [Client(server.port) for _ in range(count)]
            prepared = await asyncio.gather(*(flow.prepare(client) for client in clients))
            actions = {id(client): action for client, action in zip(clients, prepared, strict=True)}
            for client in clients:
                await client.close()  # the server may have grown tired of a connection that waited for the others

            async def act(client: Client, actions: dict[int, Action] = actions) -> None:
                await actions[id(client)](client)

            _print_row(target, flow.name, await run_load(clients, act, seconds, cpu))
            for client in clients:
                await client.close()


def _print_limits(folder: Path, postgres_url: str | None) -> None:
    signing, verifying = limits.bare_signature()
    warm, cold = session_check_us(folder)
    started, cpu = start_under_test_ms()
    remote, httpx = remote_call_us()
    print(f"bare Argon2id hash        {limits.bare_hash():8.2f} ms")
    print(f"bare RS256 signature      {signing:8.3f} ms    verification {verifying:.3f} ms")
    print(f"bare SQLite commit        {limits.bare_sqlite_commit(folder):8.3f} ms")
    if postgres_url is not None:
        trip, commit = asyncio.run(limits.bare_postgres(postgres_url))
        print(f"bare PostgreSQL round trip{trip:8.3f} ms    commit {commit:.3f} ms")
    print(f"session check in the SDK  {warm:8.1f} µs warm    {cold:.1f} µs cold")
    print(
        f"call to a core elsewhere  {remote:8.0f} µs of the SDK's CPU    the same request by httpx alone {httpx:.0f} µs"
    )
    for framework, (without, with_it) in foreign_route_us().items():
        print(f"{'foreign route, ' + framework:26}{with_it:8.1f} µs of CPU    {without:.1f} µs without the middleware")
    print(f"application under test    {started:8.1f} ms to the first session    {cpu:.1f} ms CPU")


def _print_header() -> None:
    print(f"\n{'database':9}{'core':9}{'flow':15}{'clients':>8}{'per s':>10}{'p50 ms':>9}{'p99 ms':>9}{'CPU ms':>9}")


def _print_row(target: Target, flow: str, load: Load) -> None:
    print(
        f"{target.database:9}{target.core:9}{flow:15}{load.clients:>8}{load.per_second:>10.1f}"
        f"{load.percentile_ms(0.5):>9.2f}{load.percentile_ms(0.99):>9.2f}{load.cpu_ms:>9.3f}",
        flush=True,
    )


if __name__ == "__main__":
    main()
