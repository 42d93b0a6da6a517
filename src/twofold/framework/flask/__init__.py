# SPDX-License-Identifier: Apache-2.0
"""Flask: `Middleware(app)`, and a catch-all route, so that CORS headers are on replies to paths of ours, too."""

from .flask_middleware import Middleware

__all__ = ["Middleware"]
