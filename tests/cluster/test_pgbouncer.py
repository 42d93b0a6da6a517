# SPDX-License-Identifier: Apache-2.0
"""Nodes that reach PostgreSQL through PgBouncer in transaction mode, with a URL that says nothing of it."""

import asyncio

import asyncpg
import pytest

from tests.cluster.nodes import Node, RoundRobin, new_session, running, verify
from tests.plugins.pgbouncer import SERVER_CONNECTIONS
from twofold.core.app import SCHEMA_FOLDERS, create_core
from twofold.core.storage.migrate import read_migrations
from twofold.core.storage.query import Query

pytestmark = [pytest.mark.slow, pytest.mark.needs_pgbouncer, pytest.mark.timeout(600)]

PREPARED = "SELECT COUNT(*) FROM pg_prepared_statements"
SESSIONS = "SELECT COUNT(*) FROM sessions"
MIGRATIONS = "SELECT COUNT(*) FROM schema_migrations"


async def ask(url: str, sql: str) -> int:
    """Return the first value of a statement, asked past PgBouncer."""
    connection = await asyncpg.connect(url)
    try:
        value: int = await connection.fetchval(sql)
        return value
    finally:
        await connection.close()


async def test_nodes_start_at_once_and_serve(pgbouncer_url: str, postgres_url: str) -> None:
    """On an empty database all of them start; then more callers than server connections make and verify sessions."""
    nodes = [Node(pgbouncer_url) for _ in range(3)]
    async with running(*nodes), RoundRobin(nodes) as cluster:
        sessions = await asyncio.gather(*(new_session(cluster, f"u{n}") for n in range(10 * SERVER_CONNECTIONS)))
        verified = await asyncio.gather(*(verify(cluster, session) for session in sessions))

    assert {answer["status"] for answer in verified} == {"OK"}
    assert await ask(postgres_url, SESSIONS) == len(sessions)
    assert await ask(postgres_url, MIGRATIONS) == len(read_migrations(SCHEMA_FOLDERS))


async def test_nothing_is_prepared_behind_a_pooler(pgbouncer_url: str) -> None:
    """Transactions of one core go to several server connections, and leave nothing on them that the next would meet."""
    core = create_core(pgbouncer_url)
    await core.start()
    body = {"userId": "u", "userDataInJWT": {}, "userDataInDatabase": {}, "enableAntiCsrf": False}
    made = await asyncio.gather(*(core.call("POST", "/recipe/session", body=body) for _ in range(50)))
    listed = await core.call("GET", "/recipe/session/user", query={"userId": "u"})
    await core.stop()

    assert len(listed["sessionHandles"]) == len(made)


async def test_direct_connections_keep_their_statements(postgres_url: str) -> None:
    """Without a pooler in between, statements stay prepared: that is what makes them fast."""
    core = create_core(postgres_url)
    await core.start()
    await asyncio.gather(*(core.call("GET", "/recipe/session/user", query={"userId": "u"}) for _ in range(3)))
    prepared = await core.services.database.fetch_value(Query(PREPARED))
    await core.stop()

    assert prepared > 0
