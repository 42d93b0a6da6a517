# SPDX-License-Identifier: Apache-2.0
"""The core behind HTTP: a raw ASGI application, and the order of checks that clients of the interface know.

    names of the partitions → address rules → API key → version → endpoint

Everything that is not 200 is answered in plain text. Nothing here knows a recipe.
"""

import hmac
import logging
import re
from collections.abc import Awaitable, Callable, Iterable, Mapping, MutableMapping
from functools import lru_cache
from types import MappingProxyType
from typing import Any
from urllib.parse import parse_qsl, unquote

import msgspec

from twofold.core._endpoint import Answer, Reply, Request
from twofold.core._record import Record
from twofold.core.app import Core
from twofold.core.config import Settings
from twofold.core.errors import (
    BadRequest,
    CoreError,
    Forbidden,
    MethodNotAllowed,
    NotFound,
)
from twofold.core.http_path import Location, locate
from twofold.core.storage.database import DatabaseUnavailable
from twofold.core.tenancy.directory import Tenant, UnknownTenant
from twofold.core.tenancy.names import DEFAULT_DOMAIN, PUBLIC, app_key
from twofold.core.version import BY_TEXT, NEWEST, SUPPORTED, V3_0, Version, parse, text

MAX_ACTOR_LENGTH = 255
MAX_BODY_BYTES = 10 * 1024 * 1024
JSON_TYPE = b"application/json;charset=UTF-8"
TEXT_TYPE = b"text/html;charset=UTF-8"
# What is read of a request; clients send many more.
_HEADERS = {
    name.encode(): name
    for name in (
        "api-key",
        "audit-actor",
        "authorization",
        "cdi-version",
        "host",
        "origin",
        "rid",
        "traceparent",
        "tracestate",
        "x-request-id",
    )
}
METHODS = frozenset({"GET", "POST", "PUT", "DELETE"})

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]

logger = logging.getLogger("twofold.core")
_encode = msgspec.json.encode
_NO_HEADERS: Mapping[str, str] = MappingProxyType({})
_decode = msgspec.json.decode


class HttpRequest(Record, frozen=True):
    """What the server got: header names in lower case, the body whole; None when it is too large."""

    method: str
    path: str
    query: str
    headers: Mapping[str, str]
    body: bytes | None
    peer: str


class HttpResponse(Record, frozen=True):
    """What it answers."""

    status: int
    content_type: bytes
    body: bytes
    headers: Mapping[str, str] = _NO_HEADERS


class CoreASGI:
    """The ASGI application of a core."""

    def __init__(self, core: Core, base_path: str = "") -> None:
        self._core = core
        self._base_path = base_path

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one connection event: start and stop with the server, and answer HTTP requests."""
        if scope["type"] == "lifespan":
            await self._lifespan(receive, send)
        elif scope["type"] == "http":
            await send_response(send, await self.handle(await read_request(scope, receive)))

    def locate(self, path: str) -> Location:
        """Where a request for this path goes."""
        return locate(path, self._base_path, self._core.has_path)

    async def handle(self, request: HttpRequest, location: Location | None = None) -> HttpResponse:
        """Answer a request. Never raises: what went wrong becomes a status and a text without secrets.

        location: of its path, for those who have located it.
        """
        if request.body is None:
            return _text(413, f"The body is larger than {MAX_BODY_BYTES} bytes")
        try:
            return _respond(await self._answer(request, request.body, location or self.locate(request.path)))
        except CoreError as error:
            return _text(error.status, error.message)
        except DatabaseUnavailable:
            return HttpResponse(503, TEXT_TYPE, b"Database unavailable\n", {"Retry-After": "1"})
        except Exception:
            logger.exception("unexpected error on %s %s", request.method, request.path)
            return _text(500, "Internal Error")

    async def _answer(self, request: HttpRequest, body: bytes, location: Location) -> Answer:
        headers = request.headers
        app_id = app_key(await self._domain(headers.get("host", "")), location.app_id)
        tenant = await self._tenant(app_id, location.tenant_id)
        holding = self._core.services.settings
        if tenant is not None:
            holding = tenant.settings
            self._core.services.request_statistics.count(app_id)
            check_address(holding, request.peer)
        is_open = location.path is None or location.path in self._core.paths_without_api_key
        if not is_open:
            # Also for an app that does not exist: it may be created while the request is under way.
            check_api_key(holding, headers)
        version = _version(holding, headers.get("cdi-version"))
        if version < V3_0 and location.tenant_id != PUBLIC:
            raise NotFound
        if location.path not in self._core.paths_in_any_version and version not in SUPPORTED:
            raise BadRequest(f"cdi-version {text(version)} not supported")
        if location.path is None:
            raise NotFound
        if request.method not in METHODS:
            raise MethodNotAllowed
        rid = headers.get("rid")
        endpoint = self._core.find(request.method, location.path, rid)
        is_query = endpoint.source == "query"
        call = Request(
            request.method,
            location.path,
            app_id,
            location.tenant_id,
            version,
            _read_query(request.query) if is_query else None,
            None if is_query else _read_json(body, is_optional=not endpoint.parameters),
            rid,
            is_operator(self._core.services.settings, headers),
            _actor(headers.get("audit-actor")),
            tenant,
        )
        return await self._core.answer(endpoint, call)

    async def _domain(self, host: str) -> str:
        domain = await self._core.domain_of_host(host)
        if domain not in (DEFAULT_DOMAIN, self._core.services.settings.supertokens_saas_load_only_cud or domain):
            raise BadRequest("Connection URI domain is disallowed")
        return domain

    async def _tenant(self, app_id: str, tenant_id: str) -> Tenant | None:
        """Whose settings a request is checked by: the tenant, else its app, else none (the endpoint will refuse)."""
        try:
            return await self._core.tenant(app_id, tenant_id)
        except UnknownTenant:
            return None if tenant_id == PUBLIC else await self._tenant(app_id, PUBLIC)

    async def _lifespan(self, receive: Receive, send: Send) -> None:
        while True:
            message = await receive()
            if message["type"] == "lifespan.startup":
                try:
                    await self._core.start()
                except Exception as error:
                    logger.exception("the core cannot start")
                    await send({"type": "lifespan.startup.failed", "message": str(error)})
                    return
                await send({"type": "lifespan.startup.complete"})
            else:
                await self._core.stop()
                await send({"type": "lifespan.shutdown.complete"})
                return


def check_api_key(settings: Settings, headers: Mapping[str, str]) -> None:
    """Compare the caller's key with each configured one, in constant time. Raises CoreError 401.

    Without any key only processes of this machine can call; a web page that runs on it must not (403).
    """
    keys = _keys(settings.api_keys, settings.supertokens_saas_secret)
    if not keys:
        if "origin" in headers:  # browsers send it with whatever a page of another site makes them change
            raise Forbidden("A core without an API key does not answer web pages")
        return
    given = _given_key(headers)
    matches = [hmac.compare_digest(given, key) for key in keys]  # all of them: no early end to be timed
    if True not in matches:
        raise CoreError("Invalid API key", 401)


def is_operator(settings: Settings, headers: Mapping[str, str]) -> bool:
    """Whether the caller presents the operator's own key; where there is none, everybody is the operator."""
    secret = settings.supertokens_saas_secret
    return not secret or hmac.compare_digest(_given_key(headers), secret.encode())


def _given_key(headers: Mapping[str, str]) -> bytes:
    return (headers.get("api-key") or _bearer(headers.get("authorization", ""))).strip().encode()


def _bearer(header: str) -> str:
    scheme, _, rest = header.partition(" ")
    return rest if scheme.lower() == "bearer" else header


def _actor(header: str | None) -> str:
    """Who acts, of a header with percent signs: a header holds no letters but those of ASCII."""
    return "" if header is None else unquote(header)[:MAX_ACTOR_LENGTH]


def check_address(settings: Settings, peer: str) -> None:
    """Refuse a peer that the settings deny, or do not allow. Raises Forbidden."""
    allow, deny = settings.ip_allow_regex, settings.ip_deny_regex
    if not allow and not deny:
        return
    if deny and _pattern(deny).fullmatch(peer):
        raise Forbidden("Forbidden")
    if allow and not _pattern(allow).fullmatch(peer):
        raise Forbidden("Forbidden")


@lru_cache(maxsize=256)
def _keys(api_keys: str | None, saas_secret: str | None) -> tuple[bytes, ...]:
    keys = [key.strip() for key in (api_keys or "").split(",")]
    return tuple(key.encode() for key in (*keys, saas_secret) if key)


@lru_cache(maxsize=256)
def _pattern(expression: str) -> re.Pattern[str]:
    return re.compile(expression)


def _version(settings: Settings, header: str | None) -> Version:
    highest = NEWEST if settings.supertokens_max_cdi_version is None else parse(settings.supertokens_max_cdi_version)
    if header is None:
        return highest
    version = BY_TEXT.get(header) or parse(header)
    if version > highest:
        raise BadRequest(f"cdi-version {header} not supported")
    lowest = settings.supertokens_min_cdi_version
    if lowest is not None and version < parse(lowest):
        raise BadRequest(f"cdi-version {header} is lower than the minimum allowed version {lowest}")
    return version


def _read_query(query: str) -> dict[str, str]:
    return dict(parse_qsl(query, keep_blank_values=True)) if query else {}


def _read_json(body: bytes, *, is_optional: bool) -> dict[str, Any]:
    """The body as an object, whatever its content type says. Endpoints without parameters need none."""
    if is_optional and not body:
        return {}
    try:
        value = _decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        value = None
    if not isinstance(value, dict):
        if is_optional:
            return {}
        raise BadRequest("Invalid Json Input")
    return value


def read_headers(headers: Iterable[tuple[bytes, bytes]]) -> dict[str, str]:
    """Those that are looked at, by their names in lower case; of several with one name the last."""
    return {_HEADERS[name]: value.decode("latin-1") for name, value in headers if name in _HEADERS}


async def read_request(scope: Scope, receive: Receive) -> HttpRequest:
    """Read the request of an ASGI connection."""
    client = scope.get("client")
    return HttpRequest(
        scope["method"],
        scope["path"],
        scope["query_string"].decode("latin-1"),
        read_headers(scope["headers"]),
        await _read_body(receive),
        client[0] if client else "",
    )


async def _read_body(receive: Receive) -> bytes | None:
    """The whole body, or None when it is too large."""
    chunks: list[bytes] = []
    size = 0
    while True:
        message = await receive()
        chunk = message.get("body", b"")
        size += len(chunk)
        if size > MAX_BODY_BYTES:
            return None
        chunks.append(chunk)
        if not message.get("more_body", False):
            return chunks[0] if len(chunks) == 1 else b"".join(chunks)


def _respond(answer: Answer) -> HttpResponse:
    body, headers = (answer.body, answer.headers) if isinstance(answer, Reply) else (answer, _NO_HEADERS)
    if isinstance(body, str):
        return HttpResponse(200, TEXT_TYPE, body.encode() + b"\n", headers)
    return HttpResponse(200, JSON_TYPE, _encode(body) + b"\n", headers)


def _text(status: int, message: str) -> HttpResponse:
    return HttpResponse(status, TEXT_TYPE, message.encode() + b"\n")


async def send_response(send: Send, response: HttpResponse) -> None:
    """Send a whole answer over ASGI."""
    named = response.headers.items()
    headers = [
        (b"content-type", response.content_type),
        (b"content-length", b"%d" % len(response.body)),
        *((name.lower().encode(), value.encode()) for name, value in named),
    ]
    await send({"type": "http.response.start", "status": response.status, "headers": headers})
    await send({"type": "http.response.body", "body": response.body})
