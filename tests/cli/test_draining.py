# SPDX-License-Identifier: Apache-2.0
"""How a server ends."""

import asyncio
import socket
from typing import Any

import uvicorn

from twofold.cli.connection import Connection
from twofold.cli.draining import DrainingServer
from twofold.core.http import HttpRequest, HttpResponse

REQUEST = b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n"


class Application:
    """Answers with nothing."""

    async def handle(self, _request: HttpRequest) -> HttpResponse:
        """Answer."""
        return HttpResponse(204, b"text/plain", b"")


async def test_a_connection_that_waits_to_be_taken_is_served() -> None:
    """It is made before the port is closed, and its request is answered; one that is made later is refused."""
    application: Any = Application()
    config = uvicorn.Config(
        application,
        http=Connection,
        interface="asgi3",
        ws="none",
        lifespan="off",
        log_config=None,
        proxy_headers=False,
        forwarded_allow_ips="",
    )
    server = DrainingServer(config)
    config.load()
    server.lifespan = config.lifespan_class(config)
    with socket.create_server(("127.0.0.1", 0)) as listener:
        address = listener.getsockname()
        await server.startup([listener])
        with socket.create_connection(address) as waiting:  # nothing has run since that could take it
            waiting.sendall(REQUEST)
            ending = asyncio.create_task(server.shutdown([listener]))
            reply = await asyncio.to_thread(waiting.recv, 1000)
            await ending
        assert reply.startswith(b"HTTP/1.1 204")
        refused = socket.socket()
        with refused:
            assert refused.connect_ex(address) != 0
