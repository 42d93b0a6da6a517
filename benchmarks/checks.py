# SPDX-License-Identifier: Apache-2.0
"""A session check inside the SDK alone, warm (the token was seen before) and cold, without HTTP and framework."""

import asyncio
import time
from pathlib import Path

from twofold import InputAppInfo, SupertokensConfig, init
from twofold.recipe import emailpassword, session
from twofold.recipe.emailpassword.asyncio import sign_up
from twofold.recipe.emailpassword.types import SignUpOkResult
from twofold.recipe.session.asyncio import (
    create_new_session_without_request_response,
    get_session_without_request_response,
)

COUNT = 2_000


def session_check_us(folder: Path) -> tuple[float, float]:
    """Microseconds of one check: warm, and cold."""
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
    start = time.perf_counter()
    for _ in range(COUNT):
        await get_session_without_request_response(tokens[0], None, False)
    warm = 1e6 * (time.perf_counter() - start) / COUNT
    return warm, cold


async def _once_each(tokens: list[str]) -> float:
    await get_session_without_request_response(tokens[0], None, False)  # fetches the keys
    start = time.perf_counter()
    for token in tokens[1:]:
        await get_session_without_request_response(token, None, False)
    return 1e6 * (time.perf_counter() - start) / (len(tokens) - 1)
