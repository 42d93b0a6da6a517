# SPDX-License-Identifier: Apache-2.0
"""The audit trail itself: written with the change or not at all, read in pages, deleted by age."""

from typing import Any

import pytest

from tests.core.recipe.calls import create_tenant, get, rows, run_jobs
from twofold.core._endpoint import Call
from twofold.core.app import Core
from twofold.core.clock import TurnableClock
from twofold.core.errors import BadRequest
from twofold.core.recipe.audit import Action, record
from twofold.core.storage.database import Connection
from twofold.core.version import V5_5

DAY_SECONDS = 24 * 3600


async def call_of(core: Core, tenant_id: str = "public") -> Call:
    """A call to the core while it runs."""
    return Call(core.services, await core.tenant("public", tenant_id), V5_5, tenant_id, {}, is_operator=True, actor="")


async def write(core: Core, action: Action, user_id: str, *, tenant_id: str = "public", **more: Any) -> None:
    """Record something in a transaction of its own."""
    call = await call_of(core, tenant_id)
    await core.services.database.transaction(lambda tx: record(tx, call, action, user_id, **more))


async def users_of(core: Core, **query: Any) -> list[str]:
    """Whom the entries that match are about, newest first."""
    return [entry["userId"] for entry in (await get(core, "audit", query))["entries"]]


async def test_an_entry_says_who_what_whom_when_and_why(core: Core, clock: TurnableClock) -> None:
    """Everything that was recorded is read, and the application did it unless somebody else is named."""
    await create_tenant(core, "t1")
    before = clock.now_ms()
    await write(core, Action.FACTOR_REMOVED, "ann", tenant_id="t1", reason="lost", details={"factor": "totp"})

    (entry,) = (await get(core, "audit", {}))["entries"]
    assert len(entry.pop("id")) == 36
    assert before <= entry.pop("time") <= clock.now_ms()
    assert entry == {
        "tenantId": "t1",
        "userId": "ann",
        "actor": "application",
        "action": "factor.removed",
        "reason": "lost",
        "details": {"factor": "totp"},
    }


async def test_nothing_is_recorded_of_what_was_not_done(core: Core) -> None:
    """The entry belongs to the transaction of the change."""
    call = await call_of(core)

    async def fail(tx: Connection) -> None:
        await record(tx, call, Action.PASSWORD_CHANGED, "ann")
        raise LookupError

    with pytest.raises(LookupError):
        await core.services.database.transaction(fail)

    assert await rows(core, "audit_log") == []


async def test_pages_are_read_to_the_end_and_show_nothing_twice(core: Core, clock: TurnableClock) -> None:
    """Also when entries have one time, and when new ones come between two pages."""
    for number in range(5):
        await write(core, Action.ROLE_GIVEN, f"u{number}")
    clock.turn(seconds=1)
    await write(core, Action.ROLE_GIVEN, "last")

    seen: list[str] = []
    query: dict[str, Any] = {"limit": "2"}
    while True:
        page = await get(core, "audit", query)
        seen += [entry["userId"] for entry in page["entries"]]
        if "nextPaginationToken" not in page:
            break
        query["paginationToken"] = page["nextPaginationToken"]
        clock.turn(seconds=1)
        await write(core, Action.ROLE_GIVEN, "too late")

    assert seen[0] == "last"
    assert sorted(seen) == ["last", "u0", "u1", "u2", "u3", "u4"]


async def test_filters_hold_together(core: Core, clock: TurnableClock) -> None:
    """By users, actions, actor, tenant and time."""
    await create_tenant(core, "t1")
    await write(core, Action.PASSWORD_CHANGED, "ann")
    await write(core, Action.PASSWORD_CHANGED, "bob", tenant_id="t1")
    clock.turn(seconds=60)
    a_minute_later = clock.now_ms()
    await write(core, Action.PASSWORD_RESET, "ann", tenant_id="t1")

    assert await users_of(core, userId="ann") == ["ann", "ann"]
    assert sorted(await users_of(core, userId="ann,bob")) == ["ann", "ann", "bob"]
    assert await users_of(core, userId="ann", action="password.reset") == ["ann"]
    assert await users_of(core, tenantId="t1") == ["ann", "bob"]
    assert await users_of(core, since=str(a_minute_later)) == ["ann"]
    assert await users_of(core, actor="somebody") == []
    assert len(await users_of(core, actor="application")) == 3


async def test_what_makes_no_sense_is_refused(core: Core) -> None:
    """With a text that says what may be asked."""
    with pytest.raises(BadRequest, match=r"Unknown action: sing. There are: factor.added, "):
        await get(core, "audit", {"action": "sing"})
    for limit in ("0", "501"):
        with pytest.raises(BadRequest, match="limit must be between 1 and 500"):
            await get(core, "audit", {"limit": limit})
    for token in ("*", "x", "eA==", "O3g="):
        with pytest.raises(BadRequest, match="invalid pagination token"):
            await get(core, "audit", {"paginationToken": token})


async def test_entries_go_by_age(core: Core, clock: TurnableClock) -> None:
    """A year after they were written, unless the setting says otherwise."""
    await write(core, Action.USER_DELETED, "old")
    clock.turn(seconds=365 * DAY_SECONDS + 1)
    await write(core, Action.USER_DELETED, "new")

    await run_jobs(core, "audit")

    assert await users_of(core) == ["new"]


async def test_the_trail_of_another_app_is_not_shown(core: Core) -> None:
    """Entries are read in their app alone, and go with it."""
    await core.call("PUT", "/recipe/multitenancy/app/v2", body={"appId": "other"})
    await write(core, Action.USER_DELETED, "ann")

    other = await core.call("GET", "/recipe/audit", app_id="other", query={})

    assert other["entries"] == []
