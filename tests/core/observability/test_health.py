# SPDX-License-Identifier: Apache-2.0
"""`/health`: for load balancers, without a key, and without a word to strangers."""

import asyncio
from typing import Any

import pytest

from tests.core.observability.http import ask
from twofold.core.app import Core, create_core
from twofold.core.config import Settings
from twofold.core.observability import health
from twofold.core.observability.asgi import ObservedASGI
from twofold.core.observability.health import Health
from twofold.core.storage.database import DatabaseUnavailable
from twofold.core.storage.query import Query


@pytest.fixture(autouse=True)
def _no_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(health, "REMEMBERED_SECONDS", 0.0)


async def test_a_node_that_can_answer_says_so(core: Core) -> None:
    """Database and tables are there."""
    reply = await ask(ObservedASGI(core), "GET", "/health")

    assert (reply.status, reply.text) == (200, '{"status":"OK"}')
    assert reply.headers["content-type"] == "application/json"
    assert reply.headers["cache-control"] == "no-store"


@pytest.mark.parametrize("database", ["sqlite_url", "postgres_url"])
async def test_tables_that_are_missing_make_a_node_unready(
    database: str, request: pytest.FixtureRequest, caplog: pytest.LogCaptureFixture
) -> None:
    """A node waits for `twofold migrate`; the log says so, the answer does not. It is alive all the while."""
    core = create_core(request.getfixturevalue(database))
    app = ObservedASGI(core)
    before, alive = await ask(app, "GET", "/health"), await ask(app, "GET", "/health/live")
    await core.start()
    after = await ask(app, "GET", "/health")
    await core.stop()

    assert (before.status, before.text) == (503, '{"status":"UNAVAILABLE"}')
    assert (alive.status, after.status) == (200, 200)
    assert "run `twofold migrate`: " in caplog.text


async def test_a_database_that_is_away(core: Core, monkeypatch: pytest.MonkeyPatch, caplog: Any) -> None:
    """Said once in the log, not at every question; and the node is ready again when the database is back."""
    app = ObservedASGI(core)
    await ask(app, "GET", "/health")

    async def unavailable(*_: Any, **__: Any) -> Any:
        raise DatabaseUnavailable("connection refused")

    with monkeypatch.context() as patched:
        patched.setattr(core.services.database, "fetch_one", unavailable)
        statuses = [(await ask(app, "GET", "/health")).status for _ in range(3)]
    back = await ask(app, "GET", "/health")

    assert (statuses, back.status) == ([503, 503, 503], 200)
    assert caplog.text.count("not ready") == caplog.text.count("not ready: connection refused") == 1


async def test_a_database_that_hangs(core: Core, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever asks gets an answer in bounded time."""

    async def hang(*_: Any, **__: Any) -> Any:
        await asyncio.Event().wait()

    monkeypatch.setattr(core.services.database, "fetch_one", hang)

    assert not await Health(core, timeout_seconds=0.01).is_ready()


async def test_the_database_is_asked_once_for_many(core: Core, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody can keep the database busy with it."""
    monkeypatch.setattr(health, "REMEMBERED_SECONDS", 3600.0)
    watched = Health(core)
    asked: list[Query] = []
    original = core.services.database.fetch_all

    async def counted(query: Query, /, **values: Any) -> Any:
        asked.append(query)
        return await original(query, **values)

    monkeypatch.setattr(core.services.database, "fetch_all", counted)
    answers = await asyncio.gather(*(watched.is_ready() for _ in range(20)))

    assert answers == [True] * 20
    assert len(asked) == 1


async def test_where_it_is(core_sqlite_url: str) -> None:
    """Below the base path, without a key, in no app or tenant, and only to be read."""
    core = create_core(core_sqlite_url, Settings(api_keys="a-key-of-more-than-20-characters"))
    await core.start()
    app = ObservedASGI(core, "/auth")
    statuses = {
        path: (await ask(app, "GET", path)).status
        for path in ("/auth/health", "/health", "/auth/public/health", "/auth/appid-public/health", "/auth/a/metrics")
    }
    methods = {method: (await ask(app, method, "/auth/health")).status for method in ("HEAD", "POST", "DELETE")}
    await core.stop()

    assert statuses.pop("/auth/health") == 200
    assert set(statuses.values()) == {404}
    assert methods == {"HEAD": 200, "POST": 405, "DELETE": 405}
