# SPDX-License-Identifier: Apache-2.0
"""Sending that goes on after the answer.

Who asks for a mail to an address must not learn from the answer, nor from how long it takes, whether anybody has it.
"""

import asyncio
import logging
from collections.abc import Coroutine
from typing import Any

logger = logging.getLogger("twofold.ingredients")

# An event loop keeps no strong reference to its tasks.
_sending: set[asyncio.Task[None]] = set()


def send_unobserved(sending: Coroutine[Any, Any, None]) -> None:
    """Begin to send and return at once. What fails is logged; what has not ended when the process does is lost."""
    task = asyncio.get_running_loop().create_task(_logged(sending))
    _sending.add(task)
    task.add_done_callback(_sending.discard)


async def all_sent() -> None:
    """Wait for what was begun on this event loop."""
    loop = asyncio.get_running_loop()
    await asyncio.gather(*(task for task in _sending if task.get_loop() is loop))


async def _logged(sending: Coroutine[Any, Any, None]) -> None:
    try:
        await sending
    except Exception:
        logger.exception("a message could not be sent")
