# SPDX-License-Identifier: Apache-2.0
"""SQLite, too, finds what it is asked for in an index."""

import re
import sqlite3
from pathlib import Path
from typing import Final

import pytest

from tests.scale.filling import SETTINGS
from tests.scale.statements import statements_for
from tests.scale.test_statements import EXCEPTIONS
from twofold.core.app import create_core
from twofold.core.storage.query import Query

_SCAN: Final = re.compile(r"SCAN (\w+)")
# `name AS (…)` and `(…) name`: what a statement makes itself is as long as the statements in it allow.
_MADE: Final = re.compile(r"(\w+) AS (?:MATERIALIZED )?\(|\)\s+(\w+)")
_NO_TABLES: Final = {"CONSTANT", "json_each"}


@pytest.fixture
async def tables(tmp_path: Path) -> sqlite3.Connection:
    """A connection to a migrated file. Without statistics SQLite plans for large tables."""
    core = create_core(f"sqlite:///{tmp_path / 'plans.db'}")
    await core.start()
    await core.stop()
    return sqlite3.connect(tmp_path / "plans.db")


async def test_no_statement_scans(tables: sqlite3.Connection) -> None:
    """No statement reads a table that grows from end to end."""
    statements = statements_for("sqlite")
    failures = [
        f"{name}: {step}"
        for name, query in statements.items()
        if name not in EXCEPTIONS
        for step in scans(tables, query)
    ]
    tables.close()

    assert statements
    assert not failures, "\n".join(failures)


def test_a_scan_is_seen(tables: sqlite3.Connection) -> None:
    """Under its own name and under another, in an index or not."""
    found = [
        scans(tables, Query(text))
        for text in (
            "SELECT user_id FROM users WHERE time_joined > :start",
            "SELECT u.is_primary FROM users u WHERE u.time_joined > :start",
            "SELECT user_id FROM users WHERE app_id = :app_id",
        )
    ]
    tables.close()

    assert [bool(steps) for steps in found] == [True, True, False]


def scans(tables: sqlite3.Connection, query: Query) -> list[str]:
    """The steps of a plan that read all of a table that grows."""
    made = {name for names in _MADE.findall(query.text) for name in names}
    plan = tables.execute(f"EXPLAIN QUERY PLAN {query.sqlite_text}", (None,) * len(query.names))
    steps = [step for *_, step in plan]
    scanned = [(scan[1], step) for step in steps if (scan := _SCAN.match(step))]
    # An index that is made for one statement takes a scan, too.
    automatic = [step for step in steps if "AUTOMATIC" in step]
    return automatic + [step for name, step in scanned if name not in made | SETTINGS | _NO_TABLES]
