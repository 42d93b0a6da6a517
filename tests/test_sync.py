# SPDX-License-Identifier: Apache-2.0
"""Blocking twins of async functions: in threads, in a running loop, inside themselves, after a fork."""

import asyncio
import contextvars
import inspect
import multiprocessing
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.fake_core import APP_INFO
from tests.plugins.places import CoreServer
from twofold import _state
from twofold._app_info import SupertokensConfig
from twofold._core_http import HttpTransport
from twofold._sync import blocking
from twofold.core.app import create_core
from twofold.recipe import session, userroles
from twofold.recipe.userroles import syncio as roles
from twofold.supertokens import connect_app

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


@pytest.fixture
def core_elsewhere(core_server: CoreServer, sqlite_url: str) -> Iterator[None]:
    """An application whose core is behind a socket; connections to it are open."""
    transport = HttpTransport(core_server.add(create_core(sqlite_url)), APP_INFO)
    connect_app(APP_INFO, [session.init(), userroles.init()], SupertokensConfig(), transport)
    assert add_role("first") == 1
    yield
    blocking(transport.stop)()
    _state.set_current_app(None)


def add_role(name: str) -> int:
    """Ask the core with blocking calls, twice; how many roles there are."""
    roles.create_new_role_or_add_permissions(name, [])
    return len(roles.get_all_roles().roles)


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_a_core_elsewhere_is_called_in_threads_and_after_a_fork(core_elsewhere: None) -> None:
    """Threads share connections; a forked process makes its own: on its parent's it would read others' answers."""
    with ThreadPoolExecutor(8) as threads:
        assert max(threads.map(add_role, [f"role-{number}" for number in range(20)])) == 21

    with multiprocessing.get_context("fork").Pool(2) as processes, ThreadPoolExecutor(8) as threads:
        ours = threads.map(add_role, [f"ours-{number}" for number in range(20)])
        theirs = processes.map(add_role, [f"theirs-{number}" for number in range(20)])
        assert max(*ours, *theirs) == 61


async def test_a_core_elsewhere_is_called_inside_a_running_loop(core_elsewhere: None) -> None:
    """By a blocking call in an async view."""
    assert add_role("second") == 2
