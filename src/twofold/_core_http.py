# SPDX-License-Identifier: Apache-2.0
"""The transport to a core elsewhere: HTTP, several hosts in turn, as an SDK of the Core Driver Interface."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Any
from urllib.parse import quote, urlencode
from weakref import WeakKeyDictionary

import httpcore
import msgspec

from twofold._app_info import AppInfo, NetworkInterceptor
from twofold._core_hosts import Host, hosts_of
from twofold._core_sockets import connection_pool
from twofold._user_context import actor_of, get_request_from_user_context
from twofold._wire import Json
from twofold.exceptions import UNAVAILABLE, CoreError, CoreUnreachableError, GeneralError, core_call_failed
from twofold.types.base import UserContext

# The newest that both know is spoken. From 5.5 on, the challenge of a passkey is used up by one sign-in.
SUPPORTED_CDI_VERSIONS = ("5.4", "5.5")
TIMEOUT_SECONDS = 30.0
CONNECT_TIMEOUT_SECONDS = 5.0
AVOIDED_SECONDS = 5.0
RETRIES_WHEN_BUSY = 5
TOO_MANY_REQUESTS = 429
REQUEST_ID_HEADER = "x-request-id"

# The request never left: it is safe to send it to the next host, even when it changes something.
_NOT_SENT = (httpcore.ConnectError, httpcore.ConnectTimeout, httpcore.PoolTimeout)
_BROKEN = (httpcore.NetworkError, httpcore.TimeoutException, httpcore.ProtocolError)
_EXTENSIONS = {"timeout": {"connect": CONNECT_TIMEOUT_SECONDS, "read": TIMEOUT_SECONDS, "pool": TIMEOUT_SECONDS}}
_LEFT_AS_IT_IS = "!#$%&'()*+,/:;=?@[]~"  # in a URL; everything else is written with percent signs

Sleep = Callable[[float], Awaitable[None]]


@dataclass(repr=False)
class _Call:
    """One HTTP request to the core, before a host is chosen."""

    method: str
    path: str
    query: Mapping[str, str]
    body: Json | None
    user_context: UserContext
    headers: dict[str, str] = field(default_factory=dict)


class HttpTransport:
    """Calls a core elsewhere. Each call starts with the next host; a host that cannot be reached is passed over.

    For `AVOIDED_SECONDS` it then comes last: where nothing answers, finding that out takes as long as a connection may.
    A call that changes something is not repeated once it may have been received: a broken connection then raises.

    Args:
        connection_uri: Addresses of the core, separated by `;`.
        app_info: Named to the core when the protocol version is agreed.
        api_key: Sent with every call.
        interceptor: Sees, and may change, every request.
        make_connections, sleep, now: network and time, for tests.
    """

    def __init__(  # noqa: PLR0913  # network and time are arguments
        self,
        connection_uri: str,
        app_info: AppInfo,
        *,
        api_key: str | None = None,
        interceptor: NetworkInterceptor | None = None,
        make_connections: Callable[[], httpcore.AsyncConnectionPool] | None = None,
        sleep: Sleep = asyncio.sleep,
        now: Callable[[], float] = time.monotonic,
    ) -> None:
        self._hosts = hosts_of(connection_uri)
        self._app_info = app_info
        self._api_key = api_key
        self._interceptor = interceptor
        self._make_connections = make_connections or self._connections
        self._sleep = sleep
        self._now = now
        self._pools: WeakKeyDictionary[asyncio.AbstractEventLoop, httpcore.AsyncConnectionPool] = WeakKeyDictionary()
        self._next_host = 0
        self._avoided_until: dict[Host, float] = {}
        self._cdi_version: str | None = None

    async def start(self) -> None:
        """Nothing to do: the first call connects."""

    async def stop(self) -> None:
        """Close the connections of the running event loop."""
        pool = self._pools.pop(asyncio.get_running_loop(), None)
        if pool is not None:
            await pool.aclose()

    async def call(  # noqa: PLR0913  # the core call
        self,
        method: str,
        path: str,
        *,
        tenant_id: str | None,
        query: Mapping[str, str],
        body: Json | None,
        rid: str,
        user_context: UserContext,
    ) -> Json:
        """Answer a core call; see `CoreTransport`."""
        full_path = path if tenant_id is None else f"/{tenant_id}{path}"
        call = _Call(method, full_path, query, body, user_context, await self._headers(rid, user_context))
        return _json_of(await self._send(call))

    async def _headers(self, rid: str, user_context: UserContext) -> dict[str, str]:
        headers = {"cdi-version": await self._negotiated_version(user_context)}
        headers |= {"api-key": self._api_key} if self._api_key is not None else {}
        headers |= _request_id(user_context)
        headers |= _actor(user_context)
        return headers | ({"rid": rid} if rid else {})

    async def _negotiated_version(self, user_context: UserContext) -> str:
        if self._cdi_version is None:
            known = _json_of(await self._send(self._version_question(user_context))).get("versions", [])
            common = [version for version in SUPPORTED_CDI_VERSIONS if version in known]
            if not common:
                raise GeneralError(
                    "The running core is not compatible with this SDK: it speaks the core driver interface "
                    f"{', '.join(known)}, the SDK needs {' or '.join(SUPPORTED_CDI_VERSIONS)}"
                )
            self._cdi_version = common[-1]
        return self._cdi_version

    def _version_question(self, user_context: UserContext) -> _Call:
        query = {
            "apiDomain": self._app_info.api_domain.get_as_string_dangerous(),
            "websiteDomain": self._app_info.get_origin(None, user_context).get_as_string_dangerous(),
        }
        headers = {"api-key": self._api_key} if self._api_key is not None else {}
        return _Call("GET", "/apiversion", query, None, user_context, headers)

    async def _send(self, call: _Call) -> httpcore.Response:
        unavailable: httpcore.Response | None = None
        for host in self._hosts_in_turn():
            try:
                response = await self._send_to(host, call)
            except _BROKEN as error:
                if isinstance(error, _NOT_SENT):
                    self._avoided_until[host] = self._now() + AVOIDED_SECONDS
                elif call.method != "GET":
                    raise CoreError(
                        f"The connection to the core broke during {call.method} {call.path}: {error!r}"
                    ) from error
                continue
            if call.method != "GET" or response.status != UNAVAILABLE:
                return _checked(call, response)
            unavailable = response
        if unavailable is not None:
            return _checked(call, unavailable)
        raise CoreUnreachableError("No SuperTokens core available to query")

    def _hosts_in_turn(self) -> list[Host]:
        """Every host once, beginning with the next one; those that could not be reached a moment ago come last."""
        first = self._next_host % len(self._hosts)
        self._next_host += 1
        in_turn = self._hosts[first:] + self._hosts[:first]
        if not self._avoided_until:
            return in_turn
        now = self._now()
        self._avoided_until = {host: end for host, end in self._avoided_until.items() if end > now}
        return sorted(in_turn, key=lambda host: host in self._avoided_until)

    async def _send_to(self, host: Host, call: _Call) -> httpcore.Response:
        method, url, headers, content = self._request(host, call)
        send = partial(self._pool().request, method, url, headers=headers, content=content, extensions=_EXTENSIONS)
        for attempt in range(RETRIES_WHEN_BUSY):
            response = await send()
            if response.status != TOO_MANY_REQUESTS:
                return response
            await self._sleep((10 + 250 * attempt) / 1000)
        return await send()

    def _request(self, host: Host, call: _Call) -> tuple[str, str, list[tuple[str, str]], bytes | None]:
        url, method, headers = host.url + call.path, call.method, call.headers
        query: dict[str, Any] | None = dict(call.query)
        body: dict[str, Any] | None = {} if call.body is None else call.body
        if self._interceptor is not None:
            url, method, headers, query, body = self._interceptor(url, method, headers, query, body, call.user_context)
        url = quote(url, safe=_LEFT_AS_IT_IS)
        if query:
            url += ("&" if "?" in url else "?") + urlencode(query, doseq=True)
        if method not in ("POST", "PUT"):
            return method, url, [*headers.items()], None
        content_type = ("content-type", "application/json; charset=utf-8")
        return method, url, [*headers.items(), content_type], msgspec.json.encode(body)

    def _pool(self) -> httpcore.AsyncConnectionPool:
        loop = asyncio.get_running_loop()
        pool = self._pools.get(loop)
        if pool is None:
            pool = self._pools[loop] = self._make_connections()
        return pool

    def _connections(self) -> httpcore.AsyncConnectionPool:
        needs_tls = any(host.url.startswith("https:") for host in self._hosts)
        return connection_pool(httpcore.default_ssl_context() if needs_tls else None)


def _request_id(user_context: UserContext) -> dict[str, str]:
    """The id that a proxy gave the browser's request, so that the core's log lines can be found by it."""
    request = get_request_from_user_context(user_context)
    given = request.get_header(REQUEST_ID_HEADER) if request is not None else None
    return {REQUEST_ID_HEADER: given} if given and given.isascii() and given.isprintable() else {}


def _actor(user_context: UserContext) -> dict[str, str]:
    """Who acts, for the audit trail: with percent signs, as a header holds no letters but those of ASCII."""
    actor = actor_of(user_context)
    return {"audit-actor": quote(actor, safe=" @")} if actor else {}


def _checked(call: _Call, response: httpcore.Response) -> httpcore.Response:
    if response.status >= 400:
        raise core_call_failed(call.method, call.path, response.status, _text_of(response))
    return response


def _json_of(response: httpcore.Response) -> Json:
    try:
        answer = msgspec.json.decode(response.content)
    except msgspec.DecodeError:
        answer = None
    if not isinstance(answer, dict):
        return {"_text": _text_of(response)}
    headers = {name.lower().decode("latin-1"): value.decode("latin-1") for name, value in response.headers}
    return {**answer, "_headers": headers}


def _text_of(response: httpcore.Response) -> str:
    return response.content.decode(errors="replace")
