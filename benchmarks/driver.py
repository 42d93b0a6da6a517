# SPDX-License-Identifier: Apache-2.0
"""A lean HTTP/1.1 client on raw streams, and a load of several of them: the driver must not be what is measured."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

import msgspec

Json = dict[str, Any]


@dataclass
class Reply:
    """Status, headers (the last of each name, cookies apart) and body of an answer."""

    status: int
    headers: dict[str, str]
    cookies: dict[str, str]
    body: bytes

    def json(self) -> Any:
        """The body as JSON."""
        return msgspec.json.decode(self.body)


class Client:
    """One keep-alive connection that keeps cookies by name."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._reader: asyncio.StreamReader | None = None
        self._writer: asyncio.StreamWriter | None = None
        self.cookies: dict[str, str] = {}

    async def request(
        self, method: str, path: str, body: Json | None = None, headers: dict[str, str] | None = None
    ) -> Reply:
        """Send a request and read the whole answer."""
        if self._writer is None:
            self._reader, self._writer = await asyncio.open_connection("127.0.0.1", self._port)
        content = b"" if body is None else msgspec.json.encode(body)
        lines = [f"{method} {path} HTTP/1.1", "host: localhost", f"content-length: {len(content)}"]
        lines += [f"{name}: {value}" for name, value in (headers or {}).items()]
        if content:
            lines.append("content-type: application/json")
        if self.cookies:
            lines.append("cookie: " + "; ".join(f"{name}={value}" for name, value in self.cookies.items()))
        self._writer.write("\r\n".join(lines).encode() + b"\r\n\r\n" + content)
        reply = await self._read()
        for name, value in reply.cookies.items():
            if value:
                self.cookies[name] = value
            else:
                self.cookies.pop(name, None)
        return reply

    async def close(self) -> None:
        """Close the connection."""
        if self._writer is not None:
            self._writer.close()
            await self._writer.wait_closed()
            self._writer = None

    async def _read(self) -> Reply:
        if self._reader is None:
            raise RuntimeError("not connected")
        head = (await self._reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
        headers: dict[str, str] = {}
        cookies: dict[str, str] = {}
        for line in head[1:]:
            name, _, value = line.partition(": ")
            if name.lower() == "set-cookie":
                key, _, rest = value.partition("=")
                cookies[key] = rest.partition(";")[0].strip('"')
            elif name:
                headers[name.lower()] = value
        body = await self._reader.readexactly(int(headers.get("content-length", "0")))
        return Reply(int(head[0].split(" ")[1]), headers, cookies, body)


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
