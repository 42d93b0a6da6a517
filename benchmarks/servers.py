# SPDX-License-Identifier: Apache-2.0
"""Starts what is measured as processes of their own: the application, a core, a PostgreSQL."""

import contextlib
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

_TICKS = os.sysconf("SC_CLK_TCK")
_PAGE = os.sysconf("SC_PAGE_SIZE")


@dataclass
class Server:
    """A running process and its children."""

    process: subprocess.Popen[bytes]
    port: int
    start_seconds: float

    def pids(self) -> list[int]:
        """The process and everything below it."""
        found = [self.process.pid]
        for pid in found:
            with contextlib.suppress(OSError):
                for task in Path(f"/proc/{pid}/task").iterdir():
                    found += [int(child) for child in (task / "children").read_text().split()]
        return found

    def cpu_seconds(self) -> float:
        """CPU time used so far, user and system."""
        total = 0
        for pid in self.pids():
            with contextlib.suppress(OSError):
                fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
                total += int(fields[11]) + int(fields[12])
        return total / _TICKS

    def memory_mb(self) -> float:
        """Resident memory; what processes share counts for each of them."""
        return sum(map(_resident_mb, self.pids()))

    def largest_mb(self) -> float:
        """Resident memory of the largest process alone."""
        return max(map(_resident_mb, self.pids()))


@contextlib.contextmanager
def serve(arguments: list[str], port: int, environment: dict[str, str], ready_path: str) -> Iterator[Server]:
    """Run a Python program until it answers `ready_path`, hand it over, and stop it afterwards."""
    start = time.perf_counter()
    process = subprocess.Popen([sys.executable, *arguments], env={**os.environ, **environment})
    try:
        _wait(process, f"http://127.0.0.1:{port}{ready_path}")
        yield Server(process, port, time.perf_counter() - start)
    finally:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _resident_mb(pid: int) -> float:
    try:
        return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * _PAGE / 1_000_000
    except OSError:  # it has ended
        return 0


def _wait(process: subprocess.Popen[bytes], url: str) -> None:
    for _ in range(3000):
        if process.poll() is not None:
            raise SystemExit(f"the server ended with status {process.returncode}")
        try:
            with urllib.request.urlopen(url, timeout=5):
                return
        except urllib.error.HTTPError:
            return
        except OSError:
            time.sleep(0.01)
    raise SystemExit(f"no answer from {url}")
