# SPDX-License-Identifier: Apache-2.0
"""Nodes of a cluster as processes, and a client that goes round them as the SDKs do."""

import asyncio
import contextlib
import signal
import subprocess
import sys
from collections.abc import AsyncIterator, Iterable
from dataclasses import dataclass, field
from typing import Any, Self

import httpx
import psutil

from tests.plugins.ports import free_port

STARTS_WITHIN_SECONDS = 120
HEADERS = {"cdi-version": "5.4"}


@dataclass
class Node:
    """One `twofold serve`. Its port stays the same when it is started again."""

    database_url: str
    options: tuple[str, ...] = ()
    port: int = field(default_factory=free_port)
    process: "subprocess.Popen[bytes] | None" = None

    @property
    def url(self) -> str:
        """Where it listens."""
        return f"http://127.0.0.1:{self.port}"

    def begin(self) -> None:
        """Start the process."""
        command = [sys.executable, "-m", "twofold.cli", "serve", "--db", self.database_url]
        command += ["--port", str(self.port), "--host", "127.0.0.1", "--log-level", "error", *self.options]
        self.process = subprocess.Popen(command)

    async def is_ready(self) -> None:
        """Wait until it answers."""
        async with httpx.AsyncClient() as client, asyncio.timeout(STARTS_WITHIN_SECONDS):
            while True:
                assert self.process is not None
                assert self.process.poll() is None, "the node ended"
                with contextlib.suppress(httpx.TransportError):
                    if (await client.get(f"{self.url}/hello")).status_code == httpx.codes.OK:
                        return
                await asyncio.sleep(0.05)

    async def stop(self) -> int:
        """Ask it to end, and wait until it has."""
        assert self.process is not None
        self.process.send_signal(signal.SIGTERM)
        return await asyncio.to_thread(self.process.wait, 60)

    def kill(self) -> None:
        """End it at once, with its workers, which would go on alone."""
        if self.process is not None and self.process.poll() is None:
            parent = psutil.Process(self.process.pid)
            for process in [parent, *parent.children(recursive=True)]:
                process.kill()
            self.process.wait()


@contextlib.asynccontextmanager
async def running(*nodes: Node) -> AsyncIterator[None]:
    """Start nodes at the same moment and wait until all of them answer."""
    try:
        for node in nodes:
            node.begin()
        await asyncio.gather(*(node.is_ready() for node in nodes))
        yield
    finally:
        for node in nodes:
            node.kill()


class RoundRobin:
    """Sends each request to the next node, on connections that are kept; only a refused one is tried at another."""

    def __init__(self, nodes: Iterable[Node]) -> None:
        self._nodes = list(nodes)
        self._next = 0
        self._client = httpx.AsyncClient(timeout=30, headers=HEADERS, limits=httpx.Limits(keepalive_expiry=60))

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._client.aclose()

    async def call(self, method: str, path: str, body: dict[str, Any] | None = None) -> dict[str, Any]:
        """Return the answer. Raises whatever a caller of a core would see as a failure."""
        for _ in self._nodes:
            node = self._nodes[self._next % len(self._nodes)]
            self._next += 1
            try:
                response = await self._client.request(method, node.url + path, json=body)
            except httpx.ConnectError:
                continue
            response.raise_for_status()
            answer: dict[str, Any] = response.json()
            return answer
        raise AssertionError("every node refused")


async def new_session(cluster: RoundRobin, user_id: str) -> dict[str, Any]:
    """Make a session; the answer has its tokens."""
    body = {"userId": user_id, "userDataInJWT": {}, "userDataInDatabase": {}, "enableAntiCsrf": False}
    answer = await cluster.call("POST", "/recipe/session", body)
    assert answer["status"] == "OK", answer
    return answer


async def verify(cluster: RoundRobin, session: dict[str, Any]) -> dict[str, Any]:
    """Verify the access token of a session; with a look into the database."""
    body = {
        "accessToken": session["accessToken"]["token"],
        "enableAntiCsrf": False,
        "doAntiCsrfCheck": False,
        "checkDatabase": True,
    }
    return await cluster.call("POST", "/recipe/session/verify", body)
