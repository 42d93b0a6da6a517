# SPDX-License-Identifier: Apache-2.0
"""Requests that can reach the Internet, and nothing of this server's own network.

A host's name is looked up once, every address of it is judged, and the connection goes to an address that was judged:
a name that answers differently a moment later (DNS rebinding) changes nothing. Certificates are checked for the name.
Proxies named in the environment are not used, since they would do the looking up.
"""

import asyncio
import socket
from collections.abc import Awaitable, Callable, Sequence
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

import httpx

from twofold.exceptions import GeneralError

from .exceptions import ProviderUnavailableError

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network
LookUp = Callable[[str], Awaitable[list[str]]]

LOOK_UP_SECONDS = 5.0
# RFC 6052: an IPv4 address behind a translator, in the last four bytes.
_TRANSLATED = ip_network("64:ff9b::/96")


async def addresses_of(host: str) -> list[str]:
    """Return the addresses of a host."""
    found = await asyncio.get_running_loop().getaddrinfo(host, None, type=socket.SOCK_STREAM)
    return [str(address[0]).partition("%")[0] for *_, address in found]


class PublicNetwork:
    """Knows which hosts are on the Internet.

    Args:
        allowed: Networks that may be reached though they are private, as `10.1.0.0/16`.
        look_up: Returns the addresses of a host, for tests.

    Raises:
        GeneralError: one of `allowed` is no network.
    """

    def __init__(self, allowed: Sequence[str] = (), look_up: LookUp = addresses_of) -> None:
        self._allowed = [_network(text) for text in allowed]
        self._look_up = look_up

    async def address_of(self, host: str) -> str:
        """Return an address of the host.

        Raises:
            ProviderUnavailableError: the host has no address, or one that must not be reached.
        """
        try:
            found = await asyncio.wait_for(self._look_up(host), LOOK_UP_SECONDS)
        except (OSError, TimeoutError, UnicodeError) as error:
            raise ProviderUnavailableError(f"{host} has no address") from error
        # All of them: whoever names one private address beside a public one is up to something.
        if not found or not all(self._is_allowed(ip_address(text)) for text in found):
            raise ProviderUnavailableError(
                f"{host} is not on the Internet. A provider that a tenant configured may be in a private network only "
                "if thirdparty.init(tenant_provider_networks=[...]) names that network"
            )
        return found[0]

    def _is_allowed(self, address: Address) -> bool:
        address = _unwrapped(address)
        is_public = address.is_global and not address.is_multicast
        return is_public or any(address in network for network in self._allowed)


class PinnedTransport(httpx.AsyncBaseTransport):
    """Sends requests to the address that was judged, whatever the name leads to meanwhile."""

    def __init__(self, inner: httpx.AsyncBaseTransport, network: PublicNetwork) -> None:
        self._inner = inner
        self._network = network

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Send a request; errors as `PublicNetwork.address_of`."""
        host = request.url.host
        request.extensions = {**request.extensions, "sni_hostname": host}
        # The Host header was made of the name already.
        request.url = request.url.copy_with(host=await self._network.address_of(host))
        return await self._inner.handle_async_request(request)

    async def aclose(self) -> None:
        """Close the inner transport."""
        await self._inner.aclose()


def _unwrapped(address: Address) -> Address:
    """The IPv4 address that an IPv6 address leads to, if it does."""
    if isinstance(address, IPv4Address):
        return address
    if address in _TRANSLATED:
        return IPv4Address(int(address) & 0xFFFFFFFF)
    return address.ipv4_mapped or address.sixtofour or address


def _network(text: str) -> Network:
    try:
        return ip_network(text)
    except ValueError as error:
        raise GeneralError(f"tenant_provider_networks: {text!r} is no network; write one as 10.1.0.0/16") from error
