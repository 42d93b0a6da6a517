# SPDX-License-Identifier: Apache-2.0
"""The request that is being answered: what log lines, metrics and traces say of it."""

import re
import secrets
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Final

REQUEST_ID_HEADER: Final = "x-request-id"

_METHODS: Final = frozenset({"GET", "POST", "PUT", "DELETE", "HEAD", "OPTIONS", "PATCH"})
_WELL_FORMED: Final = re.compile(r"[A-Za-z0-9._:=+/@-]{1,128}")


@dataclass(slots=True)
class CurrentRequest:
    """One request. Has nothing of its query, headers or body: they hold secrets.

    route: the path of the endpoint, without base path, app and tenant; None when there is no such endpoint.
    status: of the answer, once it has begun.
    """

    request_id: str
    method: str
    path: str
    app_id: str
    tenant_id: str
    route: str | None
    status: int | None = None

    @property
    def known_method(self) -> str:
        """The method, or `_OTHER` for one that a caller made up: names of metrics and spans must not be theirs."""
        return self.method if self.method in _METHODS else "_OTHER"


current_request: Final[ContextVar[CurrentRequest | None]] = ContextVar("current_request", default=None)
"""Set while a request is answered."""


def request_id_of(given: str | None) -> str:
    """The id that a proxy or a client gave the request, if it can be written into a log as it is; else a new one."""
    return given if given is not None and _WELL_FORMED.fullmatch(given) else secrets.token_hex(16)
