# SPDX-License-Identifier: Apache-2.0
"""WSGI as one of the frameworks."""

from typing import Any

from twofold.framework.request import BaseRequest
from twofold.framework.types import Framework

from .wsgi_request import WsgiRequest


class WsgiFramework(Framework):
    """Wraps environments, and requests of frameworks that keep theirs in `environ` (Bottle, Pyramid, Werkzeug)."""

    def wrap_request(self, unwrapped: Any) -> BaseRequest | None:
        """Return the wrapped request, or None when it has no environment."""
        environ = unwrapped if isinstance(unwrapped, dict) else getattr(unwrapped, "environ", None)
        return WsgiRequest(environ) if isinstance(environ, dict) and "wsgi.version" in environ else None
