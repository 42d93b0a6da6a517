# SPDX-License-Identifier: Apache-2.0
"""CPU time of the SDK for a call to a core elsewhere, beside what httpx takes for the same request and nothing else.

The other side answers at once and is a process of its own, so that only the caller's time is counted.
"""

import asyncio
import contextlib
import multiprocessing
import time
from collections.abc import Awaitable, Callable, Iterator
from multiprocessing.connection import Connection

import httpx

from tests.fake_core import APP_INFO
from twofold._core_http import HttpTransport

BATCHES, BATCH = 40, 50
BODY = {"userId": "8e5a4a0c-3c4d-4a57-9d0c-5d1f7c0b8a11", "userDataInJWT": {}, "enableAntiCsrf": False}
_ANSWER = b'{"status":"OK","session":{"handle":"a","userId":"b","recipeUserId":"b","tenantId":"public"}}'
_VERSIONS = b'{"versions":["5.4","5.5"]}'


def remote_call_us() -> tuple[float, float]:
    """Microseconds of CPU of one call, and of the same request with httpx. The quietest of many batches, in turn."""
    with _core() as address:
        return asyncio.run(_measure(address))


async def _measure(address: str) -> tuple[float, float]:
    transport = HttpTransport(address, APP_INFO)
    async with httpx.AsyncClient(trust_env=False) as client:

        async def ours() -> None:
            await transport.call(
                "POST", "/recipe/session", tenant_id="public", query={}, body=BODY, rid="session", user_context={}
            )

        async def bare() -> None:
            (await client.post(f"{address}/public/recipe/session", json=BODY)).json()

        times = [(await _batch(ours), await _batch(bare)) for _ in range(BATCHES)]
    await transport.stop()
    return min(ours for ours, _ in times), min(bare for _, bare in times)


async def _batch(call: Callable[[], Awaitable[None]]) -> float:
    start = time.process_time()
    for _ in range(BATCH):
        await call()
    return 1e6 * (time.process_time() - start) / BATCH


class _Core(asyncio.Protocol):
    """Answers each request as soon as it is whole."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        self._received = b""

    def data_received(self, data: bytes) -> None:
        self._received += data
        head, end, body = self._received.partition(b"\r\n\r\n")
        _, _, length = head.lower().partition(b"content-length: ")
        if not end or len(body) < int(length.split(b"\r\n")[0] or 0):
            return
        answer = _VERSIONS if b"/apiversion" in head else _ANSWER
        self._received = b""
        self._transport.write(
            b"HTTP/1.1 200 OK\r\ndate: Sun, 01 Feb 2026 10:00:00 GMT\r\n"
            b"content-type: application/json; charset=utf-8\r\ncontent-length: %d\r\n\r\n%b" % (len(answer), answer)
        )


@contextlib.contextmanager
def _core() -> Iterator[str]:
    here, there = multiprocessing.get_context("spawn").Pipe()
    process = multiprocessing.get_context("spawn").Process(target=_serve, args=(there,), daemon=True)
    process.start()
    yield f"http://127.0.0.1:{here.recv()}"
    process.terminate()
    process.join()


def _serve(there: "Connection[int, None]") -> None:
    async def serve() -> None:
        server = await asyncio.get_running_loop().create_server(_Core, "127.0.0.1", 0)
        there.send(server.sockets[0].getsockname()[1])
        await server.serve_forever()

    asyncio.run(serve())
