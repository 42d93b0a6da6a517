# SPDX-License-Identifier: Apache-2.0
"""FastAPI and Starlette: `app.add_middleware(get_middleware())`; add CORS middleware after it."""

from .fastapi_middleware import get_middleware

__all__ = ["get_middleware"]
