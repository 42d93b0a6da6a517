# SPDX-License-Identifier: Apache-2.0
"""FastAPI as one of the frameworks."""

from typing import Any

from starlette.requests import HTTPConnection, Request

from twofold.framework.request import BaseRequest
from twofold.framework.types import Framework

from .fastapi_request import FastApiRequest


class FastapiFramework(Framework):
    """Wraps Starlette requests."""

    def wrap_request(self, unwrapped: Any) -> BaseRequest | None:
        """Return the wrapped request, or None when it is not Starlette's."""
        if isinstance(unwrapped, Request):
            return FastApiRequest(unwrapped)
        if isinstance(unwrapped, HTTPConnection):
            return FastApiRequest(Request(unwrapped.scope))
        return None
