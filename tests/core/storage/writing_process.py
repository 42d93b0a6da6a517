# SPDX-License-Identifier: Apache-2.0
"""A process that writes: ``writing_process.py URL pairs NAME`` for ever, or ``writing_process.py URL count TIMES``.

The second says "ready" and begins when it is sent a line.
"""

import asyncio
import itertools
import sys

from tests.core.storage.sample import COUNT, HERE, count_up, inserting
from twofold.core.storage import Database, open_database

CLIENTS = 8


def say(line: str) -> None:
    """Tell the parent at once."""
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


async def write_pairs(database: Database, name: str) -> None:
    """Insert two rows in each transaction, and print its number once it is acknowledged."""

    async def write(client: int) -> None:
        for number in itertools.count():
            key = f"{name}-{client}-{number}"
            await database.transaction(inserting(f"{key}-a", f"{key}-b"))
            say(key)

    await asyncio.gather(*(write(client) for client in range(CLIENTS)))


async def count(database: Database, times: int) -> None:
    """Count the shared counter up, some clients at once, each one after the other."""

    async def client() -> None:
        for _ in range(times // CLIENTS):
            await database.transaction(count_up)

    await asyncio.gather(*(client() for _ in range(CLIENTS)))


async def main(url: str, what: str, argument: str) -> None:
    """Do what the command line says."""
    database = open_database(url)
    if what == "pairs":
        await write_pairs(database, argument)
    await database.fetch_value(COUNT, **HERE)
    say("ready")
    sys.stdin.readline()
    await count(database, int(argument))
    await database.close()


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
