# SPDX-License-Identifier: Apache-2.0
"""A lean HTTP/1.1 client, and a load of several of them: the driver must not be what is measured.

It shares the processors with the server. So it reads of an answer what it must know, and requests can be written once
and sent many times.
"""

import asyncio
import re
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

import msgspec

Json = dict[str, Any]

_FAREWELL = re.compile(rb"(?i)\r\nconnection: *close")
_LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)", re.IGNORECASE)
_COOKIE = re.compile(rb'\r\nset-cookie: *([^=]+)="?([^";\r]*)', re.IGNORECASE)
_decode = msgspec.json.Decoder().decode


@dataclass(slots=True)
class Reply:
    """Status, head and body of an answer."""

    status: int
    head: bytes
    body: bytes

    def json(self) -> Any:
        """The body as JSON."""
        return _decode(self.body)


class Client(asyncio.Protocol):
    """One keep-alive connection, for one request at a time, that keeps cookies by name."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._transport: asyncio.Transport | None = None
        self._received = b""
        self._reply: asyncio.Future[Reply] | None = None
        self.cookies: dict[str, str] = {}

    async def request(
        self, method: str, path: str, body: Json | None = None, headers: dict[str, str] | None = None
    ) -> Reply:
        """Send a request and read the whole answer."""
        headers = headers or {}
        if self.cookies:
            headers = {**headers, "cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items())}
        reply = await self.send(written(method, path, body, headers))
        for name, value in _COOKIE.findall(reply.head):
            if value:
                self.cookies[name.decode()] = value.decode()
            else:
                self.cookies.pop(name.decode(), None)
        return reply

    async def send(self, request: bytes) -> Reply:
        """Send a request as `written`, without cookies, and read the whole answer."""
        loop = asyncio.get_running_loop()
        if self._transport is None:
            self._transport, _ = await loop.create_connection(lambda: self, "127.0.0.1", self._port)
        self._reply = loop.create_future()
        self._transport.write(request)
        return await self._reply

    async def close(self) -> None:
        """Close the connection."""
        if self._transport is not None:
            self._transport.close()
            self._transport = None

    def data_received(self, data: bytes) -> None:
        """Take a part of an answer."""
        self._received += data
        head, separator, body = self._received.partition(b"\r\n\r\n")
        length = _LENGTH.search(head)
        if separator and len(body) >= (int(length[1]) if length else 0) and self._reply and not self._reply.done():
            self._received = b""
            self._reply.set_result(Reply(int(head[9:12]), head, body))
            if _FAREWELL.search(head) and self._transport is not None:
                self._transport.abort()
                self._transport = None

    def connection_lost(self, error: Exception | None) -> None:
        """Tell who waits for an answer that none will come; the next request connects anew."""
        self._transport, self._received = None, b""
        if self._reply is not None and not self._reply.done():
            self._reply.set_exception(error or ConnectionResetError("the server closed the connection"))


def written(method: str, path: str, body: Json | None, headers: dict[str, str]) -> bytes:
    """A request as it goes over the wire."""
    content = b"" if body is None else msgspec.json.encode(body)
    lines = [f"{method} {path} HTTP/1.1", "host: localhost", f"content-length: {len(content)}"]
    lines += [f"{name}: {value}" for name, value in headers.items()]
    if content:
        lines.append("content-type: application/json")
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + content


Action = Callable[[Client], Awaitable[object]]
"""One measured unit: it raises when the answer is not what it must be."""


@dataclass
class Load:
    """What a load measured."""

    clients: int
    count: int
    seconds: float
    latencies_ms: list[float] = field(repr=False)
    cpu_seconds: float

    @property
    def per_second(self) -> float:
        """Units a second."""
        return self.count / self.seconds

    def percentile_ms(self, share: float) -> float:
        """The latency that this share of the units stayed below."""
        ordered = sorted(self.latencies_ms)
        return ordered[min(len(ordered) - 1, int(len(ordered) * share))]

    @property
    def cpu_ms(self) -> float:
        """CPU milliseconds of the server per unit."""
        return 1000 * self.cpu_seconds / self.count


async def run_load(
    clients: list[Client], action: Action, seconds: float, cpu_seconds: Callable[[], float], limit: int = 1_000_000
) -> Load:
    """Let every client repeat the action for about `seconds`, at most `limit` times in all."""
    latencies: list[float] = []
    start = time.perf_counter()
    end = start + seconds
    cpu_before = cpu_seconds()

    async def repeat(client: Client) -> None:
        while time.perf_counter() < end and len(latencies) < limit:
            before = time.perf_counter()
            await action(client)
            latencies.append(1000 * (time.perf_counter() - before))

    await asyncio.gather(*(repeat(client) for client in clients))
    return Load(len(clients), len(latencies), time.perf_counter() - start, latencies, cpu_seconds() - cpu_before)
