# SPDX-License-Identifier: Apache-2.0
"""Prints what was checked, in the Test Anything Protocol: the test that runs the program reads it."""

import traceback
from collections.abc import Awaitable, Callable
from typing import Any

Story = Callable[[Any], Awaitable[None]]

_count = 0
_story = ""


def same(seen: object, wanted: object, what: str) -> None:
    """Check that two values are equal."""
    holds(seen == wanted, what, f"saw {seen!r}, wanted {wanted!r}")


def holds(condition: object, what: str, otherwise: str = "it is not so") -> None:
    """Check a condition; the first that fails ends the story."""
    if not condition:
        raise AssertionError(f"{what}: {otherwise}")
    _point("ok", what)


def kind(result: object) -> str:
    """Return the name of a result: many of this SDK's results have no status."""
    return type(result).__name__


async def raises(errors: type[Exception], call: Awaitable[object], what: str) -> None:
    """Check that a call fails with an error of this class."""
    try:
        await call
    except errors:
        _point("ok", what)
    else:
        raise AssertionError(f"{what}: no {errors.__name__}")


async def tell(world: object, *stories: Story) -> int:
    """Tell each story, also after one that failed; return the exit code of the program."""
    global _story
    failed = False
    for story in stories:
        _story, before = story.__name__, _count
        try:
            await story(world)
            if _count == before:
                raise AssertionError("nothing was checked")
        except Exception as error:  # noqa: BLE001 - whatever it is, it is reported
            failed = True
            _point("not ok", f"{type(error).__name__}: {error}")
            print(*(f"# {line}" for line in traceback.format_exc().splitlines()), sep="\n")
    print(f"1..{_count}")
    return int(failed)


def _point(result: str, what: str) -> None:
    global _count  # noqa: PLW0603 - as above
    _count += 1
    print(f"{result} {_count} - {_story}: {what}", flush=True)
