# SPDX-License-Identifier: Apache-2.0
"""A core as its operators run it: `twofold serve` in a process of its own."""

import contextlib
import socket
import subprocess
import sys
import time
from collections.abc import Iterator

import httpx

PATIENCE_SECONDS = 90


@contextlib.contextmanager
def command_line_core(database_url: str) -> Iterator[str]:
    """Run `twofold serve` on a free port; yield its address once it answers."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    address = f"http://localhost:{port}"
    command = [sys.executable, "-m", "twofold.cli", "serve", "--db", database_url, "--port", str(port)]
    process = subprocess.Popen([*command, "--log-level", "warn"])
    try:
        _wait_for(address, process)
        yield address
    finally:
        process.terminate()
        process.wait(timeout=30)


def _wait_for(address: str, process: subprocess.Popen[bytes]) -> None:
    """Return once the core answers. On a busy machine that can take long, since it makes its tables first."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while True:
        try:
            httpx.get(f"{address}/hello").raise_for_status()
        except httpx.ConnectError:
            if process.poll() is not None or time.monotonic() > deadline:
                raise
            time.sleep(0.1)
        else:
            return
