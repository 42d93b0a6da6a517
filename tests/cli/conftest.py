# SPDX-License-Identifier: Apache-2.0
"""The command line, run in this process."""

import io
import json
import sys
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest

from twofold.cli import main


@dataclass(frozen=True)
class Outcome:
    """What a command printed, its exit status or last words, and what it noted beside."""

    out: str
    status: object
    notes: str

    @property
    def json(self) -> Any:
        """What was printed, read as JSON."""
        return json.loads(self.out)


Twofold = Callable[..., Outcome]

on_an_empty_database = pytest.mark.parametrize("database_url", ["sqlite_url", "postgres_url"], indirect=True)


@pytest.fixture(params=["core_sqlite_url", "core_postgres_url"], ids=["sqlite", "postgres"])
def database_url(request: pytest.FixtureRequest) -> str:
    """URL of a database that has tables and no rows, unless the test is `on_an_empty_database`."""
    url: str = request.getfixturevalue(request.param)
    return url


@pytest.fixture
def twofold(database_url: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Twofold:
    """Run `twofold` with arguments on the test's database, with what is typed as standard input (no terminal)."""

    def run(*arguments: str, typed: str = "") -> Outcome:
        monkeypatch.setenv("TWOFOLD_DB", database_url)
        monkeypatch.setattr(sys, "argv", ["twofold", *arguments])
        monkeypatch.setattr(sys, "stdin", io.StringIO(typed))
        status: object = 0
        try:
            main()
        except SystemExit as ended:
            status = ended.code or 0
        printed = capsys.readouterr()
        return Outcome(printed.out, status, printed.err)

    return run
