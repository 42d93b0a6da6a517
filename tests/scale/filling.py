# SPDX-License-Identifier: Apache-2.0
"""Fills a PostgreSQL database with any number of users, in SQL, so that a million take minutes.

Row `n` of every table belongs to login method `n`: a column means the same in every table, so each column has one
expression in `n`, and tables that are not named here are filled by the names and types of their columns. Login methods
come in groups of eleven: six with a password, two without (e-mail, phone number), three with a provider. The last of
a group is linked to its first, so that ten people have eleven ways in. A group shares a tenant: two thirds are in
`public`, the others spread over `TENANTS`.
"""

from collections.abc import Callable, Iterable
from typing import Any, Final

import asyncpg

APP: Final = "public"
TENANTS: Final = 500
PEOPLE_PER_GROUP: Final = 10
METHODS_PER_GROUP: Final = 11
BATCH: Final = 100_000

_START_MS: Final = 1_600_000_000_000
NOW_MS: Final = 4_000_000_000_000
_KIND: Final = f"(n % {METHODS_PER_GROUP})"
_PERSON: Final = f"(CASE WHEN {_KIND} = 10 THEN n - 10 ELSE n END)"
_HAS_PROVIDER: Final = f"{_KIND} >= 8"
_HAS_PHONE: Final = f"{_KIND} = 7"
_EMAIL: Final = (
    "'user' || n || '@' || CASE WHEN n % 2 = 0 THEN 'mail.example' ELSE 'company' || n % 4999 || '.example' END"
)
_PHONE: Final = "'+4477' || lpad(n::text, 9, '0')"
# At NOW_MS, one row in a hundred has expired.
_EXPIRES: Final = f"CASE WHEN n % 100 = 0 THEN {NOW_MS} - {10**9} + n / 1000 ELSE {NOW_MS} + n END"

COLUMNS: Final[dict[str, str]] = {
    "app_id": f"'{APP}'",
    "tenant_id": (
        f"CASE WHEN (n / {METHODS_PER_GROUP}) % 3 < 2 THEN 'public'"
        f" ELSE 't' || (n / {METHODS_PER_GROUP}) % {TENANTS} END"
    ),
    "recipe_user_id": "md5('user' || n)::uuid::text",
    "user_id": f"md5('user' || {_PERSON})::uuid::text",
    "primary_user_id": f"md5('user' || {_PERSON})::uuid::text",
    "external_user_id": "'external-' || n",
    "recipe_id": (
        f"CASE WHEN {_HAS_PROVIDER} THEN 'thirdparty' WHEN {_KIND} >= 6 THEN 'passwordless' ELSE 'emailpassword' END"
    ),
    # Two join in the same millisecond.
    "time_joined": f"{_START_MS} + n / 2",
    "user_time_joined": f"{_START_MS} + {_PERSON} / 2",
    "created_at": f"{_START_MS} + n",
    "recorded_at": f"{_START_MS} + n",
    "last_active_at": f"{_START_MS} + n",
    "expires_at": _EXPIRES,
    "forget_at": _EXPIRES,
    "deleted_at": _EXPIRES,
    "due_at": _EXPIRES,
    "status": "'NEW'",
    "last_failed_at": _EXPIRES,
    "email": f"CASE WHEN NOT {_HAS_PHONE} THEN {_EMAIL} END",
    "phone_number": f"CASE WHEN {_HAS_PHONE} THEN {_PHONE} END",
    "third_party_id": f"CASE WHEN {_HAS_PROVIDER} THEN CASE WHEN {_KIND} = 9 THEN 'apple' ELSE 'google' END END",
    "third_party_user_id": f"CASE WHEN {_HAS_PROVIDER} THEN md5('account' || n) END",
    "account_info": f"'email:' || {_EMAIL}",
    "contact": f"'email:' || {_EMAIL}",
    "is_primary": f"{_KIND} = 0",
    "is_verified": "n % 3 > 0",
    "role": "'role-' || n % 20",
    "permission": "'permission-' || n % 50",
    "device_name": "'TOTP Device 0'",
    "metadata": '\'{"name": "Somebody", "number": \' || n || \'}\'',
    "user_data_in_database": "'{}'",
    "user_data_in_jwt": '\'{"roles": ["admin"], "number": \' || n || \'}\'',
}
"""What row `n` has in a column."""

_PEOPLE: Final = f"{_KIND} < 10"
_ROWS: Final[dict[str, str]] = {
    "login_methods": "TRUE",
    "login_method_tenants": "TRUE",
    "verified_emails": "n % 3 > 0",
    "primary_claims": f"{_KIND} IN (0, 10)",
    "user_id_mappings": f"{_KIND} = 1",
    "password_hashes": f"{_KIND} < 6",
    "totp_devices": f"{_KIND} IN (0, 3)",
}
"""Which rows a table has. One for each person, if it is not named here."""

# Made by operators, not by users: they stay small. Some are filled by hand, for the planner to know.
SETTINGS: Final = frozenset(
    {
        "apps",
        "tenants",
        "roles",
        "role_permissions",
        "app_keys",
        "job_runs",
        "schema_migrations",
        "tenancy_changes",
        "dashboard_users",
        "dashboard_sessions",
    }
)
_BY_HAND: Final = (
    (
        "INSERT INTO tenants (app_id, tenant_id, created_at, core_config, third_party_providers,"
        " email_password_enabled, third_party_enabled, passwordless_enabled)"
        f" SELECT '{APP}', 't' || n, {_START_MS}, '{{}}', '[]', TRUE, TRUE, TRUE"
        f" FROM generate_series(0, {TENANTS - 1}) n"
    ),
    f"INSERT INTO roles (app_id, role) SELECT '{APP}', 'role-' || n FROM generate_series(0, 19) n",
    (
        "INSERT INTO role_permissions (app_id, role, permission)"
        f" SELECT '{APP}', 'role-' || n % 20, 'permission-' || n % 50 FROM generate_series(0, 99) n"
    ),
)
_INDEXES: Final = """
SELECT CASE WHEN x.indisprimary THEN 'ALTER TABLE ' || t.relname || ' DROP CONSTRAINT ' || i.relname
        ELSE 'DROP INDEX ' || i.relname END AS forget,
    CASE WHEN x.indisprimary THEN 'ALTER TABLE ' || t.relname || ' ADD ' || pg_get_constraintdef(c.oid)
        ELSE pg_get_indexdef(i.oid) END AS restore
FROM pg_index x JOIN pg_class t ON t.oid = x.indrelid JOIN pg_class i ON i.oid = x.indexrelid
LEFT JOIN pg_constraint c ON c.conindid = i.oid WHERE t.relname = $1
"""


async def fill(
    connection: "asyncpg.Connection[Any]",
    people: int,
    tables: Iterable[str],
    told: Callable[[str, float], None] = lambda *_: None,
) -> None:
    """Fill tables of a migrated database that has no user yet, and let the planner know.

    Args:
        connection: of the database's owner.
        people: how many, rounded up to tens.
        tables: which tables, beside those of `SETTINGS`.
        told: is given the name of a table and the part of it that is done, again and again.
    """
    methods = -(-people // PEOPLE_PER_GROUP) * METHODS_PER_GROUP
    for statement in _BY_HAND:
        await connection.execute(statement)
    for table in tables:
        insert = await _insert(connection, table)
        # Indexes are built at the end, from sorted keys: that takes a fraction of the time.
        indexes = await connection.fetch(_INDEXES, table)
        for index in indexes:
            await connection.execute(index["forget"])
        for first in range(0, methods, BATCH):
            last = min(first + BATCH, methods) - 1
            await connection.execute(insert, first, last)
            told(table, (last + 1) / methods)
        for index in indexes:
            await connection.execute(index["restore"])
    await connection.execute("VACUUM ANALYZE")


async def growing_tables(connection: "asyncpg.Connection[Any]") -> list[str]:
    """The tables whose rows are made by users, not by operators."""
    rows = await connection.fetch("SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY 1")
    return [row["tablename"] for row in rows if row["tablename"] not in SETTINGS]


def expression(column: str, data_type: str) -> str:
    """What row `n` has in a column, by its name if that is known, else by its type."""
    if column == "failed_at":  # one time, or the text of a list of them
        return _EXPIRES if data_type == "bigint" else "'[]'"
    if column in COLUMNS:
        return COLUMNS[column]
    if data_type in ("bigint", "integer", "smallint"):
        return "n % 5"
    if data_type == "boolean":
        return "n % 2 = 0"
    digest = f"md5('{column}' || n)"
    return f"decode({digest}, 'hex')" if data_type == "bytea" else digest


async def _insert(connection: "asyncpg.Connection[Any]", table: str) -> str:
    columns = await connection.fetch(
        "SELECT column_name, data_type, is_nullable FROM information_schema.columns WHERE table_schema = 'public'"
        " AND table_name = $1 AND is_generated = 'NEVER' ORDER BY ordinal_position",
        table,
    )
    values = {row["column_name"]: expression(row["column_name"], row["data_type"]) for row in columns}
    needed = [f"({values[row['column_name']]}) IS NOT NULL" for row in columns if row["is_nullable"] == "NO"]
    return (
        f"INSERT INTO {table} ({', '.join(values)}) SELECT {', '.join(values.values())}"
        " FROM generate_series($1::bigint, $2::bigint) n"
        f" WHERE {' AND '.join([_ROWS.get(table, _PEOPLE), *needed])}"
    )
