# SPDX-License-Identifier: Apache-2.0
"""Many processes start at the same moment on an empty database, and none fails its first requests."""

import asyncio
import subprocess
import sys
from pathlib import Path

import asyncpg
import pytest

from tests.plugins.postgres import running_server, with_database

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]

PROCESSES = 12
ROUNDS = 2
PROGRAM = Path(__file__).parent / "starting_process.py"


async def test_first_requests_of_many_processes(tmp_path: Path) -> None:
    """Together they want more connections than a server has by default (100): they share, and all requests succeed."""
    with running_server(tmp_path / "postgres") as url:
        failed = [await start_all(url, f"round{number}") for number in range(ROUNDS)]

    assert failed == [[]] * ROUNDS


async def start_all(server_url: str, database: str) -> list[str]:
    """Make an empty database and start the processes on it; what they say of failures."""
    connection = await asyncpg.connect(server_url)
    await connection.execute(f"CREATE DATABASE {database}")
    await connection.close()
    url = with_database(server_url, database)
    processes = [start(url) for _ in range(PROCESSES)]
    said = await asyncio.gather(*(asyncio.to_thread(process.communicate, "\n", 300) for process in processes))
    failures = [f"status {process.returncode}" for process in processes if process.returncode]
    return failures + [line for output, _ in said for line in output.splitlines()]


def start(url: str) -> "subprocess.Popen[str]":
    """Start one process, which waits for a line."""
    command = [sys.executable, str(PROGRAM), url]
    return subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
