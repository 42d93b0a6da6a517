# SPDX-License-Identifier: Apache-2.0
"""Whether this node can answer: its database can be reached and has every table it needs."""

import asyncio
import logging
import time
from typing import Final

from twofold.core.app import SCHEMA_FOLDERS, Core
from twofold.core.storage.database import StorageError
from twofold.core.storage.migrate import pending
from twofold.core.storage.query import Query

PING: Final = Query("SELECT 1")
TIMEOUT_SECONDS: Final = 3.0
# Anybody may ask, as often as they like: the database is asked once for all who ask within this time.
REMEMBERED_SECONDS: Final = 1.0

logger = logging.getLogger("twofold.core")


class Health:
    """The answer for load balancers. Belongs to one event loop."""

    def __init__(self, core: Core, timeout_seconds: float = TIMEOUT_SECONDS) -> None:
        self._core = core
        self._timeout_seconds = timeout_seconds
        self._lock = asyncio.Lock()
        self._asked_at = -REMEMBERED_SECONDS
        self._is_ready = True
        self._has_schema = False

    async def is_ready(self) -> bool:
        """Tell whether requests can be answered. Never raises; why not is logged when it begins."""
        async with self._lock:
            if time.monotonic() - self._asked_at >= REMEMBERED_SECONDS:
                reason = await self._why_not()
                if reason is not None and self._is_ready:
                    logger.warning("not ready: %s", reason)
                self._is_ready = reason is None
                self._asked_at = time.monotonic()
            return self._is_ready

    async def _why_not(self) -> str | None:
        database = self._core.services.database
        try:
            async with asyncio.timeout(self._timeout_seconds):
                if self._has_schema:  # tables never go
                    await database.fetch_one(PING)
                    return None
                waiting = await pending(database, SCHEMA_FOLDERS)
        except TimeoutError:
            return f"the database did not answer within {self._timeout_seconds} seconds"
        except StorageError as error:
            return str(error)
        self._has_schema = not waiting
        return f"run `twofold migrate`: {', '.join(waiting)}" if waiting else None
