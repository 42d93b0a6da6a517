# SPDX-License-Identifier: Apache-2.0
"""asyncio's sockets for httpcore, which brings everything else of HTTP.

httpcore's own reach asyncio through anyio, and send the head and the body of a request one after the other. A call to
the core costs half as much without the one layer and with one system call in place of two.
"""

import asyncio
import ssl
from collections.abc import Iterable
from typing import Any, cast

import httpcore

MAX_CONNECTIONS = 100
MAX_IDLE_CONNECTIONS = 20
# Shorter than servers wait, five seconds at the least: they might close a connection just when it is used again.
MAX_IDLE_SECONDS = 4.0


def connection_pool(tls: ssl.SSLContext | None = None) -> httpcore.AsyncConnectionPool:
    """Return connections to any hosts, for one event loop. They are made when needed and kept for a while.

    Args:
        tls: Whom to trust. Left out, httpcore makes one for each connection, and that takes longer than many calls.
    """
    return httpcore.AsyncConnectionPool(
        ssl_context=tls,
        max_connections=MAX_CONNECTIONS,
        max_keepalive_connections=MAX_IDLE_CONNECTIONS,
        keepalive_expiry=MAX_IDLE_SECONDS,
        network_backend=_Sockets(),
    )


class _Sockets(httpcore.AsyncNetworkBackend):
    """Makes connections."""

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        """Connect. The addresses of a host are tried in their order."""
        try:
            async with asyncio.timeout(timeout):
                _, connection = await asyncio.get_running_loop().create_connection(_Connection, host, port)
        except TimeoutError as error:
            raise httpcore.ConnectTimeout(f"no connection to {host}:{port} in time") from error
        except OSError as error:
            raise httpcore.ConnectError(str(error)) from error
        return connection


class _Connection(asyncio.Protocol, httpcore.AsyncNetworkStream):
    """One connection: to asyncio what receives its bytes, to httpcore a stream.

    What is written is kept until the answer is waited for, and leaves in one piece.
    """

    _transport: asyncio.Transport

    def __init__(self) -> None:
        self._unsent: list[bytes] = []
        self._received = bytearray()
        self._has_ended = False
        self._error: Exception | None = None
        self._waiting: asyncio.Future[None] | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Keep what sends."""
        self._transport = cast("asyncio.Transport", transport)

    def data_received(self, data: bytes) -> None:
        """Keep what came."""
        self._received += data
        self._wake()

    def eof_received(self) -> None:
        """Note that nothing more comes; asyncio then closes the connection."""
        self._has_ended = True
        self._wake()

    def connection_lost(self, exc: Exception | None) -> None:
        """Note the end and its cause."""
        self._has_ended = True
        self._error = exc
        self._wake()

    async def write(self, buffer: bytes, timeout: float | None = None) -> None:
        """Keep a part of the request."""
        self._unsent.append(buffer)

    async def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        """Send the request, and return a part of the answer; nothing when the other side has closed."""
        if self._unsent:
            self._transport.write(b"".join(self._unsent))
            self._unsent.clear()
        if not self._received and not self._has_ended:
            await self._wait(timeout)
        if not self._received and self._error is not None:
            raise httpcore.ReadError(str(self._error)) from self._error
        part = bytes(self._received[:max_bytes])
        del self._received[:max_bytes]
        return part

    async def aclose(self) -> None:
        """Close, without waiting for the other side."""
        self._transport.close()

    async def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.AsyncNetworkStream:
        """Speak TLS from now on."""
        loop = asyncio.get_running_loop()
        try:
            async with asyncio.timeout(timeout):
                over_tls = await loop.start_tls(self._transport, self, ssl_context, server_hostname=server_hostname)
        except TimeoutError as error:
            raise httpcore.ConnectTimeout(f"no TLS with {server_hostname} in time") from error
        except OSError as error:  # what the ssl module raises, too
            raise httpcore.ConnectError(str(error)) from error
        self._transport = cast("asyncio.Transport", over_tls)
        return self

    def get_extra_info(self, info: str) -> Any:
        """Tell httpcore what it asks: before a connection is used again, whether the other side has closed it."""
        if info == "is_readable":
            return self._has_ended or bool(self._received)
        return self._transport.get_extra_info(info)

    async def _wait(self, seconds: float | None) -> None:
        self._waiting = asyncio.get_running_loop().create_future()
        try:
            async with asyncio.timeout(seconds):
                await self._waiting
        except TimeoutError as error:
            raise httpcore.ReadTimeout("no answer in time") from error
        finally:
            self._waiting = None

    def _wake(self) -> None:
        if self._waiting is not None and not self._waiting.done():
            self._waiting.set_result(None)
