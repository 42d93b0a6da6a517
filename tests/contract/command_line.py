# SPDX-License-Identifier: Apache-2.0
"""A core as its operators run it: `twofold serve` in a process of its own."""

import contextlib
import socket
import subprocess
import sys
from collections.abc import Iterator

import httpx


@contextlib.contextmanager
def command_line_core(database_url: str) -> Iterator[str]:
    """Run `twofold serve` on a free port; yield its address once it answers."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    address = f"http://localhost:{port}"
    command = [sys.executable, "-m", "twofold.cli", "serve", "--db", database_url, "--port", str(port)]
    process = subprocess.Popen([*command, "--log-level", "warn"])
    try:
        with httpx.Client(transport=httpx.HTTPTransport(retries=6)) as client:
            client.get(f"{address}/hello").raise_for_status()
        yield address
    finally:
        process.terminate()
        process.wait(timeout=30)
