# SPDX-License-Identifier: Apache-2.0
"""Splits the path of a request: `[base path][/appid-<id>][/<tenant>]<path of an endpoint>`."""

import re
from collections.abc import Callable

from twofold.core._record import Record
from twofold.core.tenancy.names import PUBLIC, RESERVED_TENANT_IDS

_SLASHES = re.compile("/{2,}")
_APP = re.compile("/appid-([a-z0-9-]*)(?=/|$)")
_TENANT = re.compile("/([a-z0-9-]+)(?=/|$)")


class Location(Record, frozen=True):
    """Where a request goes. `path` is None when no endpoint has it."""

    app_id: str
    tenant_id: str
    path: str | None


def locate(path: str, base_path: str, has_path: Callable[[str], bool]) -> Location:
    """Find app, tenant and endpoint path. Letter case, doubled slashes and one slash at the end do not count."""
    if not base_path and has_path(path):
        return Location(PUBLIC, PUBLIC, path)
    rest = _SLASHES.sub("/", path.lower()).rstrip("/")
    if base_path:
        if rest != base_path and not rest.startswith(base_path + "/"):
            return Location(PUBLIC, PUBLIC, None)
        rest = rest[len(base_path) :]
    return _split(rest, has_path)


def normalise_base_path(text: str | None) -> str:
    """A configured base path with one slash in front and none behind. Raises ValueError when it holds a space."""
    path = _SLASHES.sub("/", "/" + (text or "")).rstrip("/").lower()
    if " " in path:
        raise ValueError("Invalid characters in base_path config")
    return path


def _split(rest: str, has_path: Callable[[str], bool]) -> Location:
    if has_path(rest or "/"):
        return Location(PUBLIC, PUBLIC, rest or "/")
    app_id = PUBLIC
    if found := _APP.match(rest):
        app_id, rest = found[1] or PUBLIC, rest[found.end() :]
    if has_path(rest or "/"):
        return Location(app_id, PUBLIC, rest or "/")
    found = _TENANT.match(rest)
    if found is None:
        return Location(app_id, PUBLIC, None)
    tenant_id = PUBLIC if found[1] in RESERVED_TENANT_IDS else found[1]
    path = rest[found.end() :] or "/"
    return Location(app_id, tenant_id, path) if has_path(path) else Location(app_id, PUBLIC, None)
