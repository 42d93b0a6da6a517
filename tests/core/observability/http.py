# SPDX-License-Identifier: Apache-2.0
"""Requests to a watched core, in this process."""

import json
from dataclasses import dataclass
from typing import Any

from twofold.core.observability.asgi import ObservedASGI


@dataclass
class Reply:
    """What was answered."""

    status: int
    headers: dict[str, str]
    text: str


async def ask(
    app: ObservedASGI,
    method: str,
    path: str,
    *,
    query: str = "",
    body: Any = None,
    content: bytes = b"",
    **headers: str,
) -> Reply:
    """Send a request from this machine; header names with `_` for `-`."""
    sent: list[Any] = []
    named = [(name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()]
    content = content if body is None else json.dumps(body).encode()
    scope: dict[str, Any] = {
        "type": "http",
        "method": method,
        "path": path,
        "query_string": query.encode(),
        "headers": named,
        "client": ("127.0.0.1", 1),
    }

    async def receive() -> Any:
        return {"type": "http.request", "body": content}

    async def send(message: Any) -> None:
        sent.append(message)

    await app(scope, receive, send)
    start, end = sent
    received = {name.decode(): value.decode() for name, value in start["headers"]}
    return Reply(start["status"], received, end["body"].decode())
