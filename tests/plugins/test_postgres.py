# SPDX-License-Identifier: Apache-2.0
"""The databases that tests are given."""

from pathlib import Path

import asyncpg

from tests.plugins.postgres import running_server, with_database


async def test_database_is_empty(postgres_url: str) -> None:
    """Each test has a database of its own, with nothing in it."""
    connection = await asyncpg.connect(postgres_url)
    tables = await connection.fetchval("SELECT count(*) FROM pg_tables WHERE schemaname = 'public'")
    await connection.close()

    assert tables == 0


async def test_own_server_keeps_its_promises(tmp_path: Path) -> None:
    """A server for tests of durability flushes to disk, as PostgreSQL does by default."""
    with running_server(tmp_path / "postgres") as url:
        connection = await asyncpg.connect(url)
        settings = [await connection.fetchval(f"SHOW {name}") for name in ("fsync", "synchronous_commit")]
        await connection.close()

    assert settings == ["on", "on"]


def test_url_keeps_its_socket_and_user() -> None:
    """Naming another database changes nothing else in the URL."""
    assert with_database("postgresql://me@/postgres?host=/tmp/x", "one") == "postgresql://me@/one?host=/tmp/x"
    assert with_database("postgresql://me:pw@db:5432/postgres", "one") == "postgresql://me:pw@db:5432/one"
