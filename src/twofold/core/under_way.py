# SPDX-License-Identifier: Apache-2.0
"""Tells who is alone with what they do in this process, so that they need not ask the database."""

from collections import Counter
from collections.abc import Generator
from contextlib import contextmanager
from threading import Lock


class UnderWay:
    """Counts who is busy with what. Calls may come from several threads and event loops."""

    def __init__(self) -> None:
        self._busy: Counter[str] = Counter()
        self._lock = Lock()

    @contextmanager
    def entered(self, what: str) -> Generator[bool]:
        """Be busy with something while the block runs; whether nobody else was when it began."""
        with self._lock:
            self._busy[what] += 1
            is_alone = self._busy[what] == 1
        try:
            yield is_alone
        finally:
            with self._lock:
                self._busy[what] -= 1
                if not self._busy[what]:
                    del self._busy[what]
