# SPDX-License-Identifier: Apache-2.0
"""The way to the providers: requests, what they publish of themselves (OpenID Connect Discovery 1.0), and their keys.

Redirects are not followed and answers are bounded: a provider may be configured by a tenant, who is not trusted with
this server's network (see `networks.py`).
"""

import ssl
from collections.abc import Awaitable, Callable, Mapping
from functools import lru_cache
from typing import Any

import httpx
import msgspec

from twofold import _state
from twofold._wire import Json
from twofold.recipe.session.jwks import KeySet

from .exceptions import ProviderRefusedError, ProviderUnavailableError
from .public_network import PinnedTransport, PublicNetwork

TIMEOUT_SECONDS = 10.0
MAX_ANSWER_BYTES = 1_000_000
KEYS_REFRESH_INTERVAL_MS = 60 * 60 * 1000
_MAX_REMEMBERED = 1000


def _now_ms() -> int:
    return _state.current_app().clock_ms()


class ProviderHttp:
    """Speaks with providers, and remembers what they publish.

    Args:
        transport: The network, for tests.
        clock_ms: Current time in milliseconds.
        network: The only hosts that are spoken with; all when None.
    """

    def __init__(
        self,
        transport: httpx.AsyncBaseTransport | None = None,
        clock_ms: Callable[[], int] = _now_ms,
        network: PublicNetwork | None = None,
    ) -> None:
        self._transport = transport
        self._network = network
        self.clock_ms = clock_ms
        self._discovered: dict[str, Json] = {}
        self._keys: dict[str, KeySet] = {}

    async def get(
        self, url: str, params: Mapping[str, str] | None = None, headers: Mapping[str, str] | None = None
    ) -> Any:
        """Return the JSON that a GET answers.

        Raises:
            ProviderRefusedError: the answer is a 4xx.
            ProviderUnavailableError: there is no answer, it is an error of the provider's, or it is not JSON.
        """
        return await self._request("GET", url, params=dict(params or {}), headers=dict(headers or {}))

    async def post_form(self, url: str, form: Mapping[str, str], auth: tuple[str, str] | None = None) -> Json:
        """Return the JSON object that a form is answered with; errors as `get`."""
        answer = await self._request("POST", url, data=dict(form), headers={"accept": "application/json"}, auth=auth)
        return _object(url, answer)

    async def post_json(self, url: str, body: Json, auth: tuple[str, str] | None = None) -> Json:
        """Return the JSON object that a JSON body is answered with; errors as `get`."""
        answer = await self._request("POST", url, json=body, headers={"accept": "application/json"}, auth=auth)
        return _object(url, answer)

    async def get_object(
        self, url: str, params: Mapping[str, str] | None = None, headers: Mapping[str, str] | None = None
    ) -> Json:
        """Return the JSON object that a GET answers; errors as `get`."""
        return _object(url, await self.get(url, params, headers))

    async def discover(self, url: str) -> Json:
        """Return a provider's own description of itself; asked for once."""
        known = self._discovered.get(url)
        if known is None:
            known = await self.get_object(url)
            _remember(self._discovered, url, known)
        return known

    def keys(self, jwks_uri: str) -> KeySet:
        """Return a provider's keys, fetched when they are needed."""
        known = self._keys.get(jwks_uri)
        if known is None:
            known = KeySet(self._fetch_of(jwks_uri), self.clock_ms, KEYS_REFRESH_INTERVAL_MS)
            _remember(self._keys, jwks_uri, known)
        return known

    def _fetch_of(self, url: str) -> Callable[[], Awaitable[Json]]:
        async def fetch() -> Json:
            return await self.get_object(url)

        return fetch

    async def send(self, method: str, url: str, **options: Any) -> tuple[int, bytes]:
        """Return status and body of an answer, whatever the status; the options are httpx's.

        Raises:
            ProviderUnavailableError: there is no answer, or the host must not be reached.
        """
        try:
            async with (
                httpx.AsyncClient(transport=self._open(), timeout=TIMEOUT_SECONDS, verify=_certificates()) as client,
                client.stream(method, url, **options) as response,
            ):
                return response.status_code, await _content(response)
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            raise ProviderUnavailableError(f"{_host(url)} does not answer: {type(error).__name__}") from error

    def _open(self) -> httpx.AsyncBaseTransport | None:
        if self._network is None:
            return self._transport
        return PinnedTransport(self._transport or httpx.AsyncHTTPTransport(verify=_certificates()), self._network)

    async def _request(self, method: str, url: str, **options: Any) -> Any:
        status, content = await self.send(method, url, **options)
        if 400 <= status < 500:
            raise ProviderRefusedError(f"The provider refused the request with status {status}. Please sign in again")
        if status >= 300:
            raise ProviderUnavailableError(f"{_host(url)} answered with status {status}")
        try:
            return msgspec.json.decode(content)
        except msgspec.DecodeError as error:
            raise ProviderUnavailableError(f"{_host(url)} did not answer with JSON") from error


async def _content(response: httpx.Response) -> bytes:
    content = bytearray()
    async for chunk in response.aiter_bytes():
        content += chunk
        if len(content) > MAX_ANSWER_BYTES:
            raise httpx.TransportError("The answer is too long")
    return bytes(content)


def _object(url: str, answer: Any) -> Json:
    if not isinstance(answer, dict):
        raise ProviderUnavailableError(f"{_host(url)} did not answer with a JSON object")
    return answer


def _host(url: str) -> str:
    """What may be said of a URL in an error: its query may hold a token."""
    return httpx.URL(url).host if "://" in url else "The provider"


def _remember(memory: dict[str, Any], key: str, value: Any) -> None:
    """Tenants may configure any number of addresses; the memory is bounded."""
    if len(memory) >= _MAX_REMEMBERED:
        memory.pop(next(iter(memory)))
    memory[key] = value


@lru_cache(maxsize=1)
def _certificates() -> ssl.SSLContext:
    """Read once: it takes longer than a request."""
    return httpx.create_ssl_context()
