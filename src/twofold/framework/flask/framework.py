# SPDX-License-Identifier: Apache-2.0
"""Flask as one of the frameworks."""

from typing import Any

from flask import Request

from twofold.framework.request import BaseRequest
from twofold.framework.types import Framework

from .flask_request import FlaskRequest, native


class FlaskFramework(Framework):
    """Wraps Flask requests, and the proxy `flask.request`."""

    def wrap_request(self, unwrapped: Any) -> BaseRequest | None:
        """Return the wrapped request, or None when it is not Flask's."""
        return FlaskRequest(unwrapped) if isinstance(native(unwrapped), Request) else None
