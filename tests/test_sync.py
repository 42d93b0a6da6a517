# SPDX-License-Identifier: Apache-2.0
"""Blocking twins of async functions: in threads, in a running loop, inside themselves, after a fork."""

import asyncio
import contextvars
import inspect
import multiprocessing
from concurrent.futures import ThreadPoolExecutor

import pytest

from twofold._sync import blocking

current: contextvars.ContextVar[str] = contextvars.ContextVar("current")


async def double(number: int, *, factor: int = 2) -> int:
    """Multiply, after giving up control once."""
    await asyncio.sleep(0)
    return number * factor


async def nested(number: int) -> int:
    """Call a blocking twin from async code."""
    return blocking(double)(number)


def double_in_this_process(number: int) -> int:
    """Call a blocking twin, in a forked process."""
    return blocking(double)(number)


def test_twin_looks_like_the_function() -> None:
    """Name, parameters and docstring are those of the async function."""
    twin = blocking(double)

    assert inspect.signature(twin) == inspect.signature(double)
    assert twin.__doc__ == double.__doc__


def test_twin_works_in_many_threads() -> None:
    """Threads without a loop may call at once."""
    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(blocking(double), range(50))) == [2 * number for number in range(50)]


async def test_twin_works_inside_a_running_loop() -> None:
    """An async view may call a blocking function: it waits, nothing fails."""
    assert blocking(double)(3, factor=5) == 15


def test_twin_works_inside_itself() -> None:
    """An override that calls a blocking function from within a blocking call does not wait for itself for ever."""
    assert blocking(nested)(4) == 8


def test_context_variables_are_seen() -> None:
    """A framework's current request, kept in a context variable, is seen by overrides."""

    async def read() -> str:
        return current.get()

    current.set("request")

    assert blocking(read)() == "request"


def test_errors_come_through() -> None:
    """The caller gets the error of the function."""

    async def fail() -> None:
        raise LookupError("gone")

    with pytest.raises(LookupError, match="gone"):
        blocking(fail)()


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_twin_works_after_a_fork() -> None:
    """A pre-forking server may have called one before it forked: the child starts a thread of its own."""
    assert blocking(double)(1) == 2

    with multiprocessing.get_context("fork").Pool(1) as pool:
        assert pool.apply(double_in_this_process, (21,)) == 42
