# SPDX-License-Identifier: Apache-2.0
"""Nodes of the release before go on serving while a new one migrates: what a schema file may do is limited."""

import re
from collections.abc import Iterator

import pytest

from twofold.core.app import SCHEMA_FOLDERS
from twofold.core.storage.migrate import Migration, read_migrations, statements
from twofold.core.storage.query import OPAQUE

# Nothing released has the tables that these change.
BEFORE_THE_FIRST_RELEASE = {"users/0003_search.sql", "passwordless/0003_failures_are_budgets.sql"}

_COMMENTS = re.compile(OPAQUE, re.DOTALL)
_TABLE = re.compile(r"CREATE TABLE (\w+)")
# An index more, or less, changes how fast a node is, not what it does.
_EXPANDS = re.compile(r"CREATE TABLE|CREATE INDEX|DROP INDEX|ALTER TABLE \w+ ADD COLUMN (?!.*NOT NULL(?!.*DEFAULT))")
_UNIQUE_INDEX = re.compile(r"CREATE UNIQUE INDEX \w+ ON (\w+)")


def contracting(migration: Migration) -> Iterator[str]:
    """The statements of a file that a node of the release before may not survive."""
    own_tables = set(_TABLE.findall(migration.text))
    for dialect in ("sqlite", "postgres"):
        for statement in statements(migration.text, dialect):
            plain = " ".join(_COMMENTS.sub("", statement).split())
            unique = _UNIQUE_INDEX.match(plain)
            if not (unique[1] in own_tables if unique else _EXPANDS.match(plain)):
                yield plain


@pytest.mark.parametrize("migration", read_migrations(SCHEMA_FOLDERS), ids=str)
def test_schema_files_only_add(migration: Migration) -> None:
    """A file makes tables and indexes, or adds columns that old nodes need not fill; what takes away comes later."""
    if str(migration) not in BEFORE_THE_FIRST_RELEASE:
        assert list(contracting(migration)) == []


@pytest.mark.parametrize(
    "statement",
    [
        "DROP TABLE sessions",
        "ALTER TABLE sessions DROP COLUMN user_id",
        "ALTER TABLE sessions RENAME COLUMN user_id TO owner_id",
        "ALTER TABLE sessions RENAME TO logins",
        "ALTER TABLE sessions ADD COLUMN device TEXT NOT NULL",
        "ALTER TABLE sessions ALTER COLUMN user_id TYPE BIGINT",
        "ALTER TABLE sessions ALTER COLUMN device SET NOT NULL",
        "CREATE UNIQUE INDEX one_session ON sessions (user_id)",
        "DELETE FROM sessions",
    ],
)
def test_what_old_nodes_may_not_survive_is_found(statement: str) -> None:
    """Each of these breaks statements of a node that knows the tables as they were."""
    assert list(contracting(Migration("session", "0002_x.sql", f"-- why\n{statement};"))) == [statement] * 2


@pytest.mark.parametrize(
    "statement",
    [
        "ALTER TABLE sessions ADD COLUMN device TEXT",
        "ALTER TABLE sessions ADD COLUMN is_old BOOLEAN NOT NULL DEFAULT FALSE",
        "CREATE INDEX sessions_by_device ON sessions (device)",
        "CREATE TABLE devices (id TEXT PRIMARY KEY); CREATE UNIQUE INDEX one ON devices (id)",
    ],
)
def test_what_old_nodes_do_not_notice_is_fine(statement: str) -> None:
    """They name the columns that they read and write, and so see no new ones."""
    assert list(contracting(Migration("session", "0002_x.sql", f"{statement};"))) == []
