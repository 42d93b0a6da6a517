# SPDX-License-Identifier: Apache-2.0
"""Bulk import: what is refused, what a user has afterwards, and the job on several nodes and after a crash."""

import asyncio
import json
from typing import Any, cast

import pytest

from tests.core.recipe.calls import create_tenant, post, rows, run_jobs, sign_up
from twofold.core.app import Core, create_core
from twofold.core.clock import TurnableClock
from twofold.core.errors import BadRequest
from twofold.core.recipe.bulkimport import importing, rules, store
from twofold.core.recipe.bulkimport.rules import LEASE_MS
from twofold.core.storage.postgres_connection import TryAgain
from twofold.core.storage.query import Query

Json = dict[str, Any]
KNOWN_ROWS = Query(
    "SELECT CAST(reltuples AS BIGINT) AS rows FROM pg_class WHERE reltuples > 0"
    " AND relname IN ('users', 'login_methods', 'password_hashes')"
)
BCRYPT = "$2a$06$If6bvum7DFjUnE9p2uDeDu0YHzrHM6tf.iqN8.yx.jNN1ILEf7h0i"  # of "abc"
SECRET = "JBSWY3DPEHPK3PXP"


def with_password(address: str, **more: Any) -> Json:
    """A user with one login method and a hash."""
    method = {"recipeId": "emailpassword", "email": address, "passwordHash": BCRYPT, "hashingAlgorithm": "bcrypt"}
    return {"loginMethods": [method | more]}


def everything() -> Json:
    """A user with all that can be imported."""
    return {
        "externalUserId": "ext-1",
        "userMetadata": {"first_name": "Ada"},
        "userRoles": [{"role": "admin", "tenantIds": ["public", "t1"]}],
        "totpDevices": [{"secretKey": SECRET, "deviceName": "phone"}],
        "loginMethods": [
            {"recipeId": "passwordless", "phoneNumber": "+491701234567", "timeJoinedInMSSinceEpoch": 1000},
            {
                "recipeId": "emailpassword",
                "email": "Ada@Example.com",
                "plainTextPassword": "password1",
                "isPrimary": True,
                "isVerified": True,
                "tenantIds": ["public", "t1"],
                "timeJoinedInMSSinceEpoch": 2000,
            },
            {
                "recipeId": "thirdparty",
                "email": "ada@example.com",
                "thirdPartyId": "google",
                "thirdPartyUserId": "g1",
            },
        ],
    }


async def add(core: Core, *users: Any) -> Json:
    """Give users to the job."""
    return await core.call("POST", "/bulk-import/users", body={"users": list(users)})


async def listed(core: Core, **query: str) -> Json:
    """Who waits or failed."""
    return await core.call("GET", "/bulk-import/users", query=query)


async def prepare(core: Core) -> None:
    """The tenant and the role that `everything` names."""
    await create_tenant(core, "t1")
    await core.call("PUT", "/recipe/role", body={"role": "admin"})


async def check_everything(core: Core) -> None:
    """The user of `everything` is there, whole."""
    user = (await core.call("GET", "/user/id", query={"userId": "ext-1"}))["user"]
    metadata = await core.call("GET", "/recipe/user/metadata", query={"userId": "ext-1"})
    roles = await core.call("GET", "/recipe/user/roles", query={"userId": "ext-1"}, tenant_id="t1")
    devices = await core.call("GET", "/recipe/totp/device/list", query={"userId": "ext-1"})
    credentials = {"email": "ada@example.com", "password": "password1"}
    signed_in = await core.call("POST", "/recipe/signin", body=credentials, tenant_id="t1", rid="emailpassword")

    assert user["isPrimaryUser"]
    assert user["timeJoined"] == 1000
    assert {item["recipeId"]: item["verified"] for item in user["loginMethods"]}["emailpassword"]
    assert sorted(item["recipeId"] for item in user["loginMethods"]) == ["emailpassword", "passwordless", "thirdparty"]
    assert user["phoneNumbers"] == ["+491701234567"]
    assert metadata["metadata"] == {"first_name": "Ada"}
    assert roles["roles"] == ["admin"]
    assert [(item["name"], item["period"], item["skew"]) for item in devices["devices"]] == [("phone", 30, 1)]
    assert signed_in["status"] == "OK"


async def test_job_imports_everything(core: Core) -> None:
    """Login methods, linking, tenants, external id, metadata, roles and devices; nothing waits any more."""
    await prepare(core)
    added = await add(core, everything())
    await run_jobs(core, "bulkimport")

    assert added["users"][0]["userId"] == "ext-1"
    assert added["users"][0]["loginMethods"][1]["tenants"] == ["public", "t1"]
    assert (await listed(core))["users"] == []
    await check_everything(core)


async def test_one_user_is_imported_at_once(core: Core) -> None:
    """The same without the job; a second time nothing is changed and the answer says why."""
    await prepare(core)
    answer = await core.call("POST", "/bulk-import/import", body=everything())
    with pytest.raises(BadRequest) as again:
        await core.call("POST", "/bulk-import/import", body=everything())

    assert answer["user"]["id"] == "ext-1"
    assert json.loads(again.value.message)["errors"][0].startswith("E00")
    await check_everything(core)


async def test_every_error_of_every_user_is_told_and_nothing_is_stored(core: Core) -> None:
    """With the place of the user in the list; the valid ones are not taken either."""
    with pytest.raises(BadRequest) as refused:
        await add(
            core,
            with_password("a@example.com"),
            {"externalUserId": 3},
            with_password("a@example.com", email=None, hashingAlgorithm="md5"),
            {"loginMethods": [{"recipeId": "magic"}], "totpDevices": [{"secretKey": "!!"}], "userRoles": [{}]},
            {"loginMethods": [{"recipeId": "passwordless", "timeJoinedInMSSinceEpoch": -1}]},
            "x",
        )
    body = json.loads(refused.value.message)

    assert body["error"] == "Data has missing or invalid fields. Please check the users field for more details."
    assert [item["index"] for item in body["users"]] == [1, 2, 3, 4, 5]
    assert body["users"][0]["errors"] == ["externalUserId should be of type string.", "loginMethods is required."]
    assert body["users"][1]["errors"][0] == "email is required for an emailpassword recipe."
    assert (
        "Invalid recipeId for loginMethod. Pass one of emailpassword, thirdparty or, passwordless!"
        in (body["users"][2]["errors"])
    )
    assert len(body["users"][3]["errors"]) == 2
    assert await core.call("GET", "/bulk-import/users/count") == {"status": "OK", "count": 0}


async def test_user_that_fails_is_kept_with_its_error_and_without_half_of_it(core: Core) -> None:
    """A missing role is found last, when the login method was made already: it is undone."""
    await add(core, with_password("a@example.com") | {"userRoles": [{"role": "nobody's", "tenantIds": ["public"]}]})
    await run_jobs(core, "bulkimport")
    failed = (await listed(core, status="FAILED"))["users"]

    assert [item["errorMessage"] for item in failed] == ["E009: The role nobody's does not exist."]
    assert "passwordHash" not in failed[0]["loginMethods"][0]
    assert await rows(core, "users") == []
    assert await rows(core, "password_hashes") == []


async def test_taken_email_is_told(core: Core) -> None:
    """Who exists keeps the password."""
    await sign_up(core, "a@example.com")
    await add(core, with_password("A@example.com"), with_password("b@example.com"))
    await run_jobs(core, "bulkimport")
    failed = (await listed(core))["users"]

    assert [item["errorMessage"][:5] for item in failed] == ["E008:"]
    assert len(await rows(core, "users")) == 2
    assert (await post(core, "signin", {"email": "a@example.com", "password": "password1"}))["status"] == "OK"


async def test_two_nodes_at_once_import_each_user_once(core: Core, database_url: str, clock: TurnableClock) -> None:
    """Nobody twice, nobody forgotten, nobody failed."""
    other = create_core(database_url, clock=clock)
    await other.start()
    await add(core, *(with_password(f"{number}@example.com") for number in range(60)))
    await asyncio.gather(run_jobs(core, "bulkimport"), run_jobs(other, "bulkimport"))
    await other.stop()

    assert await core.call("GET", "/bulk-import/users/count") == {"status": "OK", "count": 0}
    assert len(await rows(core, "users")) == 60


async def test_users_of_a_node_that_died_are_taken_up_when_its_lease_ends(core: Core, clock: TurnableClock) -> None:
    """Killed inside the transaction of the second: the first is there, the second not in part; later both are."""
    await add(core, with_password("a@example.com"), with_password("b@example.com"))
    now_ms = core.services.clock.now_ms()
    claimed = await store.claim(core.services.database, now_ms, now_ms + LEASE_MS)

    async def die(tx: Any) -> None:
        await store.take(tx, claimed[0])
        raise asyncio.CancelledError

    with pytest.raises(asyncio.CancelledError):
        await core.services.database.transaction(die)
    await run_jobs(core, "bulkimport")
    during = (await rows(core, "users"), (await listed(core, status="PROCESSING"))["users"])
    clock.turn(seconds=LEASE_MS // 1000)
    await run_jobs(core, "bulkimport")

    assert during[0] == []
    assert len(during[1]) == 2
    assert len(await rows(core, "users")) == 2


async def test_what_the_database_tries_again_is_no_failure_of_the_user(
    core: Core, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A conflict with another transaction, or a connection that breaks, must reach whoever repeats the transaction."""

    async def conflict(*_: Any) -> Any:
        raise TryAgain("deadlock")

    monkeypatch.setattr(importing, "_create", conflict)

    with pytest.raises(TryAgain):
        await importing.create(core.services.database, core.services, "public", cast(Any, None))


async def test_many_users_are_known_to_the_planner(core: Core, monkeypatch: pytest.MonkeyPatch) -> None:
    """At once, not when autovacuum comes by: else PostgreSQL reads all users to find one by an address."""
    monkeypatch.setattr(rules, "MANY", 3)

    async def known_after(*numbers: int) -> list[int]:
        await add(core, *(with_password(f"{number}@example.com") for number in numbers))
        await run_jobs(core, "bulkimport")
        is_postgres = core.services.database.dialect == "postgres"
        return [row["rows"] for row in await core.services.database.fetch_all(KNOWN_ROWS)] if is_postgres else []

    few, many = await known_after(1, 2), await known_after(3, 4, 5)

    assert len(await rows(core, "users")) == 5
    assert (few, many) == ([], [5, 5, 5] if core.services.database.dialect == "postgres" else [])


async def test_node_whose_lease_ended_imports_nothing(core: Core, monkeypatch: pytest.MonkeyPatch) -> None:
    """A node that slept through its lease finds its claim gone: the user is made by the other alone."""
    await add(core, with_password("a@example.com"))
    now_ms = core.services.clock.now_ms()
    prepare_user = importing.prepare

    async def sleep_through_the_lease(*arguments: Any) -> Any:
        await store.claim(core.services.database, now_ms + 2 * LEASE_MS, now_ms + 3 * LEASE_MS)
        return await prepare_user(*arguments)

    monkeypatch.setattr(importing, "prepare", sleep_through_the_lease)
    await run_jobs(core, "bulkimport")

    assert await rows(core, "users") == []
    assert [item["status"] for item in (await listed(core))["users"]] == ["PROCESSING"]


async def test_pages_counts_and_removal(core: Core) -> None:
    """Each user once over the pages; ids that are unknown are named."""
    await add(core, *(with_password(f"{number}@example.com") for number in range(3)))
    first = await listed(core, limit="2")
    second = await listed(core, limit="2", paginationToken=first["nextPaginationToken"])
    ids = [item["id"] for item in first["users"] + second["users"]]
    removed = await core.call("POST", "/bulk-import/users/remove", body={"ids": [ids[0], "unknown"]})

    assert len(set(ids)) == 3
    assert "nextPaginationToken" not in second
    assert removed == {"deletedIds": [ids[0]], "invalidIds": ["unknown"]}
    assert (await core.call("GET", "/bulk-import/users/count", query={"status": "NEW"}))["count"] == 2
    assert (await core.call("GET", "/bulk-import/users/count", query={"status": "FAILED"}))["count"] == 0


@pytest.mark.parametrize(
    ("method", "path", "values", "text"),
    [
        ("GET", "users", {"limit": "501"}, "Max limit allowed is 500"),
        ("GET", "users", {"limit": "0"}, "limit must a positive integer with min value 1"),
        ("GET", "users", {"paginationToken": "?"}, "invalid pagination token"),
        ("GET", "users", {"status": "x"}, "Invalid value for status. Pass one of NEW, PROCESSING, or FAILED!"),
        ("GET", "users/count", {"status": "x"}, "Invalid value for status. Pass one of NEW, PROCESSING, or FAILED!"),
        ("POST", "users/remove", {"ids": [""]}, "Field name 'ids' cannot contain an empty string"),
        ("POST", "users/remove", {"ids": ["i"] * 501}, "Field name 'ids' cannot contain more than 500 elements"),
        ("POST", "users", {"users": [{}] * 10_001}, '{"error": "You can only add 10000 users at a time."}'),
    ],
)
async def test_bad_input_is_refused(core: Core, method: str, path: str, values: Json, text: str) -> None:
    """With the texts of the interface."""
    with pytest.raises(BadRequest) as refused:
        await core.call(method, f"/bulk-import/{path}", query=values, body=values)

    assert refused.value.message == text
