# SPDX-License-Identifier: Apache-2.0
"""What staff type wrong in a support case is told to them, and does nothing."""

from collections.abc import AsyncIterator
from typing import Any

import pytest

from tests.recipe.dashboard.application import KEY, Caller
from tests.recipe.recoverycodes.application import recipes
from twofold import testing
from twofold.recipe import dashboard, factorreset
from twofold.recipe.factorreset import asyncio as resets


@pytest.fixture
async def app() -> AsyncIterator[testing.AppUnderTest]:
    """An application with resets and a dashboard."""
    async with testing.app(recipes(factorreset.init(), dashboard.init(api_key=KEY))) as running:
        yield running


WRONG: list[tuple[str, str, dict[str, Any]]] = [
    ("POST", "/user/factors/reset", {"factors": ["totp"], "reason": " "}),
    ("POST", "/user/factors/reset", {"factors": ["totp"], "reason": "x" * 1001}),
    ("POST", "/user/factors/reset", {"factors": ["no-such-factor"]}),
    ("POST", "/user/factors/reset", {"factors": ["totp"], "afterSeconds": 10**30}),
    ("POST", "/user/factors/reset/cancel", {"reason": " "}),
    ("GET", "/audit", {"limit": "9" * 5000}),
    ("GET", "/audit", {"limit": "501"}),
    ("GET", "/audit", {"action": "no.such.action"}),
    ("GET", "/audit", {"paginationToken": "x"}),
]


async def test_mistakes_are_bad_requests(app: testing.AppUnderTest) -> None:
    """A 400 that says what is wrong: nothing of the server's has failed."""
    staff = Caller(app)
    user = await staff.user()
    for method, path, values in WRONG:
        reply = await staff.send(method, path, {"userId": user["id"], "reason": "phone lost", **values})

        assert (reply.status_code, bool(reply.json()["message"])) == (400, True), (path, values, reply.text)
    assert await resets.find_reset(user["id"]) is None
