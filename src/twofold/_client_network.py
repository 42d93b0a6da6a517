# SPDX-License-Identifier: Apache-2.0
"""From which network a request comes: what budgets of the core are kept by. Nothing a client writes can change it.

`X-Forwarded-For` is a list to which each proxy adds the address that it was asked from; whatever stands before that the
client may have written itself. So the client is the entry that the outermost of the application's own proxies added,
and the application says how many those are (`trusted_proxies`).
"""

from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address

from twofold import _state
from twofold._user_context import default_part, get_request_from_user_context
from twofold._wire import Json
from twofold.types.base import UserContext

IPV6_PREFIX = 64
"""Who has one IPv6 address has all of this prefix."""

_SESSION_HANDLE = "session_handle"


def client_network(addresses: list[str], trusted_proxies: int) -> str | None:
    """Return the network of a client: an IPv4 address, or the /64 of an IPv6 address; None when it is not known.

    Without trusted proxies the peer is the client, unless its address is of the machine or the local network: then it
    is a proxy that nobody told us about, and everybody would seem to be one client.

    Args:
        addresses: those of `X-Forwarded-For`, and the peer's last.
        trusted_proxies: how many of them, from the end, are proxies of the application.
    """
    if not addresses:
        return None
    is_behind_proxies = trusted_proxies > 0 and len(addresses) > trusted_proxies
    found = _address(addresses[-1 - trusted_proxies] if is_behind_proxies else addresses[-1])
    if found is None or (not is_behind_proxies and (found.is_private or found.is_loopback)):
        return None
    return str(IPv6Network((found, IPV6_PREFIX), strict=False)) if isinstance(found, IPv6Address) else str(found)


def network_field(user_context: UserContext) -> Json:
    """Return the field that tells our core the network of the client of a request; a core of others ignores it."""
    request = get_request_from_user_context(user_context)
    app = _state.current_app_or_none()
    if request is None or app is None:
        return {}
    network = client_network(request.get_addresses(), app.app_info.trusted_proxies)
    return {} if network is None else {"clientNetwork": network}


def session_field(user_context: UserContext) -> Json:
    """Return the field that tells our core in which session a code was typed; a core of others ignores it."""
    handle = default_part(user_context).get(_SESSION_HANDLE)
    return {} if handle is None else {"clientSession": handle}


def remember_session(session_handle: str, user_context: UserContext) -> None:
    """Keep the session of a request for `session_field`."""
    default_part(user_context)[_SESSION_HANDLE] = session_handle


def _address(text: str) -> IPv4Address | IPv6Address | None:
    """Read an address, also one with a port; an IPv4 address that is written as IPv6 is one."""
    bare = text.strip()
    if bare.startswith("["):
        bare = bare[1:].partition("]")[0]
    elif bare.count(":") == 1:
        bare = bare.partition(":")[0]
    try:
        found = ip_address(bare)
    except ValueError:
        return None
    return getattr(found, "ipv4_mapped", None) or found
