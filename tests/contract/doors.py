# SPDX-License-Identifier: Apache-2.0
"""The two doors of a core, for the replay: the HTTP layer called in this process, and a real server on a free port.

The replay is blocking code; it runs in a thread while the core answers on the test's event loop.
"""

import asyncio
import contextlib
import socket
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager
from urllib.parse import urlencode

import uvicorn

from tests.contract.replay import Answer, Call, http_call
from twofold.core.app import Core
from twofold.core.http import CoreASGI, HttpRequest

Door = Callable[[Core], AbstractAsyncContextManager[Call]]


@contextlib.asynccontextmanager
async def in_process(core: Core) -> AsyncIterator[Call]:
    """Requests go straight to the HTTP layer."""
    loop = asyncio.get_running_loop()
    app = CoreASGI(core)

    def call(method: str, path: str, query: dict[str, str], headers: dict[str, str], body: str | None) -> Answer:
        given = {name.lower(): value for name, value in headers.items()}
        request = HttpRequest(method, path, urlencode(query), given, (body or "").encode(), "127.0.0.1")
        response = asyncio.run_coroutine_threadsafe(app.handle(request), loop).result()
        kept = {"content-type": response.content_type.decode(), **response.headers}
        return response.status, kept, response.body.decode()

    await core.start()
    yield call
    await core.stop()


@contextlib.asynccontextmanager
async def over_http(core: Core) -> AsyncIterator[Call]:
    """Requests go over the loopback interface to a server, which starts and stops the core."""
    listening = socket.create_server(("127.0.0.1", 0))
    server = uvicorn.Server(uvicorn.Config(CoreASGI(core), log_level="warning", lifespan="on"))
    serving = asyncio.create_task(server.serve(sockets=[listening]))
    yield http_call(f"http://127.0.0.1:{listening.getsockname()[1]}")
    server.should_exit = True
    await serving
