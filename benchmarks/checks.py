# SPDX-License-Identifier: Apache-2.0
"""Without HTTP and framework: a session check, warm (the token was seen before) and cold; an application under test."""

import asyncio
import time
from pathlib import Path

from twofold import InputAppInfo, SupertokensConfig, init, testing
from twofold.recipe import emailpassword, session
from twofold.recipe.emailpassword.asyncio import sign_up
from twofold.recipe.emailpassword.types import SignUpOkResult
from twofold.recipe.session.asyncio import (
    create_new_session_without_request_response,
    get_session_without_request_response,
)
from twofold.types import RecipeUserId

BATCHES, BATCH = 400, 50
STARTS = 20


def session_check_us(folder: Path) -> tuple[float, float]:
    """Microseconds of CPU of one check: warm (in the quietest of many batches), and cold."""
    init(
        app_info=InputAppInfo("Checks", api_domain="http://localhost:8000", website_domain="http://localhost:8000"),
        supertokens_config=SupertokensConfig(connection_uri=f"sqlite:///{folder / 'checks.db'}"),
        framework="fastapi",
        recipe_list=[session.init(), emailpassword.init()],
    )
    return asyncio.run(_measure())


async def _measure() -> tuple[float, float]:
    user = await sign_up("public", "checks@example.com", "correct horse battery")
    assert isinstance(user, SignUpOkResult)
    tokens = []
    for _ in range(100):
        made = await create_new_session_without_request_response("public", user.recipe_user_id)
        tokens.append(made.get_access_token())
    cold = await _once_each(tokens)
    return min([await _warm_batch(tokens[0]) for _ in range(BATCHES)]), cold


async def _warm_batch(token: str) -> float:
    start = time.process_time()
    for _ in range(BATCH):
        await get_session_without_request_response(token, None, False)
    return 1e6 * (time.process_time() - start) / BATCH


async def _once_each(tokens: list[str]) -> float:
    await get_session_without_request_response(tokens[0], None, False)  # fetches the keys
    start = time.process_time()
    for token in tokens[1:]:
        await get_session_without_request_response(token, None, False)
    return 1e6 * (time.process_time() - start) / (len(tokens) - 1)


def start_under_test_ms() -> tuple[float, float]:
    """Milliseconds until `twofold.testing` has made a core on a fresh database and signed somebody in: time, and CPU.

    The fastest of several, but for the first one, which makes the signing keys of the process.
    """
    return asyncio.run(_fastest_start())


async def _fastest_start() -> tuple[float, float]:
    starts: list[tuple[float, float]] = []
    for _ in range(STARTS + 1):
        start, cpu_start = time.perf_counter(), time.process_time()
        async with testing.app([session.init(), emailpassword.init()]):
            await create_new_session_without_request_response("public", RecipeUserId("somebody"))
            starts.append((1000 * (time.perf_counter() - start), 1000 * (time.process_time() - cpu_start)))
    return min(starts[1:])
