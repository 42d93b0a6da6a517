# SPDX-License-Identifier: Apache-2.0
"""`twofold serve` and `twofold migrate`, run as the operator runs them: as processes."""

import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from twofold.cli.serve import is_loopback


def run(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run the command to its end."""
    return subprocess.run(
        [sys.executable, "-m", "twofold.cli", *arguments],
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextlib.contextmanager
def serving(*arguments: str) -> Iterator[tuple[int, "subprocess.Popen[bytes]"]]:
    """A running server, once it answers."""
    port = free_port()
    command = [sys.executable, "-m", "twofold.cli", "serve", "--port", str(port), "--log-level", "error", *arguments]
    process = subprocess.Popen(command)
    try:
        while True:
            with contextlib.suppress(OSError):
                get(port, "/hello")
                break
            assert process.poll() is None
        yield port, process
    finally:
        process.kill()
        process.wait()


def get(port: int, path: str, **headers: str) -> tuple[int, str]:
    """Status and body of an answer."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    request = urllib.request.Request(f"http://127.0.0.1:{port}{path}", headers=named)
    try:
        with urllib.request.urlopen(request, timeout=10) as reply:
            return reply.status, reply.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, error.read().decode()


def test_serves_a_fresh_database_with_several_workers(database_url: str) -> None:
    """One command on an empty database is enough; every worker answers, and a stop is graceful."""
    with serving("--db", database_url, "--workers", "2") as (port, process):
        status, body = get(port, "/apiversion")
        process.send_signal(signal.SIGTERM)
        process.wait(20)

    assert status == 200
    assert "5.4" in json.loads(body)["versions"]
    assert process.returncode in (0, -signal.SIGTERM)


def test_asks_for_the_key_on_every_path_but_the_open_ones(sqlite_url: str) -> None:
    """With keys configured, a caller without one learns nothing but that the server is there (attack class 52)."""
    key = "a-key-of-more-than-20-characters"
    with serving("--db", sqlite_url, "--api-keys", key) as (port, _):
        without = get(port, "/users")
        wrong = get(port, "/users", api_key="b-key-of-more-than-20-characters")
        right = get(port, "/users", api_key=key)
        bearer = get(port, "/users", authorization=f"Bearer {key}")
        open_path = get(port, "/.well-known/jwks.json")

    assert (without, wrong) == ((401, "Invalid API key\n"), (401, "Invalid API key\n"))
    assert [right[0], bearer[0], open_path[0]] == [200, 200, 200]


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.0.2.1", "example.com"])
def test_refuses_to_listen_beyond_loopback_without_a_key(host: str, sqlite_url: str) -> None:
    """The management door is never left open by accident (attack class 52)."""
    result = run("serve", "--db", sqlite_url, "--host", host)

    assert result.returncode != 0
    assert "without an API key" in result.stderr


@pytest.mark.parametrize("keys", [" ", ",", " , "])
def test_an_empty_key_is_no_key(keys: str, sqlite_url: str) -> None:
    """A variable that was meant to hold a key but does not opens no door (attack class 52)."""
    result = run("serve", "--db", sqlite_url, "--host", "192.0.2.1", TWOFOLD_API_KEYS=keys)

    assert "without an API key" in result.stderr


def test_refuses_a_key_that_can_be_guessed(sqlite_url: str) -> None:
    """The same rule as for the keys of an app (attack class 36)."""
    result = run("serve", "--db", sqlite_url, "--host", "192.0.2.1", "--api-keys", "secret")

    assert result.returncode != 0
    assert "at least 20 characters" in result.stderr


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1", "127.3.2.1", "::1", "[::1]"])
def test_knows_loopback_addresses(host: str) -> None:
    """What only this machine can reach needs no key."""
    assert is_loopback(host)


def test_serves_below_a_base_path(sqlite_url: str) -> None:
    """Requests outside the prefix are not ours."""
    with contextlib.ExitStack() as stack:
        port, _ = stack.enter_context(serving_below(sqlite_url, "/core"))
        inside = get(port, "/core/hello")
        outside = get(port, "/hello")

    assert (inside[0], outside[0]) == (200, 404)


@contextlib.contextmanager
def serving_below(url: str, base_path: str) -> Iterator[tuple[int, "subprocess.Popen[bytes]"]]:
    """A server below a prefix; `/hello` outside it answers 404, which is an answer."""
    with serving("--db", url, "--base-path", base_path) as server:
        yield server


def test_migrate_tells_what_it_did_and_then_that_nothing_is_left(database_url: str) -> None:
    """`--check` changes nothing and exits with 1 while something waits; afterwards there is nothing to do."""
    waiting = run("migrate", "--db", database_url, "--check")
    applied = run("migrate", TWOFOLD_DB=database_url)
    again = run("migrate", "--db", database_url)

    assert (waiting.returncode, applied.returncode, again.returncode) == (1, 0, 0)
    assert "users/0001" in waiting.stdout
    assert "applied users/0001" in applied.stdout
    assert again.stdout.strip() == "up to date"


def test_a_database_that_cannot_be_reached_is_told_in_one_sentence(tmp_path: Path) -> None:
    """No traceback for a wrong address: what is wrong and what to do."""
    result = run("migrate", "--db", f"sqlite:////{tmp_path}/no/such/folder/twofold.db")

    assert result.returncode != 0
    assert "Traceback" not in result.stderr
    assert "twofold:" in result.stderr
