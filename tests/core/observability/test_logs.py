# SPDX-License-Identifier: Apache-2.0
"""Request ids and log lines: every line of a request names it, and a line is one line."""

import io
import json
import logging
from collections.abc import Iterator
from typing import Any

import pytest

from tests.core.observability.http import ask
from twofold.core.app import Core
from twofold.core.observability.asgi import ObservedASGI
from twofold.core.observability.logs import configure_logs
from twofold.core.storage.database import DatabaseUnavailable


class Lines:
    """What was logged."""

    def __init__(self) -> None:
        self.stream = io.StringIO()

    def text(self) -> str:
        """All of it."""
        return self.stream.getvalue()

    def json(self) -> list[dict[str, Any]]:
        """One object per line."""
        return [json.loads(line) for line in self.text().splitlines()]


@pytest.fixture
def lines() -> Iterator[Lines]:
    """Logs as `serve` writes them, into memory; afterwards logging is as it was."""
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    collected = Lines()
    configure_logs("INFO", "json", collected.stream)
    yield collected
    root.handlers[:] = handlers
    root.setLevel(level)


@pytest.mark.parametrize("given", ["0123abcd", "req-1.2:3/4=+@_", "a" * 128])
async def test_the_callers_request_id_is_kept(core: Core, given: str) -> None:
    """A request can be followed from a proxy into our logs."""
    reply = await ask(ObservedASGI(core), "GET", "/hello", x_request_id=given)

    assert reply.headers["x-request-id"] == given


@pytest.mark.parametrize("given", ["", "a" * 129, "two words", 'say "hi"', "é", "a\tb"])
async def test_another_request_id_is_made_for_a_malformed_one(core: Core, given: str) -> None:
    """What a stranger sends is written to logs only if it can do no harm there."""
    first = await ask(ObservedASGI(core), "GET", "/hello", x_request_id=given)
    second = await ask(ObservedASGI(core), "GET", "/hello")

    assert len(first.headers["x-request-id"]) == len(second.headers["x-request-id"]) == 32
    assert first.headers["x-request-id"] != second.headers["x-request-id"]


async def test_a_line_per_request(core: Core, lines: Lines) -> None:
    """With the access log: who, where, what came of it and how long it took; without the query."""
    app = ObservedASGI(core, access_log=True)
    path = "/appid-public/public/user/id"
    await ask(app, "GET", path, query="userID=canary", x_request_id="abc-1")

    (line,) = lines.json()
    assert line.pop("duration_ms") > 0
    assert line.pop("time").endswith("Z")
    assert line.pop("message").startswith(f"GET {path} 400 in ")
    assert line == {
        "level": "INFO",
        "logger": "twofold.access",
        "request_id": "abc-1",
        "method": "GET",
        "path": path,
        "status": 400,
        "app": "public",
        "tenant": "public",
    }


async def test_no_line_per_request_unless_asked_for(core: Core, lines: Lines) -> None:
    """Proxies write them, too."""
    await ask(ObservedASGI(core), "GET", "/hello")

    assert lines.text() == ""


async def test_an_unexpected_error_is_logged_once_with_its_request(
    core: Core, lines: Lines, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The traceback is in the log, the id in both: whoever reports it can name the line."""

    async def broken(*_: Any) -> Any:
        raise ZeroDivisionError

    monkeypatch.setattr(core, "answer", broken)
    reply = await ask(ObservedASGI(core, access_log=False), "GET", "/recipe/roles", query="a=canary")

    (line,) = lines.json()
    assert (reply.status, reply.text) == (500, "Internal Error\n")
    assert line["request_id"] == reply.headers["x-request-id"]
    assert line["exception"].endswith("ZeroDivisionError")
    assert line["level"] == "ERROR"
    assert "canary" not in lines.text()


async def test_a_request_that_the_server_failed_is_always_logged(
    core: Core, lines: Lines, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Such as every one while the database is away."""

    async def unavailable(*_: Any) -> Any:
        raise DatabaseUnavailable("gone")

    monkeypatch.setattr(core, "answer", unavailable)
    await ask(ObservedASGI(core), "GET", "/recipe/roles")

    (line,) = lines.json()
    assert (line["level"], line["status"]) == ("WARNING", 503)


async def test_text_lines_cannot_be_forged(core: Core, lines: Lines) -> None:
    """A line break or an escape sequence in a path begins no line of its own and moves no cursor."""
    configure_logs("INFO", "text", lines.stream)
    await ask(ObservedASGI(core, access_log=True), "GET", "/a\nforged \x1b[2J\u2028", x_request_id="abc-1")

    (line,) = lines.text().splitlines()
    assert "GET /a\\x0aforged \\x1b[2J\\x2028 404 in" in line
    assert line.endswith(" [abc-1]")


def test_text_lines_show_tracebacks(lines: Lines) -> None:
    """On lines of their own, after the message."""
    configure_logs("INFO", "text", lines.stream)
    logging.getLogger("twofold.test").error("failed", exc_info=ZeroDivisionError())

    first, *others = lines.text().splitlines()
    assert first.endswith(" ERROR twofold.test: failed")
    assert others[-1] == "ZeroDivisionError"


@pytest.mark.parametrize(("level", "count"), [("DEBUG", 4), ("INFO", 3), ("WARN", 2), ("ERROR", 1), ("NONE", 0)])
def test_levels(level: str, count: int, lines: Lines) -> None:
    """Each level silences those below it, NONE all."""
    configure_logs(level, "json", lines.stream)
    for name in ("debug", "info", "warning", "error"):
        getattr(logging.getLogger("twofold.test"), name)("said")

    assert len(lines.json()) == count
