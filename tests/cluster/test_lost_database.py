# SPDX-License-Identifier: Apache-2.0
"""The database goes away and comes back: callers are told to come again, and no node has to be started anew."""

import asyncio
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.cluster.nodes import HEADERS, Node, RoundRobin, new_session, running, verify
from tests.plugins.postgres import running_server, start_server, stop_server
from twofold._embedded import InProcessTransport
from twofold.core.app import create_core
from twofold.exceptions import CoreError, CoreUnreachableError

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]

RECOVERS_WITHIN_SECONDS = 30


async def test_unavailable_then_well_again(tmp_path: Path) -> None:
    """While the server is down every request is a 503 with `Retry-After`; when it is back, the same node answers."""
    folder = tmp_path / "postgres"
    with running_server(folder) as url:
        node = Node(url)
        async with running(node), RoundRobin([node]) as cluster, httpx.AsyncClient(headers=HEADERS) as client:
            session = await new_session(cluster, "u")
            await asyncio.to_thread(stop_server, folder)
            refused = [await client.get(f"{node.url}/users/count", timeout=30) for _ in range(20)]
            at_once = await asyncio.gather(*(client.get(f"{node.url}/users", timeout=30) for _ in range(30)))
            health = await client.get(f"{node.url}/health", timeout=30)
            await asyncio.to_thread(start_server, folder, "")
            async with asyncio.timeout(RECOVERS_WITHIN_SECONDS):
                while True:
                    answer = await client.get(f"{node.url}/users/count", timeout=30)
                    if answer.status_code == httpx.codes.OK:
                        break
                    await asyncio.sleep(0.1)
            verified = await verify(cluster, session)

    assert {(answer.status_code, answer.headers["retry-after"]) for answer in [*refused, *at_once]} == {(503, "1")}
    assert health.status_code == 503
    assert verified["status"] == "OK"


async def test_sdk_with_an_embedded_core(tmp_path: Path) -> None:
    """An application with the core in its process gets the error that it would get of a core elsewhere."""
    folder = tmp_path / "postgres"
    with running_server(folder) as url:
        transport = InProcessTransport(create_core(url))
        await transport.start()
        await asyncio.to_thread(stop_server, folder)
        with pytest.raises(CoreUnreachableError, match="Database unavailable") as unreachable:
            await count_users(transport)
        await asyncio.to_thread(start_server, folder, "")
        async with asyncio.timeout(RECOVERS_WITHIN_SECONDS):
            answer = await count_users_when_well(transport)
        await transport.stop()

    assert unreachable.value.status_code == 503
    assert answer["count"] == 0


async def count_users(transport: InProcessTransport) -> dict[str, Any]:
    """Ask for the number of users, as the SDK does."""
    return await transport.call("GET", "/users/count", tenant_id=None, query={}, body=None, rid="", user_context={})


async def count_users_when_well(transport: InProcessTransport) -> dict[str, Any]:
    """The same, again and again until the database is back."""
    while True:
        try:
            return await count_users(transport)
        except CoreError:
            await asyncio.sleep(0.1)
