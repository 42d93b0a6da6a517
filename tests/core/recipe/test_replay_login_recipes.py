# SPDX-License-Identifier: Apache-2.0
"""The login recipes answer as the original did, in every recorded conversation."""

import asyncio
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlencode

import pytest

from tests.contract import replay
from twofold.core.app import create_core
from twofold.core.config import Settings
from twofold.core.http import CoreASGI, HttpRequest

TRANSCRIPTS = Path(replay.__file__).parent / "transcripts" / "cdi"
# The original's default, where ours is safer.
RECORDED_SETTINGS = Settings(passwordless_code_lifetime=900_000)


@pytest.fixture
def call(database_url: str) -> Iterator[replay.Call]:
    """Calls a core in this process as its HTTP clients do."""
    with asyncio.Runner() as runner:
        core = create_core(database_url, RECORDED_SETTINGS)
        runner.run(core.start())
        application = CoreASGI(core)

        def send(
            method: str, path: str, query: dict[str, str], headers: dict[str, str], body: str | None
        ) -> replay.Answer:
            names = {name.lower(): value for name, value in headers.items()}
            request = HttpRequest(method, path, urlencode(query), names, (body or "").encode(), "127.0.0.1")
            response = runner.run(application.handle(request))
            return response.status, {"content-type": response.content_type.decode()}, response.body.decode()

        yield send
        runner.run(core.stop())


@pytest.mark.parametrize(
    "group", ["emailpassword", "passwordhash-import", "passwordless", "emailverification", "thirdparty"]
)
def test_recorded_conversations(call: replay.Call, group: str) -> None:
    """Every step and every text is equal."""
    report = replay.run(call, replay.load(TRANSCRIPTS, group))

    assert report.differences == []
    assert report.ok
