# SPDX-License-Identifier: Apache-2.0
"""PgBouncer in front of the PostgreSQL of the tests, in transaction mode: each transaction on any server connection."""

import contextlib
import os
import secrets
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest

from tests.plugins.ports import free_port

SERVER_CONNECTIONS = 4


@pytest.fixture
def pgbouncer_url(postgres_url: str) -> Iterator[str]:
    """URL of the test's database through PgBouncer, whose few server connections go from client to client."""
    with running_pgbouncer(postgres_url) as url:
        yield url


@contextlib.contextmanager
def running_pgbouncer(postgres_url: str) -> Iterator[str]:
    """Run PgBouncer in front of a database, and yield the URL that leads through it."""
    parts = urlsplit(postgres_url)
    host = parse_qs(parts.query).get("host", [parts.hostname or "127.0.0.1"])[0]
    port = parts.port or 5432
    listen_port = free_port()
    folder = Path(tempfile.mkdtemp(prefix="twofold-pgbouncer-"))
    folder.chmod(0o755)
    configuration = folder / "pgbouncer.ini"
    configuration.write_text(
        f"""[databases]
* = host={host} port={port} user={parts.username or "postgres"} {f"password={parts.password}" if parts.password else ""}
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = {listen_port}
unix_socket_dir =
auth_type = any
pool_mode = transaction
default_pool_size = {SERVER_CONNECTIONS}
max_client_conn = 500
query_wait_timeout = 5
server_login_retry = 1
{f"user = {owner_of(host)}" if os.geteuid() == 0 else ""}
"""
    )
    process = subprocess.Popen(
        [pgbouncer_path() or "pgbouncer", "--quiet", str(configuration)],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
    )
    try:
        wait_until_listening(listen_port, process)
        yield f"postgresql://{secrets.token_hex(4)}@127.0.0.1:{listen_port}{parts.path}"
    finally:
        process.terminate()
        process.communicate(timeout=30)
        shutil.rmtree(folder)


def owner_of(host: str) -> str:
    """Return who runs the server: PgBouncer, which refuses to be root, must be able to reach its socket."""
    return Path(host).owner() if host.startswith("/") else "nobody"


def pgbouncer_path() -> str | None:
    """Return the installed program."""
    return shutil.which("pgbouncer", path=f"{os.environ.get('PATH', '')}:/usr/sbin")


def wait_until_listening(port: int, process: "subprocess.Popen[bytes]") -> None:
    """Return when the process answers on the port of the loopback address; fail when it ends before."""
    for _ in range(1200):
        if process.poll() is not None:
            errors = process.stderr.read().decode() if process.stderr else ""
            pytest.fail(f"the server ended with {process.returncode}: {errors}")
        with contextlib.suppress(ConnectionRefusedError), socket.create_connection(("127.0.0.1", port)):
            return
        time.sleep(0.05)
    pytest.fail(f"nobody listens on port {port}")
