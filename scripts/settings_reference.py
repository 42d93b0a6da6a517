# SPDX-License-Identifier: Apache-2.0
"""Write the tables of settings into docs/core.md: `scripts/settings_reference.py`."""

from collections.abc import Iterable
from dataclasses import Field, fields
from pathlib import Path
from typing import Any

from twofold.cli.configuration import OPTION_KEYS, ServerOptions
from twofold.core.config import Settings, kind_of_type

PAGE = Path(__file__).parents[1] / "docs" / "core.md"
BEGIN, END = "<!-- settings -->", "<!-- /settings -->"
KINDS = {"String": "text", "long": "whole number", "double": "number", "boolean": "true or false"}


def with_tables(page: str) -> str:
    """The page with tables of the settings as they are."""
    before, rest = page.split(BEGIN)
    _, after = rest.split(END)
    lines = [
        "### Of the server",
        "",
        *_table(fields(ServerOptions)),
        "",
        "### Of the core",
        "",
        *_table(fields(Settings)),
    ]
    return f"{before}{BEGIN}\n" + "\n".join(lines) + f"\n{END}{after}"


def _table(items: Iterable[Field[Any]]) -> list[str]:
    rows = [
        f"| `{item.name}` | {_type(item)} | {_default(item)} | {item.metadata['level']} | {_text(item)} |"
        for item in items
    ]
    return ["| Key | Type | Default | Level | Meaning |", "| --- | --- | --- | --- | --- |", *rows]


def _type(item: Field[Any]) -> str:
    allowed = item.metadata["allowed"]
    if isinstance(allowed, tuple):
        return ", ".join(f"`{word}`" for word in allowed)
    kind = KINDS[kind_of_type(str(item.type))]
    return kind if allowed is None else f"{kind}, {allowed}"


def _default(item: Field[Any]) -> str:
    return (
        ""
        if item.default in (None, "")
        else f"`{str(item.default).lower() if item.default in (True, False) else item.default}`"
    )


def _text(item: Field[Any]) -> str:
    notes = " A secret." if item.metadata["secret"] else ""
    notes += "" if item.name in OPTION_KEYS else " No option."
    return str(item.metadata["help"]) + notes


if __name__ == "__main__":
    PAGE.write_text(with_tables(PAGE.read_text(encoding="utf-8")), encoding="utf-8")
