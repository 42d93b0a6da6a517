# SPDX-License-Identifier: Apache-2.0
"""A node that is killed in the middle of an import: another one finishes, and nobody is there twice or in part."""

import asyncio
import signal
from pathlib import Path

import pytest

from tests.core.recipe.calls import post, rows, run_jobs
from tests.core.storage.processes import start
from twofold.core.app import Core
from twofold.core.clock import TurnableClock
from twofold.core.recipe.bulkimport.rules import LEASE_MS
from twofold.core.storage.query import Query

USERS = 80
PASSWORD = "password1"
MADE_OR_WAITING = Query("SELECT (SELECT COUNT(*) FROM users) + (SELECT COUNT(*) FROM bulk_import_users)")
PROGRAM = Path(__file__).parent / "importing_process.py"


@pytest.mark.slow
async def test_another_node_finishes_for_a_killed_one(core: Core, database_url: str, clock: TurnableClock) -> None:
    """SIGKILL while passwords are hashed and users made: each user is there once afterwards, and signs in."""
    users = [
        {
            "externalUserId": f"ext{number}",
            "userMetadata": {"number": number},
            "loginMethods": [
                {"recipeId": "emailpassword", "email": f"{number}@example.com", "plainTextPassword": PASSWORD},
            ],
        }
        for number in range(USERS)
    ]
    await core.call("POST", "/bulk-import/users", body={"users": users})
    with start(str(PROGRAM), database_url) as process:
        async with asyncio.timeout(60):
            while len(await rows(core, "users")) < 3:  # noqa: ASYNC110 - it is another process that makes them
                await asyncio.sleep(0.01)
        process.kill()
    made = len(await rows(core, "users"))
    made_or_waiting = await core.services.database.fetch_value(MADE_OR_WAITING)
    await run_jobs(core, "bulkimport")
    clock.turn(seconds=LEASE_MS // 1000)
    await run_jobs(core, "bulkimport")

    assert process.returncode == -signal.SIGKILL
    assert made < USERS
    assert made_or_waiting == USERS
    assert await core.call("GET", "/bulk-import/users/count") == {"status": "OK", "count": 0}
    for table in ("users", "login_methods", "password_hashes", "user_metadata", "user_id_mappings"):
        assert len(await rows(core, table)) == USERS, table
    for number in (0, USERS - 1):
        signed_in = await post(core, "signin", {"email": f"{number}@example.com", "password": PASSWORD})
        assert signed_in["user"]["id"] == f"ext{number}"
