# SPDX-License-Identifier: Apache-2.0
"""What a statement reads, as PostgreSQL tells: it runs in a transaction that is rolled back, and counts."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

import asyncpg

from tests.scale.filling import METHODS_PER_GROUP, NOW_MS, expression
from twofold.core.storage.query import Query
from twofold.core.users import listing

# The first login method of a group that the tables have, and of one that they have not.
KNOWN_ROW: Final = 1920 * METHODS_PER_GROUP
NEW_ROW: Final = 90_909_090 * METHODS_PER_GROUP
# What is searched for: something that a great part of all people have.
_PREFIXES: Final = {"email_0": "m", "email_1": "user", "email_2": "x", "phone_number_0": "+44", "provider_0": "g"}
_INSERTS: Final = re.compile(r"\s*(WITH \w+ AS \(\s*)?INSERT")
_COMPARED: Final = r"(\w+)\s*(?:=|<>|<|<=|>|>=|\bNOT\s+IN|\bIN)\s*\(?:{name}\b"


@dataclass(frozen=True, slots=True)
class Reading:
    """What one run of a statement read.

    full_scans: tables that were read from end to end. rows: the most rows that any step read or made. blocks: pages of
    tables and indexes, of 8 KiB, counted as often as they were visited.
    """

    full_scans: frozenset[str]
    rows: int
    blocks: int


async def read_by(connection: "asyncpg.Connection[Any]", query: Query, limit: int, plan: str) -> Reading:
    """Run a statement with values that find something, and tell what it read. Nothing is changed.

    Args:
        connection: with no transaction.
        query: the statement.
        limit: the value of a parameter named `limit`.
        plan: `generic`, as servers make for a statement that is repeated, or `custom`, for these values.
    """
    transaction = connection.transaction()
    await transaction.start()
    try:
        await connection.execute(f"SET LOCAL plan_cache_mode = force_{plan}_plan")
        await connection.execute(f"PREPARE measured AS {query.postgres_text}")
        types = await connection.fetchval(
            "SELECT parameter_types::text[] FROM pg_prepared_statements WHERE name = 'measured'"
        )
        literals = [
            await _literal(connection, query, name, data_type, limit)
            for name, data_type in zip(query.names, types, strict=True)
        ]
        call = f"EXECUTE measured({', '.join(literals)})" if literals else "EXECUTE measured"
        told = await connection.fetchval(f"EXPLAIN (ANALYZE, BUFFERS, TIMING OFF, FORMAT JSON) {call}")
    finally:
        await transaction.rollback()
        await connection.execute("DEALLOCATE measured")
    return _reading(json.loads(told)[0]["Plan"])


async def _literal(connection: "asyncpg.Connection[Any]", query: Query, name: str, data_type: str, limit: int) -> str:
    """The value of a parameter as SQL: of the first row from KNOWN_ROW on that has one."""
    if name in ("limit", "batch", "count"):
        return str(limit)
    if name == "now_ms":
        return str(NOW_MS)
    prefix = _PREFIXES.get(name.removesuffix("_end"))
    if prefix is not None:
        return f"'{prefix}{listing.AFTER_ALL if name.endswith('_end') else ''}'"
    item_type = data_type.removesuffix("[]")
    row = NEW_ROW if _INSERTS.match(query.text) else KNOWN_ROW
    value = expression(_column(query, name), item_type)
    item = await connection.fetchval(
        f"SELECT quote_literal({value}) FROM generate_series($1::bigint, $1 + {METHODS_PER_GROUP - 1}) n"
        f" WHERE ({value}) IS NOT NULL ORDER BY n LIMIT 1",
        row,
    )
    return f"ARRAY[{item}]::{data_type}" if data_type.endswith("[]") else f"{item}::{data_type}"


def _column(query: Query, name: str) -> str:
    """The column that a parameter is compared with; else one of its own name."""
    compared = re.search(_COMPARED.format(name=name), query.text, re.IGNORECASE)
    return compared[1] if compared else name


def _reading(plan: dict[str, Any]) -> Reading:
    steps = list(_steps(plan))
    return Reading(
        frozenset(step["Relation Name"] for step in steps if step["Node Type"] == "Seq Scan"),
        max(_rows(step) for step in steps),
        plan["Shared Hit Blocks"] + plan["Shared Read Blocks"],
    )


def _steps(plan: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield plan
    for part in plan.get("Plans", ()):
        yield from _steps(part)


def _rows(step: dict[str, Any]) -> int:
    thrown_away: int = sum(value for name, value in step.items() if name.startswith("Rows Removed by"))
    rows: float = step["Actual Rows"]
    loops: int = step["Actual Loops"]
    return round((rows + thrown_away) * loops)
