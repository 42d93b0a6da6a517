# SPDX-License-Identifier: Apache-2.0
"""Old import path of the bridge from blocking to async code; see `_sync.py`."""

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any, Generic, ParamSpec, TypeVar

from twofold._sync import run

_T = TypeVar("_T")
Param = ParamSpec("Param")
RetType = TypeVar("RetType", covariant=True)  # noqa: PLC0105  # public name


def sync(co: Coroutine[Any, Any, _T]) -> _T:
    """Run a coroutine to its end from blocking code, also where a loop is running."""
    return run(co)


def create_or_get_event_loop() -> asyncio.AbstractEventLoop:
    """Return the running event loop, or make one for this thread."""
    try:
        return asyncio.get_running_loop()
    except RuntimeError:
        loop = asyncio.new_event_loop()
        asyncio.set_event_loop(loop)
        return loop


def nest_asyncio_enabled() -> bool:
    """Tell whether loops are patched to nest: never, blocking calls work in a running loop without it."""
    return False


class syncify(Generic[Param, RetType]):  # noqa: N801  # public name
    """Decorate an async function: calling it is async as before, `.sync(...)` is its blocking twin."""

    def __init__(self, func: Callable[Param, Coroutine[Any, Any, RetType]]) -> None:
        self.func = func

    def __call__(self, *args: Param.args, **kwargs: Param.kwargs) -> Coroutine[Any, Any, RetType]:
        """Return the coroutine."""
        return self.func(*args, **kwargs)

    def sync(self, *args: Param.args, **kwargs: Param.kwargs) -> RetType:
        """Run the function to its end."""
        return run(self.func(*args, **kwargs))
