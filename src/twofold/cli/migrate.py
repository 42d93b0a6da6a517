# SPDX-License-Identifier: Apache-2.0
"""`twofold migrate`: bring a database up to date."""

import asyncio
from typing import Any

from twofold.cli.configuration import Configuration, configurable, read
from twofold.core.app import SCHEMA_FOLDERS, create_core
from twofold.core.storage.migrate import migrate as apply_migrations
from twofold.core.storage.migrate import pending


@configurable(["db"])
def migrate(*, check: bool = False, **options: Any) -> int:
    """Create or update the tables. Safe while older nodes serve, and when several nodes start it at once.

    Parameters
    ----------
    check
        Change nothing; list what would be applied and exit with status 1 if there is anything.
    """
    return asyncio.run(_migrate(read(options), check=check))


async def _migrate(configuration: Configuration, *, check: bool) -> int:
    core = create_core(configuration.server.db, configuration.settings)
    try:
        if check:
            waiting = await pending(core.services.database, SCHEMA_FOLDERS)
            print("\n".join(waiting) or "up to date")
            return int(bool(waiting))
        applied = await apply_migrations(core.services.database, SCHEMA_FOLDERS)
        await core.start()
        print("\n".join(f"applied {name}" for name in applied) or "up to date")
        return 0
    finally:
        await core.stop()
