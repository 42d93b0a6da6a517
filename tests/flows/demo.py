# SPDX-License-Identifier: Apache-2.0
"""The demo application of `examples/`, served on a free port, on a database and with a clock of the test's own."""

import importlib.util
import socket
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from threading import Event, Thread
from types import ModuleType

import uvicorn
from fastapi import FastAPI

from tests.core.quick import quick_core
from twofold import InputAppInfo, SupertokensConfig, _state
from twofold._app import App
from twofold._app_info import AppInfo
from twofold._embedded import InProcessTransport
from twofold.core.clock import TurnableClock
from twofold.recipe._base import RecipeInit
from twofold.supertokens import connect_app

FOLDER = Path(__file__).parents[2] / "examples" / "fastapi_app"


@dataclass
class Running:
    """An application that is being served."""

    address: str
    app: App
    clock: TurnableClock

    def newest_code(self) -> str:
        """Return the code of the newest message."""
        text = self.app.inbox.messages()[0].text
        return next(word for word in text.split() if word.isdigit() and len(word) == 6)


@contextmanager
def run_demo(database_url: str) -> Iterator[Running]:
    """Serve the demo until the block ends."""
    module = _load()
    with serve(module.app, module.recipe_list, database_url) as running:
        yield running


@contextmanager
def serve(web: FastAPI, recipes: Sequence[RecipeInit], database_url: str) -> Iterator[Running]:
    """Serve an application until the block ends."""
    clock = TurnableClock()
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        address = f"http://localhost:{listener.getsockname()[1]}"
        info = AppInfo.from_input(InputAppInfo("Harbour Notes", address, website_domain=address), "fastapi", None)
        transport = InProcessTransport(quick_core(database_url, clock))
        before = _state.current_app_or_none()
        app = connect_app(info, recipes, SupertokensConfig(), transport, clock_ms=clock.now_ms)
        server = _Server(web)
        thread = Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
        thread.start()
        assert server.answers.wait(timeout=30)
        yield Running(address, app, clock)
        server.should_exit = True
        thread.join(timeout=30)
        _state.set_current_app(before)


class _Server(uvicorn.Server):
    """Says when it answers, so that nobody has to wait and try."""

    def __init__(self, app: FastAPI) -> None:
        super().__init__(uvicorn.Config(app, log_level="warning"))
        self.answers = Event()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Start, and say so."""
        await super().startup(sockets)
        self.answers.set()


def _load() -> ModuleType:
    """Import `app.py` as running it would; its own database is never opened."""
    spec = importlib.util.spec_from_file_location("twofold_demo", FOLDER / "app.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module
