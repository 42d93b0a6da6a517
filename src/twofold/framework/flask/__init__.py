# SPDX-License-Identifier: Apache-2.0
"""Flask: `Middleware(app)`. Extensions for CORS see our replies, preflights included, as those of views."""

from .flask_middleware import Middleware

__all__ = ["Middleware"]
