# SPDX-License-Identifier: Apache-2.0
"""What the commands for operators share: a core on the database, and answers as tables or JSON."""

import asyncio
import getpass
import json
import sys
import unicodedata
from collections.abc import AsyncGenerator, Awaitable, Callable, Iterable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Annotated, Any, TypeVar

from cyclopts import Parameter

from twofold.cli.configuration import Configuration, read
from twofold.core._fields import Json
from twofold.core.app import Core, create_core
from twofold.core.errors import CoreError
from twofold.core.tenancy.directory import UnknownTenant
from twofold.core.tenancy.names import PUBLIC

AppId = Annotated[str, Parameter(name="--app", help="The app of a shared core.")]
TenantId = Annotated[str, Parameter(name="--tenant", help="The tenant.")]
AsJson = Annotated[bool, Parameter(name="--json", negative=(), help="Print JSON, for programs.")]

Answer = TypeVar("Answer")


@dataclass(frozen=True, slots=True)
class Operator:
    """Whoever holds the database, speaking to the core in this process."""

    core: Core
    app_id: str
    tenant_id: str

    async def get(self, path: str, /, **query: str) -> Json:
        """Read from the core. Raises ValueError when it refuses."""
        return await self._call("GET", path, query=query)

    async def post(self, path: str, /, *, rid: str | None = None, **body: Any) -> Json:
        """Have the core do something. Raises ValueError when it refuses."""
        return await self._call("POST", path, rid=rid, body=body)

    async def put(self, path: str, /, **body: Any) -> Json:
        """Have the core make or change something. Raises ValueError when it refuses."""
        return await self._call("PUT", path, body=body)

    async def delete(self, path: str, /, **query: str) -> Json:
        """Have the core forget something. Raises ValueError when it refuses."""
        return await self._call("DELETE", path, query=query)

    async def _call(self, method: str, path: str, **given: Any) -> Json:
        try:
            return await self.core.call(
                method, path, app_id=self.app_id, tenant_id=self.tenant_id, actor=operator_name(), **given
            )
        except UnknownTenant as error:
            if self.tenant_id == PUBLIC:  # every app has this one
                raise ValueError(f"there is no app {self.app_id}") from error
            raise ValueError(
                f"there is no tenant {self.tenant_id} in the app {self.app_id}; `twofold tenants list` shows them"
            ) from error
        except CoreError as error:
            raise ValueError(error.message) from error


def operator_name() -> str:
    """Who types the commands, for the audit trail."""
    try:
        return f"operator {getpass.getuser()}"
    except (KeyError, OSError):  # a container may run as a user without a name
        return "operator"


def run(
    options: Mapping[str, Any],
    app_id: str,
    tenant_id: str,
    command: Callable[[Operator], Awaitable[Answer]],
    *,
    may_begin: bool = False,
) -> Answer:
    """Open a core as it is configured, run the command, and close it.

    Raises:
        ValueError: there is no such SQLite file, and the command does not begin one; a name may be misspelt.
    """
    configuration = read(options)
    file = configuration.server.database_file
    if not may_begin and file is not None and not file.exists():
        raise ValueError(f"there is no file {file}; `twofold migrate` and `twofold serve` make it")

    async def opened() -> Answer:
        async with _opened(configuration) as core:
            return await command(Operator(core, app_id, tenant_id))

    return asyncio.run(opened())


@asynccontextmanager
async def _opened(configuration: Configuration) -> AsyncGenerator[Core]:
    core = create_core(configuration.server.db, configuration.settings)
    try:
        await core.start()
        yield core
    finally:
        await core.stop()


def confirmed(question: str) -> bool:
    """Ask on the terminal. Raises ValueError where nobody can be asked."""
    if not sys.stdin.isatty():
        raise ValueError(f"{question} Nobody can be asked here: give --yes.")
    return input(f"{printable(question)} [y/N] ").strip().lower() in ("y", "yes")


def print_json(value: Any) -> None:
    """One JSON document. What would steer a terminal is written as JSON writes it: nothing is lost to programs."""
    print("".join(_escaped(character) for character in json.dumps(value, indent=2, ensure_ascii=False)))


def print_table(headings: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    """Columns as wide as their content, headings above."""
    lines = [list(headings), *([printable(cell) for cell in row] for row in rows)]
    widths = [max(len(line[column]) for line in lines) for column in range(len(headings))]
    for line in lines:
        print("  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip())


def printable(text: str) -> str:
    """The text without characters that would steer a terminal: users choose some of what is shown here."""
    return "".join("�" if unicodedata.category(character) in ("Cc", "Cf") else character for character in text)


def _escaped(character: str) -> str:
    steers = character != "\n" and unicodedata.category(character) in ("Cc", "Cf")
    return json.dumps(character)[1:-1] if steers else character


def day_and_time(milliseconds: int) -> str:
    """A time in UTC, to the second."""
    return datetime.fromtimestamp(milliseconds / 1000, UTC).strftime("%Y-%m-%d %H:%M:%SZ")


__all__ = [
    "PUBLIC",
    "AppId",
    "AsJson",
    "Operator",
    "TenantId",
    "confirmed",
    "day_and_time",
    "operator_name",
    "print_json",
    "print_table",
    "printable",
    "run",
]
