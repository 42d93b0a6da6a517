# SPDX-License-Identifier: Apache-2.0
"""Nodes are replaced one by one under load, and no caller notices."""

import asyncio

import pytest

from tests.cluster.nodes import Node, RoundRobin, new_session, running, verify

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]

CLIENTS = 4
WORKERS = {"one worker each": (), "two workers each": ("--workers", "2")}


async def use(cluster: RoundRobin, name: str, ends: asyncio.Event) -> int:
    """Make sessions and verify them until told to end; the number of requests."""
    requests = 0
    while not ends.is_set():
        session = await new_session(cluster, f"{name}-{requests}")
        verified = await verify(cluster, session)
        assert verified["status"] == "OK", verified
        requests += 2
    return requests


@pytest.mark.parametrize("options", WORKERS.values(), ids=WORKERS.keys())
async def test_no_request_fails_while_nodes_are_replaced(postgres_url: str, options: tuple[str, ...]) -> None:
    """Each node is asked to end and started again; callers, who retry a refused connection only, see no error.

    Some callers never pause, so that their requests meet every moment of the stop; each has connections of its own.
    """
    nodes = [Node(postgres_url, options) for _ in range(2)]
    ends = asyncio.Event()
    async with running(*nodes):
        clusters = [RoundRobin(nodes) for _ in range(CLIENTS)]
        users = [asyncio.create_task(use(cluster, f"u{n}", ends)) for n, cluster in enumerate(clusters)]
        for node in nodes:
            status = await node.stop()
            assert status == 0
            node.begin()
            await node.is_ready()
        ends.set()
        requests = await asyncio.gather(*users)
        for cluster in clusters:
            async with cluster:
                pass

    assert min(requests) > 0
