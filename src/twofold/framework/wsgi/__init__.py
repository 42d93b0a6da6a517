# SPDX-License-Identifier: Apache-2.0
"""Any WSGI application (PEP 3333): `application = Middleware(application)`, and `init(framework="wsgi", …)`."""

from .wsgi_middleware import Middleware
from .wsgi_request import WsgiRequest

__all__ = ["Middleware", "WsgiRequest"]
