# SPDX-License-Identifier: Apache-2.0
"""Answers that must not tell by their time whether there is an account come in steps of time.

What is done for an account that exists and for one that does not takes nearly, but not quite, the same time. Waiting
for the next step hides the rest; what it would take to see it nevertheless, thousands of questions about one address,
budgets do not allow (`core/recipe/abuse`).
"""

import asyncio
from typing import Final

STEP_SECONDS: Final = 0.05


def now() -> float:
    """Return the time by the running loop's clock, in seconds."""
    return asyncio.get_running_loop().time()


async def next_step(began: float) -> None:
    """Wait until a whole number of steps has passed since `began`."""
    await asyncio.sleep(STEP_SECONDS - (now() - began) % STEP_SECONDS)
