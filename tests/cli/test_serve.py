# SPDX-License-Identifier: Apache-2.0
"""`twofold serve`: what it refuses, and, run as the operator runs it, how it answers and how it stops."""

import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil
import pytest
import uvicorn

from tests.plugins.ports import free_port
from twofold.cli import main
from twofold.cli.serve import is_loopback

KEY = "a-key-of-more-than-20-characters"


@dataclass
class Server:
    """A running server."""

    port: int
    process: "subprocess.Popen[str]"

    def get(self, path: str, **headers: str) -> tuple[int, str]:
        """Status and body of an answer."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        request = urllib.request.Request(f"http://127.0.0.1:{self.port}{path}", headers=named)
        try:
            with urllib.request.urlopen(request, timeout=10) as reply:
                return reply.status, reply.read().decode()
        except urllib.error.HTTPError as error:
            return error.code, error.read().decode()

    def refuses(self) -> bool:
        """Whether nobody listens any more."""
        try:
            with socket.create_connection(("127.0.0.1", self.port)):
                return False
        except ConnectionRefusedError:
            return True

    def stop(self) -> str:
        """Ask it to stop; return what it logged."""
        self.process.send_signal(signal.SIGTERM)
        return self.process.communicate(timeout=60)[1]


def wait_until(condition: Callable[[], bool]) -> None:
    """Look until it is so. The test's time limit ends it."""
    while not condition():
        time.sleep(0.05)


@contextlib.contextmanager
def serving(folder: Path, *arguments: str, **environment: str) -> Iterator[Server]:
    """A server in `folder`, once it answers."""
    port = free_port()
    command = [sys.executable, "-m", "twofold.cli", "serve", "--port", str(port), *arguments]
    process = subprocess.Popen(
        command, cwd=folder, env={**os.environ, **environment}, stderr=subprocess.PIPE, text=True
    )
    server = Server(port, process)
    try:
        while True:
            with contextlib.suppress(OSError):
                server.get("/")
                break
            assert process.poll() is None
        yield server
    finally:
        if process.poll() is None:
            for child in psutil.Process(process.pid).children():
                child.kill()
        process.kill()
        process.communicate()


def refusal(monkeypatch: pytest.MonkeyPatch, *arguments: str) -> str:
    """What is told by a `serve` that does not begin to listen."""

    def listen(*_: Any, **__: Any) -> None:
        raise AssertionError

    monkeypatch.setattr(uvicorn, "run", listen)
    monkeypatch.setattr(sys, "argv", ["twofold", "serve", *arguments])
    with pytest.raises(SystemExit) as ended:
        main()
    return str(ended.value.code)


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.0.2.1", "example.com"])
def test_refuses_to_listen_beyond_loopback_without_a_key(host: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The management door is never left open by accident (attack class 52)."""
    assert "without an API key" in refusal(monkeypatch, "--host", host)


@pytest.mark.parametrize("keys", [" ", ",", " , "])
def test_an_empty_key_is_no_key(keys: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A variable that was meant to hold a key but does not opens no door (attack class 52)."""
    monkeypatch.setenv("TWOFOLD_API_KEYS", keys)

    assert "without an API key" in refusal(monkeypatch, "--host", "192.0.2.1")


def test_refuses_a_key_that_can_be_guessed(monkeypatch: pytest.MonkeyPatch) -> None:
    """The same rule as for the keys of an app (attack class 36)."""
    told = refusal(monkeypatch, "--host", "192.0.2.1", "--api-keys", "secret")

    assert told.startswith("twofold: --api-keys: ")
    assert "at least 20 characters" in told


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1", "127.3.2.1", "::1", "[::1]"])
def test_knows_loopback_addresses(host: str) -> None:
    """What only this machine can reach needs no key."""
    assert is_loopback(host)


def test_help_names_every_option(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """What can be given is found without the documentation."""
    monkeypatch.setenv("COLUMNS", "200")
    monkeypatch.setattr(sys, "argv", ["twofold", "serve", "--help"])
    with contextlib.suppress(SystemExit):
        main()
    shown = capsys.readouterr().out

    for option in ("--config", "--db", "--workers", "--access-log", "--graceful-stop-seconds", "--argon2-memory-kb"):
        assert option in shown
    assert "--encryption-key" not in shown


def test_one_process_answers_logs_and_ends_in_good_order(tmp_path: Path) -> None:
    """One command on an empty folder is enough.

    A stop refuses new callers, finishes what has begun, closes the database and is a success (attack class 52 for the
    key). Every log line is JSON, and none has the key.
    """
    lines = ('log_format = "json"', 'base_path = "/core"', "access_log = true", r"ip_deny_regex = '10\.9\..*'")
    (tmp_path / "twofold.toml").write_text("\n".join(lines))
    with serving(tmp_path, TWOFOLD_API_KEYS=KEY) as server:
        outside = server.get("/hello")
        statuses = [server.get(path)[0] for path in ("/core/hello", "/core/health", "/core/.well-known/jwks.json")]
        without = server.get("/core/users")
        wrong = server.get("/core/users", api_key=KEY[::-1])
        right = server.get("/core/users", api_key=KEY)
        pretended = server.get("/core/hello", x_forwarded_for="10.9.0.1")
        bearer = server.get("/core/metrics", authorization=f"Bearer {KEY}")
        with half_a_request(server, "/core/recipe/signup") as finish:
            server.process.send_signal(signal.SIGTERM)
            wait_until(server.refuses)
            finished = finish()
        logged = server.process.communicate(timeout=60)[1]

    assert (outside[0], statuses) == (404, [200, 200, 200])
    assert (without, wrong) == ((401, "Invalid API key\n"), (401, "Invalid API key\n"))
    assert (right[0], bearer[0], pretended[0]) == (200, 200, 200)
    assert finished.startswith("HTTP/1.1 200")
    assert server.process.returncode == 0
    assert [path.name for path in tmp_path.glob("twofold.db*")] == ["twofold.db"]  # no log of a lost process
    paths = {json.loads(line).get("path") for line in logged.splitlines()}
    assert {"/core/users", "/core/recipe/signup"} <= paths
    assert KEY not in logged


@contextlib.contextmanager
def half_a_request(server: Server, path: str) -> Iterator[Any]:
    """A sign-up whose body is on its way; the block gets a function that sends the rest and returns the answer."""
    body = json.dumps({"email": "a@example.com", "password": "a-password-1"}).encode()
    head = f"POST {path} HTTP/1.1\r\nhost: localhost\r\napi-key: {KEY}\r\ncontent-length: {len(body)}\r\n\r\n"
    with socket.create_connection(("127.0.0.1", server.port)) as connection:
        connection.sendall(head.encode() + body[:10])
        server.get("/")  # one that was sent later has been answered: the first has begun

        def finish() -> str:
            connection.sendall(body[10:])
            received = b""
            while chunk := connection.recv(65536):
                received += chunk
            return received.decode()

        yield finish


@pytest.mark.slow
def test_several_workers(database_url: str, tmp_path: Path) -> None:
    """Every worker answers, their figures add up, a dead one is replaced, and a stop is in good order.

    A proxy that is trusted names the caller, to whom the rules for addresses apply; see above for one that is not.
    Neither the key nor the database's password is in the command line of any process.
    """
    environment = {"TWOFOLD_DB": database_url, "TWOFOLD_API_KEYS": KEY, "TWOFOLD_WORKERS": "2"}
    proxy = {"TWOFOLD_TRUSTED_PROXIES": "127.0.0.1", "TWOFOLD_IP_DENY_REGEX": r"10\.9\..*"}
    with serving(tmp_path, **environment, **proxy) as server:
        assert server.get("/hello", x_forwarded_for="10.9.0.1")[0] == 403
        for _ in range(20):
            assert server.get("/apiversion", api_key=KEY)[0] == 200
        # The first answers before the second has started.
        wait_until(lambda: server.get("/metrics", api_key=KEY)[1].count("process_resident_memory_bytes{") == 2)
        figures = server.get("/metrics", api_key=KEY)[1]
        workers = workers_of(server)
        commands = [" ".join(worker.cmdline()) for worker in (psutil.Process(server.process.pid), *workers)]
        workers[0].kill()
        wait_until(lambda: len({*workers_of(server)} - {workers[0]}) == 2)
        again = server.get("/metrics", api_key=KEY)[1]
        server.stop()

    count = 'twofold_http_requests_total{method="GET",route="/apiversion",status="200"} 20.0'
    assert count in figures
    assert count in again
    assert len(workers) == 2
    assert not [command for command in commands if KEY in command or "postgresql://" in command]
    assert server.process.returncode == 0


def workers_of(server: Server) -> list[psutil.Process]:
    """Its processes that answer."""
    found: list[psutil.Process] = []
    for child in psutil.Process(server.process.pid).children():
        with contextlib.suppress(psutil.Error):  # it has just ended
            if "multiprocessing.spawn" in " ".join(child.cmdline()):
                found.append(child)
    return found


@pytest.mark.slow
@pytest.mark.parametrize("workers", ["1", "2"])
@pytest.mark.parametrize(
    ("file", "told"),
    [("no/such/folder/a.db", "cannot open the SQLite file"), ("a.db", "in use. Give another --port")],
)
def test_what_cannot_be_had_ends_the_start(file: str, told: str, workers: str, tmp_path: Path) -> None:
    """No traceback, and no log to search, for a wrong address or a port that is taken: one sentence."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = free_port() if "/" in file else taken.getsockname()[1]
        command = [sys.executable, "-m", "twofold.cli", "serve", "--port", str(port), "--workers", workers]
        command += ["--db", f"sqlite:///{tmp_path}/{file}"]
        done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)

    assert done.returncode == 1
    assert done.stderr.startswith("twofold: cannot ")
    assert told in done.stderr
    assert done.stderr.count("\n") == 1
