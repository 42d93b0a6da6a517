# SPDX-License-Identifier: Apache-2.0
"""``forking_process.py URL``: a server that has used its database, forks workers, and goes on using it in all."""

import asyncio
import os
import sys

from tests.core.storage.sample import count_up
from twofold.core.storage import Database, open_database

WORKERS = 3
TIMES = 20


async def count(database: Database) -> None:
    """Count the shared counter up, all at once."""
    await asyncio.gather(*(database.transaction(count_up) for _ in range(TIMES)))


async def work(database: Database) -> None:
    """What a worker does: use the database and close it."""
    await count(database)
    await database.close()


def main(url: str) -> int:
    """Count before the forks, in every worker, and after the forks. Return how many processes failed."""
    database = open_database(url)
    asyncio.run(count(database))
    children: list[int] = []
    for _ in range(WORKERS):
        child = os.fork()
        if child == 0:
            asyncio.run(work(database))
            sys.exit()
        children.append(child)
    asyncio.run(work(database))
    return sum(os.waitpid(child, 0)[1] != 0 for child in children)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
