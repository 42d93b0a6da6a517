# SPDX-License-Identifier: Apache-2.0
"""Where to go after signing in: only to a page of this site.

The address comes from the query, so anybody may have written it. Browsers read addresses by the WHATWG URL standard,
not by RFC 3986: they drop tabs and line ends, and take a backslash for a slash. Whatever they could read as another
host is refused here, not repaired.
"""

from urllib.parse import quote, urlsplit

MAXIMUM_LENGTH = 2000
_KEPT = "/?&=%:@!$'()*+,;~-._[]"


def local_path(address: str | None) -> str | None:
    """Return `address` as a path (with query) of this site in pure ASCII, or `None` when it is not surely one."""
    if address is None or not 0 < len(address) <= MAXIMUM_LENGTH:
        return None
    if not address.startswith("/") or address.startswith("//") or "\\" in address or not address.isprintable():
        return None
    if "#" in address or " " in address:
        return None
    try:
        parts = urlsplit(address)
        encoded = quote(address, safe=_KEPT)
    except ValueError:  # UnicodeError of a lone surrogate is one
        return None
    if parts.scheme or parts.netloc or _climbs(parts.path):
        return None
    return encoded


def _climbs(path: str) -> bool:
    """Tell whether resolving `.` and `..` could leave a path that begins with two slashes, which reads as a host."""
    segments = path.lower().replace("%2e", ".").split("/")
    return any(segment in (".", "..") for segment in segments)
