# SPDX-License-Identifier: Apache-2.0
"""The recorded conversations about sessions and JSON Web Tokens, replayed against a core in this process."""

import asyncio
from pathlib import Path
from urllib.parse import urlencode

import pytest

from tests.contract.replay import Answer, load, run
from twofold.core.app import create_core
from twofold.core.http import CoreASGI, HttpRequest

TRANSCRIPTS = Path(__file__).parent / "transcripts" / "cdi"


@pytest.mark.parametrize("group", ["session", "jwt-jwks"])
def test_every_answer_is_as_recorded(database_url: str, group: str) -> None:
    """Each step is answered as the original did, in shape, values and texts."""
    core = create_core(database_url)
    app = CoreASGI(core)

    with asyncio.Runner() as runner:
        runner.run(core.start())

        def call(method: str, path: str, query: dict[str, str], headers: dict[str, str], body: str | None) -> Answer:
            given = {name.lower(): value for name, value in headers.items()}
            request = HttpRequest(method, path, urlencode(query), given, (body or "").encode(), "127.0.0.1")
            response = runner.run(app.handle(request))
            kept = {"content-type": response.content_type.decode(), **response.headers}
            return response.status, kept, response.body.decode()

        report = run(call, load(TRANSCRIPTS, group))
        runner.run(core.stop())

    assert report.ok, "\n".join(map(str, report.differences))
