# SPDX-License-Identifier: Apache-2.0
"""`twofold doctor` on both databases: what is well, what is not, and what to do."""

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path
from secrets import token_hex
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP

from tests.cli.conftest import Twofold, on_an_empty_database
from tests.plugins.ports import free_port
from tests.plugins.postgres import Admin
from twofold.cli._checks import Level, check_mail
from twofold.core.app import Core, create_core
from twofold.core.config import Settings
from twofold.core.storage import Query

KEY = "an encryption key of 32 characters or more"
SET_CREATED_AT = Query("UPDATE app_keys SET created_at = :created_at WHERE purpose = 'dynamic'")


def findings(twofold: Twofold, *arguments: str) -> dict[str, list[dict[str, str]]]:
    """What it says, by subject."""
    found: dict[str, list[dict[str, str]]] = {}
    for finding in twofold("doctor", "--json", *arguments).json:
        found.setdefault(finding["subject"], []).append(finding)
    return found


def on_core(database_url: str, settings: Settings, use: Callable[[Core], Awaitable[Any]]) -> None:
    """Do something with a started core."""

    async def run() -> None:
        core = create_core(database_url, settings)
        await core.start()
        await use(core)
        await core.stop()

    asyncio.run(run())


async def make_keys(core: Core) -> None:
    """Have the core make its keys."""
    await core.call("GET", "/recipe/jwt/jwks")


def test_finds_nothing_wrong_where_nothing_is(twofold: Twofold, database_url: str) -> None:
    """And exits with 0."""
    on_core(database_url, Settings(), make_keys)

    outcome = twofold("doctor")

    assert outcome.status == 0
    assert "up to date" in outcome.out
    assert "stored, and they can be opened" in outcome.out
    assert "problem" not in outcome.out


@on_an_empty_database
def test_says_that_tables_are_missing_and_makes_none(twofold: Twofold, database_url: str) -> None:
    """It looks only."""
    if database_url.startswith("sqlite"):
        outcome = twofold("doctor")
        assert outcome.status == 1
        assert "there is no file" in outcome.out
        assert not Path(database_url.removeprefix("sqlite:///")).exists()
        return

    for _ in range(2):
        assert "migrations are not applied yet" in findings(twofold)["schema"][0]["what"]


def test_says_how_to_get_lost_keys_back(twofold: Twofold, database_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """When the encryption key was changed and the former one not kept."""
    on_core(database_url, Settings(encryption_key=KEY), make_keys)

    lost = findings(twofold)["keys"][0]
    monkeypatch.setenv("TWOFOLD_ENCRYPTION_KEY", f"another key of more than 32 characters,{KEY}")
    found = findings(twofold)

    assert (lost["level"], "Put the former key" in lost["mend"]) == ("problem", True)
    assert found["keys"][0]["level"] == "ok"
    assert not any("in the clear" in finding["what"] for finding in found["configuration"])


def test_notices_a_wrong_clock(twofold: Twofold, database_url: str) -> None:
    """A key that was made in the future gives it away."""

    async def make_keys_tomorrow(core: Core) -> None:
        await make_keys(core)
        tomorrow = core.services.clock.now_ms() + 86_400_000
        await core.services.database.execute(SET_CREATED_AT, created_at=tomorrow)

    on_core(database_url, Settings(), make_keys_tomorrow)

    assert findings(twofold)["clock"][0]["level"] == "problem"
    assert twofold("doctor").status == 1


def test_counts_connections(twofold: Twofold, database_url: str) -> None:
    """More than the server lets in are a problem before the rush, not in it. A file lets in everybody."""
    on_core(database_url, Settings(), make_keys)

    found = findings(twofold, "--workers", "64")["database"]

    assert ("64 workers may open" in found[-1]["what"]) == database_url.startswith("postgresql")


@pytest.mark.parametrize("database_url", ["core_postgres_url"], indirect=True)
def test_says_that_the_tables_are_another_users(twofold: Twofold, database_url: str, postgres_admin: Admin) -> None:
    """Once, and what to do about it; not that files of this version are missing."""
    on_core(database_url, Settings(), make_keys)
    stranger = f"stranger_{token_hex(4)}"
    postgres_admin.execute(f"CREATE ROLE {stranger} LOGIN")

    outcome = twofold("doctor", "--db", database_url.replace("//postgres@", f"//{stranger}@"))

    postgres_admin.execute(f"DROP ROLE {stranger}")
    assert outcome.out.count("problem") == 1
    assert "→ Let --db name the user whose tables these are" in outcome.out


@pytest.mark.parametrize("url", ["postgresql://nobody@127.0.0.1:1/x", "sqlite:////no/such/folder/x.db"])
def test_says_that_the_database_cannot_be_reached(twofold: Twofold, url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Once, without a traceback, and checks what can be checked without."""
    outcome = twofold("doctor", "--db", url)

    assert outcome.status == 1
    assert outcome.out.count("problem") == 1
    assert "password hash" in outcome.out


async def test_looks_at_mail_servers() -> None:
    """One that does not encrypt, one that is not there, and something that is no mail server's address."""
    controller = Controller(SMTP, hostname="127.0.0.1", port=free_port())
    controller.start()
    try:
        plain = await check_mail(f"smtp://127.0.0.1:{controller.port}")
    finally:
        controller.stop()
    gone = await check_mail(f"smtp://127.0.0.1:{controller.port}")
    wrong = await check_mail("mail.example.com")

    assert (plain.level, "without encryption" in plain.what) == (Level.NOTE, True)
    assert (gone.level, "does not answer" in gone.what) == (Level.PROBLEM, True)
    assert (wrong.level, "smtp://host:587" in wrong.mend) == (Level.PROBLEM, True)
