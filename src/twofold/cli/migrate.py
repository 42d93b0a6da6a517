# SPDX-License-Identifier: Apache-2.0
"""`twofold migrate`: bring a database up to date."""

import asyncio
from typing import Annotated

from cyclopts import Parameter

from twofold.cli.serve import DEFAULT_DATABASE
from twofold.core.app import SCHEMA_FOLDERS, create_core
from twofold.core.storage.migrate import migrate as apply_migrations
from twofold.core.storage.migrate import pending


def migrate(*, db: Annotated[str, Parameter(env_var="TWOFOLD_DB")] = DEFAULT_DATABASE, check: bool = False) -> int:
    """Create or update the tables. Safe while older nodes serve, and when several nodes start it at once.

    Parameters
    ----------
    db
        `sqlite:///file.db` or `postgresql://user:password@host/name`.
    check
        Change nothing; list what would be applied and exit with status 1 if there is anything.
    """
    return asyncio.run(_migrate(db, check=check))


async def _migrate(database_url: str, *, check: bool) -> int:
    core = create_core(database_url)
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
