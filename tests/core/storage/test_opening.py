# SPDX-License-Identifier: Apache-2.0
"""The URL decides which database it is."""

import sys
from pathlib import Path

import pytest

from twofold.core.storage import Query, StorageError, open_database

ONE = Query("CREATE TABLE t (a TEXT)")


@pytest.mark.parametrize(
    ("url", "file"),
    [("", "twofold.db"), ("sqlite:///relative.db", "relative.db"), ("sqlite:///with space.db", "with space.db")],
)
async def test_relative_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, url: str, file: str) -> None:
    """A relative path, or none, is in the working directory of the moment, even when that changes later."""
    monkeypatch.chdir(tmp_path)
    database = open_database(url)
    monkeypatch.chdir("/")

    await database.execute(ONE)

    assert (tmp_path / file).exists()
    assert database.dialect == "sqlite"
    await database.close()


async def test_absolute_file(tmp_path: Path) -> None:
    """Four slashes begin an absolute path."""
    database = open_database(f"sqlite:///{tmp_path}/absolute.db")

    await database.execute(ONE)

    assert (tmp_path / "absolute.db").exists()
    await database.close()


@pytest.mark.parametrize("url", ["mysql://user:password@host/database", "twofold.db", "sqlite://file.db", "sqlite:///"])
def test_unknown_urls(url: str) -> None:
    """Any other URL is refused with the forms that are known, and without the password in it."""
    with pytest.raises(StorageError, match="sqlite:///") as refused:
        open_database(url)

    assert "password" not in str(refused.value)


@pytest.mark.parametrize("scheme", ["postgres", "postgresql"])
def test_postgres(scheme: str) -> None:
    """Both names of PostgreSQL are taken; nothing is connected; the password is not shown."""
    database = open_database(f"{scheme}://user:password@host/database")

    assert database.dialect == "postgres"
    assert "password" not in repr(database)


def test_missing_driver(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without asyncpg the error names the extra to install."""
    monkeypatch.setitem(sys.modules, "asyncpg", None)
    monkeypatch.delitem(sys.modules, "twofold.core.storage.postgres", raising=False)
    monkeypatch.delitem(sys.modules, "twofold.core.storage.postgres_connection", raising=False)

    with pytest.raises(StorageError, match=r"twofold\[postgres\]"):
        open_database("postgresql://host/database")
