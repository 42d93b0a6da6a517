# SPDX-License-Identifier: Apache-2.0
"""The core behind HTTP, watched: each request has an id, is counted and traced; `/health` and `/metrics` are answered.

These two are the server's, not the core's: they are below the base path, but in no app or tenant.
"""

import time
from typing import TYPE_CHECKING, Final

import msgspec

from twofold.core.app import Core
from twofold.core.errors import CoreError
from twofold.core.http import TEXT_TYPE, CoreASGI, Receive, Scope, Send, check_address, check_api_key
from twofold.core.http_path import locate
from twofold.core.observability.extras import WITHOUT_METRICS, configured_tracing, metrics_of
from twofold.core.observability.health import Health
from twofold.core.observability.logs import log_access
from twofold.core.observability.requests import (
    REQUEST_ID_HEADER,
    CurrentRequest,
    current_request,
    request_id_of,
)

if TYPE_CHECKING:
    from opentelemetry.trace import TracerProvider

HEALTH_PATH: Final = "/health"
ALIVE_PATH: Final = "/health/live"
METRICS_PATH: Final = "/metrics"

_Answer = tuple[int, bytes, bytes]


class ObservedASGI:
    """The ASGI application of a served core."""

    def __init__(
        self,
        core: Core,
        base_path: str = "",
        *,
        access_log: bool = False,
        tracer_provider: "TracerProvider | None" = None,
    ) -> None:
        """Watch a core.

        access_log: whether a line is written for each request, and not only for those that the server failed.
        tracer_provider: left out, the process's own, if it has one.
        """
        self._core = core
        self._app = CoreASGI(core, base_path)
        self._base_path = base_path
        self._access_log = access_log
        self._health = Health(core)
        self._metrics = metrics_of(core)
        self._tracing = configured_tracing(tracer_provider)
        self._own = {base_path + path: path for path in (HEALTH_PATH, ALIVE_PATH, METRICS_PATH)}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one connection event."""
        if scope["type"] == "http":
            await self._serve(scope, receive, send)
        elif scope["type"] == "lifespan":
            await self._live(scope, receive, send)

    async def _live(self, scope: Scope, receive: Receive, send: Send) -> None:
        if self._metrics is not None:
            self._metrics.start()
        try:
            await self._app(scope, receive, send)
        finally:
            if self._metrics is not None:
                await self._metrics.stop()

    async def _serve(self, scope: Scope, receive: Receive, send: Send) -> None:
        begun = time.perf_counter()
        request = self._request(scope)
        mark = (REQUEST_ID_HEADER, request.request_id.encode("ascii"))

        async def answer(message: Scope) -> None:
            if message["type"] == "http.response.start":
                request.status = message["status"]
                message["headers"] = [*message["headers"], mark]
            await send(message)

        if self._metrics is not None:
            self._metrics.begin()
        token = current_request.set(request)
        try:
            if self._tracing is None:
                await self._dispatch(scope, receive, answer)
            else:
                with self._tracing.served(request, scope["headers"]):
                    await self._dispatch(scope, receive, answer)
        finally:
            self._tell(request, time.perf_counter() - begun)
            current_request.reset(token)

    def _request(self, scope: Scope) -> CurrentRequest:
        path = scope["path"]
        request_id = request_id_of(scope["headers"])
        own = self._own.get(path)
        location = locate(path, self._base_path, self._core.has_path)
        route = own or location.path
        return CurrentRequest(request_id, scope["method"], path, location.app_id, location.tenant_id, route)

    def _tell(self, request: CurrentRequest, seconds: float) -> None:
        if self._metrics is not None:
            self._metrics.end(request, seconds)
        if self._access_log or (request.status is not None and request.status > 500):
            log_access(request, seconds)

    async def _dispatch(self, scope: Scope, receive: Receive, send: Send) -> None:
        own = self._own.get(scope["path"])
        if own is None:
            await self._app(scope, receive, send)
            return
        status, content_type, body = await self._answer(own, scope)
        headers = [(b"content-type", content_type), (b"content-length", str(len(body)).encode())]
        headers.append((b"cache-control", b"no-store"))
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send({"type": "http.response.body", "body": body})

    async def _answer(self, path: str, scope: Scope) -> _Answer:
        if scope["method"] not in ("GET", "HEAD"):
            return 405, TEXT_TYPE, b"Method not supported\n"
        if path == METRICS_PATH:
            return self._metrics_page(scope)
        is_well = path == ALIVE_PATH or await self._health.is_ready()
        body = msgspec.json.encode({"status": "OK" if is_well else "UNAVAILABLE"})
        return 200 if is_well else 503, b"application/json", body

    def _metrics_page(self, scope: Scope) -> _Answer:
        """Figures tell of users and load: they are for whom any other endpoint would be."""
        settings = self._core.services.settings
        headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]}
        try:
            check_address(settings, (scope.get("client") or ("",))[0])
            check_api_key(settings, headers)
        except CoreError as error:
            return error.status, TEXT_TYPE, error.message.encode() + b"\n"
        if self._metrics is None:
            return 501, TEXT_TYPE, WITHOUT_METRICS.encode() + b"\n"
        content_type, body = self._metrics.page()
        return 200, content_type.encode(), body
