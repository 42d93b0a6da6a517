# SPDX-License-Identifier: Apache-2.0
"""Runs the HTTP server so that it can be stopped under load without a failed request.

When it is asked to end, its ports refuse new connections at once, and callers go elsewhere. Those that the kernel took
before that are served. How those that are kept open end is told in `connection.py`.
"""

import asyncio
import contextlib
import os
import socket
import sys
from collections.abc import Awaitable, Callable, Iterator

import uvicorn
from uvicorn.config import STARTUP_FAILURE
from uvicorn.supervisors import Multiprocess, multiprocess

from twofold.cli.connection import Connection

# Longer than clients keep idle connections (90 seconds at most, among those that we know): whoever closes first is not
# surprised by a request that was on its way.
KEEP_ALIVE_SECONDS = 120
# A worker that does not answer its supervisor for so long is replaced. On a busy machine it cannot while it starts.
WORKER_STARTS_WITHIN_SECONDS = 60


class DrainingServer(uvicorn.Server):
    """One process that answers.

    before: what is done first in the loop that serves.
    """

    def __init__(self, config: uvicorn.Config, before: Callable[[], Awaitable[None]] | None = None) -> None:
        super().__init__(config)
        self._before = before

    async def serve(self, sockets: list[socket.socket] | None = None) -> None:
        """Serve until asked to end."""
        if self._before is not None:
            await self._before()
        await super().serve(sockets)

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """End. Closing a port resets the connections that wait to be taken, so they are taken before."""
        waiting = [taken for server in self.servers for port in server.sockets for taken in _taken(port.fileno())]
        for server in self.servers:
            server.close()
        for taken in waiting:
            with contextlib.suppress(OSError):  # gone again
                await asyncio.get_running_loop().connect_accepted_socket(self._protocol, taken, ssl=self.config.ssl)
        await super().shutdown(sockets)

    def _protocol(self) -> Connection:
        return Connection(self.config, self.server_state)


def _taken(port: int) -> Iterator[socket.socket]:
    with socket.socket(fileno=os.dup(port)) as listener, contextlib.suppress(BlockingIOError):
        while True:
            yield listener.accept()[0]


class _Worker(multiprocess.Process):
    """A process of a supervisor."""

    @property
    def server(self) -> uvicorn.Server:
        if self._server is None:
            self._server = DrainingServer(self.config)
        return self._server


# A supervisor looks up there what its processes are; it cannot be told otherwise.
multiprocess.Process = _Worker  # type: ignore[misc]


class _Supervisor(Multiprocess):
    """Several workers on one port."""

    def terminate_all(self) -> None:
        """Ask the workers to end. While this process kept the port open, connections to it would wait for nobody."""
        for listener in self.sockets:
            listener.close()
        super().terminate_all()


def run(config: uvicorn.Config, before: Callable[[], Awaitable[None]] | None = None) -> None:
    """Serve until a signal asks to end.

    before: in a single process, what is done first in the loop that serves; what it raises is raised here.
    """
    with contextlib.suppress(KeyboardInterrupt):
        if config.workers > 1:
            _Supervisor(config, sockets=[config.bind_socket()]).run()
            return
        server = DrainingServer(config, before)
        server.run()
        if not server.started:
            sys.exit(STARTUP_FAILURE)
