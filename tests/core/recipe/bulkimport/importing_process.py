# SPDX-License-Identifier: Apache-2.0
"""A node that imports whoever waits: ``importing_process.py URL``."""

import asyncio
import sys

from twofold.core.app import create_core
from twofold.core.recipe.bulkimport import rules


async def main(database_url: str) -> None:
    """Run the job once."""
    core = create_core(database_url)
    await core.start()
    await rules.import_waiting(core.services)
    await core.stop()


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1]))
