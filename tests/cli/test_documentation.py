# SPDX-License-Identifier: Apache-2.0
"""docs/core.md tells of every setting and every command as they are."""

import pytest

from scripts.settings_reference import PAGE, with_tables
from tests.cli.conftest import Twofold
from twofold.cli.commands import app


def test_the_tables_of_settings_are_those_of_the_code() -> None:
    """`scripts/settings_reference.py` writes them anew."""
    page = PAGE.read_text(encoding="utf-8")

    assert page == with_tables(page)


def test_every_command_is_explained() -> None:
    """Under a title of its own."""
    page = PAGE.read_text(encoding="utf-8")
    commands = [name for name in app if not name.startswith("-")]

    assert "serve" in commands
    assert [name for name in commands if f"### `twofold {name}`" not in page] == []


@pytest.mark.parametrize("arguments", [(), ("users",), ("users", "--help")])
def test_every_command_in_a_list_says_what_it_is_for(
    arguments: tuple[str, ...], twofold: Twofold, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also those that are imported only when they run."""
    monkeypatch.setenv("COLUMNS", "200")

    rows = [line.strip("│ ").split(maxsplit=1) for line in twofold(*arguments).out.splitlines() if line[:1] == "│"]

    assert len(rows) > 5
    assert [row for row in rows if len(row) < 2] == []
