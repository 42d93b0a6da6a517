# SPDX-License-Identifier: Apache-2.0
"""Django as one of the frameworks."""

from typing import Any

from twofold.framework.request import BaseRequest
from twofold.framework.types import Framework

from .django_request import DjangoRequest, is_request


class DjangoFramework(Framework):
    """Wraps requests of Django and of Django REST framework."""

    def wrap_request(self, unwrapped: Any) -> BaseRequest | None:
        """Return the wrapped request, or None when it is not Django's."""
        return DjangoRequest(unwrapped) if is_request(unwrapped) else None
