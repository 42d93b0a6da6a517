# SPDX-License-Identifier: Apache-2.0
"""The transport to a core elsewhere: HTTP, several hosts in turn, as an SDK of the Core Driver Interface."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any
from weakref import WeakKeyDictionary

import httpx
import msgspec

from twofold._app_info import AppInfo, NetworkInterceptor
from twofold._core_hosts import Host, hosts_of
from twofold._user_context import get_request_from_user_context
from twofold._wire import Json
from twofold.exceptions import UNAVAILABLE, CoreError, CoreUnreachableError, GeneralError, core_call_failed
from twofold.types.base import UserContext

# The newest that both know is spoken. From 5.5 on, the challenge of a passkey is used up by one sign-in.
SUPPORTED_CDI_VERSIONS = ("5.4", "5.5")
TIMEOUT_SECONDS = 30.0
RETRIES_WHEN_BUSY = 5
TOO_MANY_REQUESTS = 429
REQUEST_ID_HEADER = "x-request-id"

# The request never left: it is safe to send it to the next host, even when it changes something.
_NOT_SENT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout)

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

    A call that changes something is not repeated once it may have been received: a broken connection then raises.

    Args:
        connection_uri: Addresses of the core, separated by `;`.
        app_info: Named to the core when the protocol version is agreed.
        api_key: Sent with every call.
        interceptor: Sees, and may change, every request.
        make_client, sleep: network and time, for tests.
    """

    def __init__(
        self,
        connection_uri: str,
        app_info: AppInfo,
        *,
        api_key: str | None = None,
        interceptor: NetworkInterceptor | None = None,
        make_client: Callable[[], httpx.AsyncClient] | None = None,
        sleep: Sleep = asyncio.sleep,
    ) -> None:
        self._hosts = hosts_of(connection_uri)
        self._app_info = app_info
        self._api_key = api_key
        self._interceptor = interceptor
        self._make_client = make_client or (lambda: httpx.AsyncClient(timeout=TIMEOUT_SECONDS, trust_env=False))
        self._sleep = sleep
        self._clients: WeakKeyDictionary[asyncio.AbstractEventLoop, httpx.AsyncClient] = WeakKeyDictionary()
        self._next_host = 0
        self._cdi_version: str | None = None

    async def start(self) -> None:
        """Nothing to do: the first call connects."""

    async def stop(self) -> None:
        """Close the connections of the running event loop."""
        client = self._clients.pop(asyncio.get_running_loop(), None)
        if client is not None:
            await client.aclose()

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

    async def _send(self, call: _Call) -> httpx.Response:
        unavailable: httpx.Response | None = None
        for _ in self._hosts:
            host = self._hosts[self._next_host % len(self._hosts)]
            self._next_host += 1
            try:
                response = await self._send_to(host, call)
            except httpx.TransportError as error:
                if call.method != "GET" and not isinstance(error, _NOT_SENT):
                    raise CoreError(
                        f"The connection to the core broke during {call.method} {call.path}: {error!r}"
                    ) from error
                continue
            if call.method != "GET" or response.status_code != UNAVAILABLE:
                return _checked(call, response)
            unavailable = response
        if unavailable is not None:
            return _checked(call, unavailable)
        raise CoreUnreachableError("No SuperTokens core available to query")

    async def _send_to(self, host: Host, call: _Call) -> httpx.Response:
        request = self._request(host, call)
        for attempt in range(RETRIES_WHEN_BUSY):
            response = await self._client().send(request)
            if response.status_code != TOO_MANY_REQUESTS:
                return response
            await self._sleep((10 + 250 * attempt) / 1000)
        return await self._client().send(request)

    def _request(self, host: Host, call: _Call) -> httpx.Request:
        url, method, headers = host.url + call.path, call.method, call.headers
        query: dict[str, Any] | None = dict(call.query)
        body: dict[str, Any] | None = {} if call.body is None else call.body
        if self._interceptor is not None:
            url, method, headers, query, body = self._interceptor(url, method, headers, query, body, call.user_context)
        has_body = method in ("POST", "PUT")
        return self._client().build_request(
            method,
            url,
            headers=headers | ({"content-type": "application/json; charset=utf-8"} if has_body else {}),
            params=None if has_body and not query else query,
            content=msgspec.json.encode(body) if has_body else None,
        )

    def _client(self) -> httpx.AsyncClient:
        loop = asyncio.get_running_loop()
        client = self._clients.get(loop)
        if client is None:
            client = self._clients[loop] = self._make_client()
        return client


def _request_id(user_context: UserContext) -> dict[str, str]:
    """The id that a proxy gave the browser's request, so that the core's log lines can be found by it."""
    request = get_request_from_user_context(user_context)
    given = request.get_header(REQUEST_ID_HEADER) if request is not None else None
    return {REQUEST_ID_HEADER: given} if given and given.isascii() and given.isprintable() else {}


def _checked(call: _Call, response: httpx.Response) -> httpx.Response:
    if response.status_code >= 400:
        raise core_call_failed(call.method, call.path, response.status_code, response.text)
    return response


def _json_of(response: httpx.Response) -> Json:
    try:
        answer = msgspec.json.decode(response.content)
    except msgspec.DecodeError:
        answer = {"_text": response.text}
    return {**answer, "_headers": dict(response.headers)} if isinstance(answer, dict) else {"_text": response.text}
