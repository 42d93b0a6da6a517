# SPDX-License-Identifier: Apache-2.0
"""Applications give us their framework's request, or one that is wrapped already; functions work with the latter."""

from importlib import import_module
from typing import Any, cast

from twofold import _state
from twofold.exceptions import GeneralError
from twofold.framework.request import BaseRequest
from twofold.framework.types import Framework


def wrapped(request: Any) -> BaseRequest:
    """Return the request as the recipes know it.

    Raises:
        GeneralError: It is none of the framework that `init` was told.
    """
    if isinstance(request, BaseRequest):
        return request
    name = _state.current_app().app_info.framework
    # The framework is an optional dependency, and loaded only when it is the one in use.
    module = import_module(f"twofold.framework.{name}.framework")
    framework = cast(Framework, getattr(module, f"{name.capitalize()}Framework")())
    found = framework.wrap_request(request)
    if found is None:
        raise GeneralError(f"This is not a request of the framework {name}, which init was told to work with")
    return found
