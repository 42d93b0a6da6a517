# SPDX-License-Identifier: Apache-2.0
"""Random requests to every endpoint in every described version: no failure, no hang, and nothing half-stored.

What must be right about values is told elsewhere (`tests/security/test_bad_input_core.py`); here it is about sequences.
"""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from tests.contract.openapi.generator import VERSIONS, Requests
from tests.core.quick import quick_core
from tests.core.users.people import People
from tests.security.rows import everything_stored
from twofold.core.app import Core
from twofold.core.http import CoreASGI, HttpRequest

ANSWERED = {200, 400, 401, 403, 404, 405, 501}


@asynccontextmanager
async def running(database_url: str) -> AsyncIterator[Core]:
    """A core with a second tenant."""
    started = quick_core(database_url)
    await started.start()
    await started.call("PUT", "/recipe/multitenancy/tenant/v2", body={"tenantId": "t1"})
    await started.call("PUT", "/recipe/role", body={"role": "admin", "permissions": ["read"]})
    await started.call("GET", "/recipe/jwt/jwks")  # keys are made when they are first asked for
    try:
        yield started
    finally:
        await started.stop()


@pytest.mark.parametrize("version", [VERSIONS[0], VERSIONS[-1]])
async def test_every_request_once(core_sqlite_url: str, version: str) -> None:
    """In every run: the oldest and the newest version, where it takes a second."""
    async with running(core_sqlite_url) as core:
        await play(core, version, rounds=1)


@pytest.mark.slow
@pytest.mark.parametrize("version", VERSIONS)
async def test_every_request_often(core_sqlite_url: str, version: str) -> None:
    """In the long run: all versions."""
    async with running(core_sqlite_url) as core:
        await play(core, version, rounds=12)


@pytest.mark.slow
@pytest.mark.parametrize("version", VERSIONS)
async def test_every_request_often_on_postgres(core_postgres_url: str, version: str) -> None:
    """And on PostgreSQL."""
    async with running(core_postgres_url) as core:
        await play(core, version, rounds=3)


async def play(core: Core, version: str, rounds: int) -> None:
    """Send them. A refused request has stored nothing, and in the end all that is stored agrees."""
    door, requests = CoreASGI(core), Requests(version, rounds)
    before = await everything_stored(core)
    for request in requests.all(rounds):
        answer = await asyncio.wait_for(door.handle(request), 30)
        after = before if request.method == "GET" else await everything_stored(core)

        assert answer.status in ANSWERED, told(request, answer.status, answer.body)
        assert answer.status == 200 or after == before, told(request, answer.status, answer.body)
        before = after
        if answer.status == 200 and answer.content_type.startswith(b"application/json"):
            requests.learn(json.loads(answer.body))
    await People(core.services.database).require_consistent()


def told(request: HttpRequest, status: int, body: bytes) -> str:
    """What was asked, and what was answered."""
    return f"{request.method} {request.path}?{request.query} {request.headers} {request.body!r:.500}: {status} {body!r}"
