# SPDX-License-Identifier: Apache-2.0
"""docs/core.md tells of every setting and every command as they are."""

from scripts.settings_reference import PAGE, with_tables
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
