# SPDX-License-Identifier: Apache-2.0
"""Modules that are imported when they are first used, for what is heavy and what few cores need.

Type checkers are shown the real one:

    if TYPE_CHECKING:
        from webauthn import helpers
    else:
        helpers = LazyModule("webauthn.helpers")

"""

import importlib
from typing import Any


class LazyModule:
    """Stands for a module until one of its names is asked for."""

    def __init__(self, name: str) -> None:
        self._name = name

    def __getattr__(self, attribute: str) -> Any:
        """The module's own; what was found once is found at once the next time."""
        value = getattr(importlib.import_module(self._name), attribute)
        setattr(self, attribute, value)
        return value
