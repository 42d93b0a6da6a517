# SPDX-License-Identifier: Apache-2.0
"""Where the core of a test is: in this process on SQLite or on PostgreSQL, or elsewhere, behind a socket.

A test that asks for `place` runs in all three; in `make test` on SQLite, in `make test-long` in the two others.
Nothing in it need change: `testing.app` makes its core there. One that is marked `without_core` runs once.
"""

import socket
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
import uvicorn

from tests.fake_core import APP_INFO
from twofold import testing
from twofold._core_client import CoreTransport
from twofold._core_http import HttpTransport
from twofold._embedded import InProcessTransport
from twofold.core.app import Core, create_core
from twofold.core.http import CoreASGI

PLACES = [
    "sqlite",
    pytest.param("postgres", marks=pytest.mark.slow),
    pytest.param("remote", marks=pytest.mark.slow),
]


class CoreServer:
    """Serves cores of this process on a port of this machine, each below a path of its own."""

    def __init__(self, origin: str) -> None:
        self.origin = origin
        self._numbers = count()
        self._served: dict[str, CoreASGI] = {}

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Pass a request on to its core."""
        await self._served[scope["path"].split("/")[1]](scope, receive, send)

    def add(self, core: Core) -> str:
        """Serve a core, and return its address."""
        name = f"core-{next(self._numbers)}"
        self._served[name] = CoreASGI(core, base_path=f"/{name}")
        return f"{self.origin}/{name}"


class OverHttp:
    """Calls a core over HTTP; starts and stops it, too, as its own process would."""

    def __init__(self, core: Core, address: str) -> None:
        self._core = core
        self._http = HttpTransport(address, APP_INFO)
        self.call = self._http.call

    async def start(self) -> None:
        """Start the core."""
        await self._core.start()

    async def stop(self) -> None:
        """Hang up, and stop the core."""
        await self._http.stop()
        await self._core.stop()


@dataclass(frozen=True)
class Place:
    """Where cores are made.

    Attributes:
        database_url: of a database that is empty when the test begins.
        server: serves them, unless they are called in this process.
    """

    database_url: str
    server: CoreServer | None = None

    def transport(self, core: Core) -> CoreTransport:
        """Return the way to a core that is made there."""
        return InProcessTransport(core) if self.server is None else OverHttp(core, self.server.add(core))


@pytest.fixture(scope="session")
def core_server() -> Iterator[CoreServer]:
    """A server for cores of this process, in a thread of its own: a test's blocking call does not keep it waiting."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        cores = CoreServer(f"http://127.0.0.1:{listener.getsockname()[1]}")
        server = uvicorn.Server(uvicorn.Config(cores, log_level="warning", lifespan="off"))
        thread = Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
        thread.start()
        yield cores
        server.should_exit = True
        thread.join(timeout=30)


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Run a test that asks for `place` in each, or in one if it asks no core."""
    if "place" in metafunc.fixturenames:
        without_core = metafunc.definition.get_closest_marker("without_core")
        metafunc.parametrize("place", PLACES[:1] if without_core else PLACES, indirect=True)


def _make_no_core(*_: object, **__: object) -> Core:
    pytest.fail("this test makes a core: it must not be marked without_core")


@pytest.fixture
def place(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Place:
    """Where this test's cores are; those of `testing.app`, too."""
    if request.param == "postgres":
        url: str = request.getfixturevalue("core_postgres_url")
        monkeypatch.setattr(testing, "create_core", lambda _in_memory, *given, **more: create_core(url, *given, **more))
        return Place(url)
    if request.node.get_closest_marker("without_core"):
        monkeypatch.setattr(testing, "create_core", _make_no_core)
    server = request.getfixturevalue("core_server") if request.param == "remote" else None
    chosen = Place(f"sqlite:///{tmp_path / 'core.db'}", server)
    monkeypatch.setattr(testing, "InProcessTransport", chosen.transport)
    return chosen
