# SPDX-License-Identifier: Apache-2.0
"""Something that is done once, however many callers need it at the same moment, in whatever thread or event loop."""

import asyncio
import threading
from collections.abc import Awaitable, Callable
from concurrent.futures import Future


class Once:
    """Runs `action` until it has succeeded once."""

    def __init__(self, action: Callable[[], Awaitable[None]]) -> None:
        self._action = action
        self._lock = threading.Lock()
        self._running: Future[None] | None = None
        self.is_done = False

    async def run(self) -> None:
        """Do it, or wait for who does it. When it fails, all who waited are told why, and the next call tries again."""
        while not self.is_done:
            mine: Future[None] = Future()
            with self._lock:
                running = self._running = self._running or mine
            if running is mine:
                await self._run(mine)
            else:
                await asyncio.shield(asyncio.wrap_future(running))

    async def _run(self, mine: "Future[None]") -> None:
        try:
            await self._action()
        except Exception as error:
            self._running = None
            mine.set_exception(error)
            raise
        except BaseException:  # cancelled: one of those who wait takes over
            self._running = None
            mine.set_result(None)
            raise
        self.is_done = True
        mine.set_result(None)
