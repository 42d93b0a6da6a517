# SPDX-License-Identifier: Apache-2.0
"""What the middleware adds to a route that is not ours: an application without it and with it, called in process."""

import asyncio
import time
from collections.abc import Callable
from typing import Any

from fastapi import FastAPI
from flask import Flask
from werkzeug.test import EnvironBuilder

from twofold import testing
from twofold.framework.fastapi import get_middleware
from twofold.framework.flask import Middleware
from twofold.recipe import emailpassword, passwordless, session, thirdparty, userroles
from twofold.recipe._base import RecipeInit

BATCHES, BATCH = 150, 50
Asgi = Callable[[Any, Any, Any], Any]


def foreign_route_us() -> dict[str, tuple[float, float]]:
    """Microseconds of CPU of a request to a route of the application, without and with the middleware."""
    with testing.app(_recipes()):
        return {"FastAPI": asyncio.run(_fastapi()), "Flask": _flask()}


def _recipes() -> list[RecipeInit]:
    contact = passwordless.ContactEmailOrPhoneConfig()
    return [
        session.init(),
        emailpassword.init(),
        passwordless.init(contact, "USER_INPUT_CODE"),
        thirdparty.init(thirdparty.SignInAndUpFeature([])),
        userroles.init(),
    ]


async def _fastapi() -> tuple[float, float]:
    bare, guarded = FastAPI(), FastAPI()
    guarded.add_middleware(get_middleware())
    for app in (bare, guarded):
        app.add_api_route("/notes", _notes)
    times = [(await _asgi_batch(bare), await _asgi_batch(guarded)) for _ in range(BATCHES)]
    return min(without for without, _ in times), min(with_it for _, with_it in times)


async def _notes() -> dict[str, str]:
    return {"notes": "none"}


async def _asgi_batch(app: Asgi) -> float:
    scope = {
        "type": "http",
        "method": "GET",
        "path": "/notes",
        "raw_path": b"/notes",
        "root_path": "",
        "query_string": b"",
        "headers": [(b"host", b"localhost:8000"), (b"accept", b"*/*"), (b"user-agent", b"bench")],
        "scheme": "http",
        "http_version": "1.1",
        "server": ("localhost", 8000),
        "client": ("127.0.0.1", 1),
    }

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: Any) -> None:
        assert message.get("status", 200) == 200

    start = time.process_time()
    for _ in range(BATCH):
        await app(dict(scope), receive, send)
    return 1e6 * (time.process_time() - start) / BATCH


def _flask() -> tuple[float, float]:
    bare, guarded = Flask("bare"), Flask("guarded")
    Middleware(guarded)
    for app in (bare, guarded):
        app.add_url_rule("/notes", view_func=lambda: {"notes": "none"}, endpoint="notes")
    times = [(_wsgi_batch(bare), _wsgi_batch(guarded)) for _ in range(BATCHES)]
    return min(without for without, _ in times), min(with_it for _, with_it in times)


def _wsgi_batch(app: Flask) -> float:
    environ = EnvironBuilder("/notes").get_environ()

    def start_response(status: str, _headers: Any, _error: Any = None) -> Any:
        assert status.startswith("200")

    start = time.process_time()
    for _ in range(BATCH):
        b"".join(app(dict(environ), start_response))
    return 1e6 * (time.process_time() - start) / BATCH
