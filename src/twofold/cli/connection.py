# SPDX-License-Identifier: Apache-2.0
"""HTTP/1.1 with one client: whole requests go to the core as they are, and its answers back, with nothing in between.

ASGI is made for bodies that come and go in parts. The core needs a request whole and answers whole, so the steps that
ASGI takes for each (a scope, an event to wait for, messages) would cost more than many an answer.

Requests that a client sends ahead of their answers are answered one after the other.

Draining: when the server is asked to end, a connection that is kept open may have a request on its way at this very
moment; closing it would lose that request. So the client is told `Connection: close` with the next answer, and the
connection is closed only when no request has come for LINGER_SECONDS.
"""

import asyncio
import logging
import re
from collections import deque
from collections.abc import Awaitable, Callable, Mapping
from functools import lru_cache
from http import HTTPStatus
from typing import Any, Final, NamedTuple, cast
from urllib.parse import unquote

from httptools import HttpParserError, HttpParserUpgrade, HttpRequestParser, parse_url
from uvicorn import Config
from uvicorn.middleware.proxy_headers import ProxyHeadersMiddleware
from uvicorn.server import ServerState

from twofold.core.http import MAX_BODY_BYTES, TEXT_TYPE, HttpRequest, HttpResponse, read_headers

LINGER_SECONDS: Final = 2.0
RECEIVES_WITHIN_SECONDS: Final = 60.0
"""For so long a request may be on its way: whoever sends half of one does not hold a connection for ever."""
TAKES_WITHIN_SECONDS: Final = 60.0
"""For so long an answer may be on its way: whoever reads nothing does not hold it for ever."""
MAX_HEAD_BYTES: Final = 64 * 1024
"""Of one request, beside its body: target, headers, what frames the body and what follows it."""
MAX_HEADERS: Final = 128

Handle = Callable[[HttpRequest], Awaitable[HttpResponse]]
Headers = list[tuple[bytes, bytes]]

_STATUS_LINES: Final = {status.value: f"HTTP/1.1 {status.value} {status.phrase}".encode() for status in HTTPStatus}
_BREAKS_A_LINE: Final = re.compile("[\x00-\x08\x0a-\x1f\x7f]")
_MALFORMED: Final = HttpResponse(400, TEXT_TYPE, b"Invalid HTTP request received.\n")
_TOO_LONG: Final = HttpResponse(431, TEXT_TYPE, b"The headers are too large\n")
_FAILED: Final = HttpResponse(500, TEXT_TYPE, b"Internal Error\n")

logger = logging.getLogger("twofold.http")


class _Received(NamedTuple):
    """A whole request. body: None when it is too large. keeps_alive: whether the client may send another."""

    method: str
    path: str
    query: str
    headers: Headers
    body: bytes | None
    keeps_alive: bool


class Connection(asyncio.Protocol):
    """One connection. Made by uvicorn's server, for an application with a `handle`."""

    def __init__(self, config: Config, server_state: ServerState, app_state: object = None, _loop: Any = None) -> None:
        self._handle: Handle = cast(Any, config.loaded_app).handle
        self._server = server_state
        self._keep_alive_seconds = config.timeout_keep_alive
        trusted = cast(str, config.forwarded_allow_ips)
        self._proxies = _trusting(trusted) if trusted else None
        self._loop = asyncio.get_running_loop()
        self._parser = _parser_for(self)
        self._transport: asyncio.Transport
        self._peer = ""
        self._timer: asyncio.TimerHandle | None = None
        self._abort_timer: asyncio.TimerHandle | None = None
        # The request that is being read.
        self._is_reading = False
        self._url = b""
        self._headers: Headers = []
        self._has_headers = False
        self._asks_to_upgrade = False
        self._head_size = 0
        self._body: list[bytes] = []
        self._body_size = 0
        # Those that were read.
        self._waiting: deque[_Received] = deque()
        self._refusal: HttpResponse | None = None
        self._is_answering = False
        self._is_writable = True
        self._is_draining = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Begin."""
        self._transport = cast(asyncio.Transport, transport)
        peer = transport.get_extra_info("peername")
        self._peer = str(peer[0]) if isinstance(peer, tuple) else ""
        self._server.connections.add(cast(Any, self))
        self._rest()

    def connection_lost(self, exc: Exception | None) -> None:
        """End. A request that is being answered is finished all the same."""
        self._server.connections.discard(cast(Any, self))
        self._waiting.clear()
        self._stop_timer()
        self._stop_abort_timer()

    def shutdown(self) -> None:
        """Begin to end: after the answer that is being made, after the next one, or when none is asked for."""
        self._is_draining = True
        self._stop_timer()
        self._rest()

    def pause_writing(self) -> None:
        """Begin nothing more while the client is slow to take what it asked for."""
        self._is_writable = False
        self._abort_later()

    def resume_writing(self) -> None:
        """Go on."""
        self._is_writable = True
        if not self._transport.is_closing():
            self._stop_abort_timer()
            self._next()

    def data_received(self, data: bytes) -> None:
        """Read what came: the methods below are called from here."""
        if self._refusal is not None:
            return
        self._head_size += len(data)
        try:
            self._feed(data)
        except HttpParserError as error:
            logger.warning("Invalid HTTP request received.")
            self._refuse(_TOO_LONG if isinstance(error.__context__, _TooManyHeadersError) else _MALFORMED)
        if self._is_reading and self._head_size > MAX_HEAD_BYTES:
            self._refuse(_TOO_LONG)
        self._rest()

    def _feed(self, data: bytes) -> None:
        while data:
            try:
                self._parser.feed_data(data)
            except HttpParserUpgrade as asked:
                (read,) = asked.args
                # What follows may be a body, which the parser takes for another protocol: it reads without the wish.
                data = self._head_without_wish() + data[read:]
                self._parser = _parser_for(self)
            else:
                return

    def _head_without_wish(self) -> bytes:
        """Return the head that was read as it would be if no upgrade were asked for, which is ours to ignore."""
        version = self._parser.get_http_version().encode()
        lines = [b"%b %b HTTP/%b" % (self._parser.get_method(), self._url, version)]
        lines += [b"%b: %b" % (name, value) for name, value in self._headers if name != b"upgrade"]
        return b"\r\n".join(lines) + b"\r\n\r\n"

    def on_message_begin(self) -> None:
        """A request begins."""
        self._stop_timer()
        self._is_reading, self._has_headers, self._head_size = True, False, 0
        self._url, self._headers, self._body, self._body_size = b"", [], [], 0

    def on_url(self, url: bytes) -> None:
        """Its target, or a part of that."""
        self._url += url

    def on_header(self, name: bytes, value: bytes) -> None:
        """One of its headers. Those after the body (RFC 9110, section 6.5) have passed by whoever checks the others."""
        if self._has_headers:
            return
        if len(self._headers) == MAX_HEADERS:
            raise _TooManyHeadersError
        self._headers.append((name.lower(), value))

    def on_headers_complete(self) -> None:
        """Tell a client that asks first to send the body."""
        self._has_headers = True
        self._asks_to_upgrade = self._parser.should_upgrade()
        if self._asks_to_upgrade:
            if self._parser.get_method() == b"CONNECT":
                raise HttpParserError("nobody is connected to others")
        elif self._waits_for_leave() and not self._is_answering:
            self._transport.write(b"HTTP/1.1 100 Continue\r\n\r\n")

    def _waits_for_leave(self) -> bool:
        """Whether the client asks first (RFC 9110, section 10.1.1); in HTTP/1.0 there is no such answer."""
        return any(name == b"expect" for name, _ in self._headers) and self._parser.get_http_version() != "1.0"

    def on_body(self, body: bytes) -> None:
        """A part of its body. What is too large is not kept, but read: the client can then read the answer."""
        self._body_size += len(body)
        self._head_size -= len(body)
        if self._body_size <= MAX_BODY_BYTES:
            self._body.append(body)
        else:
            self._body.clear()

    def on_message_complete(self) -> None:
        """It is whole."""
        if self._asks_to_upgrade:
            return
        self._stop_timer()
        self._is_reading = False
        target = parse_url(self._url)
        path = target.path.decode("ascii")
        received = _Received(
            self._parser.get_method().decode("ascii"),
            unquote(path) if "%" in path else path,
            (target.query or b"").decode("latin-1"),
            self._headers,
            b"".join(self._body) if self._body_size <= MAX_BODY_BYTES else None,
            self._parser.should_keep_alive(),
        )
        self._waiting.append(received)
        if self._is_answering or not self._is_writable:
            self._transport.pause_reading()
        else:
            self._next()

    def _next(self) -> None:
        if self._is_answering or not self._is_writable or self._transport.is_closing():
            return
        if self._waiting:
            self._is_answering = True
            task = self._loop.create_task(self._answer(self._waiting.popleft()))
            self._server.tasks.add(task)
            task.add_done_callback(self._server.tasks.discard)
            return
        if self._refusal is not None:
            self._write(self._refusal, is_last=True)
            return
        self._transport.resume_reading()
        self._rest()

    def _refuse(self, refusal: HttpResponse) -> None:
        """Say so after the answers to the requests before, and end: nobody knows where another would begin."""
        self._refusal = refusal
        self._transport.pause_reading()
        self._next()

    def _rest(self) -> None:
        """Wait for a request, or for the rest of one, and not for ever, if there is nothing to do."""
        if self._timer is not None or self._is_answering or self._waiting or self._transport.is_closing():
            return
        idle_seconds = LINGER_SECONDS if self._is_draining else self._keep_alive_seconds
        seconds = RECEIVES_WITHIN_SECONDS if self._is_reading else idle_seconds
        self._timer = self._loop.call_later(seconds, self._close)

    async def _answer(self, received: _Received) -> None:
        try:
            peer = self._peer if self._proxies is None else await _caller(self._proxies, self._peer, received.headers)
            request = HttpRequest(
                received.method, received.path, received.query, read_headers(received.headers), received.body, peer
            )
            response = await self._handle(request)
            _refuse_line_breaks(response.headers)
        except Exception:
            logger.exception("unexpected error on %s", received.path)
            response = _FAILED
        self._is_answering = False
        # Of a client that has sent more already, the last is answered with the farewell.
        is_last = not received.keeps_alive or (self._is_draining and not self._waiting and not self._is_reading)
        self._write(response, is_last=is_last, has_body=received.method != "HEAD")
        self._next()

    def _write(self, response: HttpResponse, *, is_last: bool, has_body: bool = True) -> None:
        if self._transport.is_closing():
            return
        lines = [_STATUS_LINES[response.status]]
        lines += [b"%b: %b" % header for header in self._server.default_headers]
        lines.append(b"content-type: %b\r\ncontent-length: %d" % (response.content_type, len(response.body)))
        lines += [f"{name}: {value}".encode() for name, value in response.headers.items()]
        if is_last:
            lines.append(b"connection: close")
        head = b"\r\n".join(lines) + b"\r\n\r\n"
        self._transport.write(head + response.body if has_body else head)
        if is_last:
            self._close()

    def _close(self) -> None:
        """Close, once the client has taken what is on its way."""
        self._transport.close()
        self._abort_later()

    def _abort_later(self) -> None:
        if self._abort_timer is None:
            self._abort_timer = self._loop.call_later(TAKES_WITHIN_SECONDS, self._transport.abort)

    def _stop_abort_timer(self) -> None:
        if self._abort_timer is not None:
            self._abort_timer.cancel()
            self._abort_timer = None

    def _stop_timer(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None


class _TooManyHeadersError(Exception):
    """A request with more headers than any has."""


def _parser_for(connection: Connection) -> HttpRequestParser:
    parser = HttpRequestParser(connection)
    # What a client sends after a request that said `Connection: close` must not spoil the answer.
    parser.set_dangerous_leniencies(lenient_data_after_close=True)
    return parser


def _refuse_line_breaks(headers: Mapping[str, str]) -> None:
    if any(_BREAKS_A_LINE.search(value) for value in headers.values()):
        raise ValueError("the value of a header would begin another line")


@lru_cache
def _trusting(proxies: str) -> ProxyHeadersMiddleware:
    async def nothing(*_: object) -> None: ...

    return ProxyHeadersMiddleware(nothing, proxies)


async def _caller(proxies: ProxyHeadersMiddleware, peer: str, headers: Headers) -> str:
    """Who really calls: the peer, or whom it tells of if it is a trusted proxy. The middleware writes it there."""
    scope: Any = {"type": "http", "client": (peer, 0), "headers": headers}
    await proxies(scope, cast(Any, None), cast(Any, None))
    return str(scope["client"][0])
