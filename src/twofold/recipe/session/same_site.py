# SPDX-License-Identifier: Apache-2.0
"""Are two origins the same site? Decides the SameSite attribute of session cookies and the need of anti-CSRF.

"Site" is what browsers mean by it: scheme and registrable domain, by the public suffix list with its private part
(two customers of `github.io` are two sites). The list is the snapshot inside `tldextract`; the network is never asked.
"""

from functools import lru_cache
from urllib.parse import urlsplit

from twofold._public_suffixes import public_suffix_list
from twofold.normalised_url_domain import is_an_ip_address
from twofold.recipe.session.constants import SameSite

LOCALHOST = "localhost"


class UnknownSite(ValueError):
    """The host has no registrable domain; the configured domains are wrong."""


@lru_cache(maxsize=1024)
def same_site_attribute(api_origin: str, website_origin: str) -> SameSite:
    """Return `lax` when cookies of the API reach it from the website anyway, else `none`.

    Raises:
        UnknownSite: One of the origins has no registrable domain.
    """
    same_scheme = urlsplit(api_origin).scheme == urlsplit(website_origin).scheme
    return "lax" if same_scheme and registrable_domain(api_origin) == registrable_domain(website_origin) else "none"


@lru_cache(maxsize=1024)
def registrable_domain(origin: str) -> str:
    """Return the host's public suffix plus one label; `localhost` for local hosts and IP addresses.

    Raises:
        UnknownSite: The host is a public suffix itself, or no host name at all.
    """
    host = urlsplit(origin).hostname or ""
    if is_local(host):
        return LOCALHOST
    found = public_suffix_list(with_private_part=True)(host)
    if found.domain and found.suffix:
        return f"{found.domain}.{found.suffix}"
    # Load balancers and buckets of AWS are listed as private suffixes, and serve applications under the bare name.
    if found.suffix == host and host.endswith(".amazonaws.com"):
        return host
    raise UnknownSite("Please make sure that the apiDomain and websiteDomain have correct values")


def is_local(host: str) -> bool:
    """Say whether `host` is `localhost` (or begins so) or an IP address."""
    return host.startswith(LOCALHOST) or is_an_ip_address(host)
