# SPDX-License-Identifier: Apache-2.0
"""The core behind HTTP, watched: each request has an id, is counted and traced; `/health` and `/metrics` are answered.

These two are the server's, not the core's: they are below the base path, but in no app or tenant.
"""

import time
from contextlib import nullcontext
from typing import TYPE_CHECKING, Final

import msgspec

from twofold.core.app import Core
from twofold.core.errors import CoreError
from twofold.core.http import (
    TEXT_TYPE,
    CoreASGI,
    HttpRequest,
    HttpResponse,
    Receive,
    Scope,
    Send,
    check_address,
    check_api_key,
    read_request,
    send_response,
)
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

_UNCACHED: Final = {"Cache-Control": "no-store"}
_UNTRACED: Final = nullcontext()


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
        self._access_log = access_log
        self._health = Health(core)
        self._metrics = metrics_of(core)
        self._tracing = configured_tracing(tracer_provider)
        self._own = {base_path + path: path for path in (HEALTH_PATH, ALIVE_PATH, METRICS_PATH)}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one connection event."""
        if scope["type"] == "http":
            await send_response(send, await self.handle(await read_request(scope, receive)))
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

    async def handle(self, request: HttpRequest) -> HttpResponse:
        """Answer a request; the answer names its id."""
        begun = time.perf_counter()
        own = self._own.get(request.path)
        location = self._app.locate(request.path)
        current = CurrentRequest(
            request_id_of(request.headers.get(REQUEST_ID_HEADER)),
            request.method,
            request.path,
            location.app_id,
            location.tenant_id,
            own or location.path,
        )
        if self._metrics is not None:
            self._metrics.begin()
        token = current_request.set(current)
        try:
            with self._tracing.served(current, request.headers) if self._tracing is not None else _UNTRACED:
                if own is None:
                    response = await self._app.handle(request, location)
                else:
                    response = await self._answer(own, request)
                current.status = response.status
            mark = {REQUEST_ID_HEADER: current.request_id}
            return HttpResponse(response.status, response.content_type, response.body, {**response.headers, **mark})
        finally:
            self._tell(current, time.perf_counter() - begun)
            current_request.reset(token)

    def _tell(self, request: CurrentRequest, seconds: float) -> None:
        if self._metrics is not None:
            self._metrics.end(request, seconds)
        if self._access_log or (request.status is not None and request.status > 500):
            log_access(request, seconds)

    async def _answer(self, path: str, request: HttpRequest) -> HttpResponse:
        if request.method not in ("GET", "HEAD"):
            return HttpResponse(405, TEXT_TYPE, b"Method not supported\n", _UNCACHED)
        if path == METRICS_PATH:
            return self._metrics_page(request)
        is_well = path == ALIVE_PATH or await self._health.is_ready()
        body = msgspec.json.encode({"status": "OK" if is_well else "UNAVAILABLE"})
        return HttpResponse(200 if is_well else 503, b"application/json", body, _UNCACHED)

    def _metrics_page(self, request: HttpRequest) -> HttpResponse:
        """Figures tell of users and load: they are for whom any other endpoint would be."""
        settings = self._core.services.settings
        try:
            check_address(settings, request.peer)
            check_api_key(settings, request.headers)
        except CoreError as error:
            return HttpResponse(error.status, TEXT_TYPE, error.message.encode() + b"\n", _UNCACHED)
        if self._metrics is None:
            return HttpResponse(501, TEXT_TYPE, WITHOUT_METRICS.encode() + b"\n", _UNCACHED)
        content_type, body = self._metrics.page()
        return HttpResponse(200, content_type.encode(), body, _UNCACHED)
