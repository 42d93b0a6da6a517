# SPDX-License-Identifier: Apache-2.0
"""Runs async functions from blocking code.

The coroutine runs on an event loop in a thread of our own, never on the caller's: it works in threads without a loop,
in the thread of a running loop (which then waits), and after a fork, where a new thread is started. The caller's
context variables are seen inside, so that a framework's "current request" works in overrides.

A blocking call made from inside our own loop (an async override that calls a `syncio` function) runs on one more loop:
it works, and costs a thread for its duration. Such code should call the `asyncio` twin.
"""

import asyncio
import contextvars
import functools
import os
import threading
from collections.abc import Callable, Coroutine
from concurrent.futures import Future
from typing import Any, ParamSpec, TypeVar

P = ParamSpec("P")
T = TypeVar("T")


class _LoopThread:
    """An event loop in a daemon thread."""

    def __init__(self) -> None:
        self.loop = asyncio.new_event_loop()
        self.thread = threading.Thread(target=self._run, name="twofold-blocking", daemon=True)
        self.thread.start()

    def _run(self) -> None:
        asyncio.set_event_loop(self.loop)
        self.loop.run_forever()
        self.loop.run_until_complete(self.loop.shutdown_asyncgens())
        self.loop.close()

    def run(self, coroutine: Coroutine[Any, Any, T]) -> T:
        """Run to the end and return the result; cancel the coroutine when the caller is interrupted."""
        done: Future[T] = Future()
        tasks: list[asyncio.Task[None]] = []
        context = contextvars.copy_context()

        async def finish() -> None:
            try:
                done.set_result(await coroutine)
            except BaseException as error:  # noqa: BLE001  # handed to the caller, whatever it is
                done.set_exception(error)

        self.loop.call_soon_threadsafe(lambda: tasks.append(self.loop.create_task(finish(), context=context)))
        try:
            return done.result()
        except KeyboardInterrupt:
            self.loop.call_soon_threadsafe(lambda: [task.cancel() for task in tasks])
            raise

    def stop(self) -> None:
        """End the thread and close the loop."""
        self.loop.call_soon_threadsafe(self.loop.stop)
        self.thread.join()


_lock = threading.Lock()
_shared: _LoopThread | None = None


def run(coroutine: Coroutine[Any, Any, T]) -> T:
    """Run a coroutine to its end from blocking code."""
    shared = _shared_thread()
    if threading.current_thread() is not shared.thread and threading.current_thread().name != _NESTED:
        return shared.run(coroutine)
    return _run_on_a_loop_of_its_own(coroutine)


def blocking(function: Callable[P, Coroutine[Any, Any, T]]) -> Callable[P, T]:
    """Return the blocking twin of an async function: same parameters, same result, same errors."""

    @functools.wraps(function)
    def twin(*args: P.args, **kwargs: P.kwargs) -> T:
        return run(function(*args, **kwargs))

    return twin


_NESTED = "twofold-blocking-nested"


def _run_on_a_loop_of_its_own(coroutine: Coroutine[Any, Any, T]) -> T:
    done: Future[T] = Future()
    context = contextvars.copy_context()

    def work() -> None:
        try:
            done.set_result(context.run(asyncio.run, coroutine))
        except BaseException as error:  # noqa: BLE001  # handed to the caller, whatever it is
            done.set_exception(error)

    threading.Thread(target=work, name=_NESTED, daemon=True).start()
    return done.result()


def _shared_thread() -> _LoopThread:
    global _shared  # noqa: PLW0603  # the one loop of this process
    with _lock:
        if _shared is None:
            _shared = _LoopThread()
        return _shared


def _forget_after_fork() -> None:
    global _lock, _shared
    # Threads do not survive a fork, and the lock may have been held by one of them.
    _lock, _shared = threading.Lock(), None


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_forget_after_fork)
