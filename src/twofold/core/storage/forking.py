# SPDX-License-Identifier: Apache-2.0
"""Keeps databases whole when a server forks workers: threads and connections stay with the parent.

Threads do not exist in a forked child, and a lock or a SQLite mutex that one of them held at that moment would stay
locked there for ever. So before a fork every database comes to rest, and in the child each begins anew.
"""

import os
from typing import Final, Protocol
from weakref import WeakSet


class Forkable(Protocol):
    """Something with threads or sockets that must survive `os.fork`."""

    def before_fork(self) -> None:
        """Come to rest: no lock held, nothing half done, until one of the two calls below."""
        ...

    def after_fork_in_parent(self) -> None:
        """Go on."""
        ...

    def after_fork_in_child(self) -> None:
        """Forget, without closing, every thread and connection: they belong to the parent."""
        ...


# Python has no way to take back a fork handler: one handler, for the databases that still live.
_living: Final[WeakSet[Forkable]] = WeakSet()
_resting: Final[list[Forkable]] = []


def watch(database: Forkable) -> None:
    """Call `database` before and after every fork, as long as it lives."""
    _living.add(database)


def _before() -> None:
    for database in list(_living):
        database.before_fork()
        _resting.append(database)


def _after_in_parent() -> None:
    while _resting:
        _resting.pop().after_fork_in_parent()


def _after_in_child() -> None:
    while _resting:
        _resting.pop().after_fork_in_child()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(before=_before, after_in_parent=_after_in_parent, after_in_child=_after_in_child)
