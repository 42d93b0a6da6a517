# SPDX-License-Identifier: Apache-2.0
"""How a native request becomes a `BaseRequest`."""

from abc import ABC, abstractmethod
from enum import Enum
from typing import Any

from .request import BaseRequest

frameworks = ["fastapi", "flask", "django", "wsgi"]


class FrameworkEnum(Enum):
    """The web frameworks."""

    FASTAPI = 1
    FLASK = 2
    DJANGO = 3
    WSGI = 4


class Framework(ABC):
    """One web framework."""

    @abstractmethod
    def wrap_request(self, unwrapped: Any) -> BaseRequest | None:
        """Return the wrapped request, or None when it is not of this framework."""
