# SPDX-License-Identifier: Apache-2.0
"""A domain with its scheme, in one spelling."""

from ipaddress import ip_address
from urllib.parse import urlsplit

from twofold.exceptions import GeneralError


class NormalisedURLDomain:
    """A domain in one spelling, such as `https://example.com`.

    Raises:
        GeneralError: it is not a domain.
    """

    def __init__(self, url: str) -> None:
        self._value = normalise_url_domain_or_throw_error(url)

    def get_as_string_dangerous(self) -> str:
        """Return scheme, host and port. The name is the incumbent's: nothing here is dangerous."""
        return self._value

    def __eq__(self, other: object) -> bool:
        return isinstance(other, NormalisedURLDomain) and self._value == other._value

    def __hash__(self) -> int:
        return hash(self._value)

    def __repr__(self) -> str:
        return f"NormalisedURLDomain({self._value!r})"


def normalise_url_domain_or_throw_error(input_str: str, ignore_protocol: bool = False) -> str:
    """Return `scheme://host[:port]` in lower case. Without a scheme: https, but http for localhost and IP addresses.

    Raises:
        GeneralError: it is not a domain.
    """
    text = input_str.strip().lower()
    has_scheme = text.startswith(("http://", "https://", "supertokens://"))
    if not has_scheme:
        if text.startswith("/") or not (("." in text) or text.startswith("localhost")):
            raise GeneralError("Please provide a valid domain name")
        text = "https://" + text
    try:
        parts = urlsplit(text)
        host, port = parts.hostname, parts.port
    except ValueError as error:
        raise GeneralError("Please provide a valid domain name") from error
    if not host:
        raise GeneralError("Please provide a valid domain name")
    scheme = parts.scheme
    if ignore_protocol or not has_scheme:
        scheme = "http" if _is_local(host) else "https"
    name = f"[{host}]" if ":" in host else host
    return f"{scheme}://{name}" + (f":{port}" if port is not None else "")


def _is_local(host: str) -> bool:
    return host.startswith("localhost") or is_an_ip_address(host)


def is_an_ip_address(host: str) -> bool:
    """Tell whether the host is an IPv4 or IPv6 literal."""
    try:
        ip_address(host)
    except ValueError:
        return False
    return True
