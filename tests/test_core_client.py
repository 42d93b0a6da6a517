# SPDX-License-Identifier: Apache-2.0
"""What the core client keeps for a request, and what it forgets."""

from tests.fake_core import FakeCore
from twofold._core_client import CoreClient
from twofold.types.base import UserContext


async def test_a_request_asks_the_same_question_once() -> None:
    """Sign-in reads the same user many times; within one request the core is asked once."""
    core = FakeCore({"/user/id": {"status": "OK", "user": {"emails": ["a@b.c"]}}})
    client, context = CoreClient(core), {"_default": {"keep_cache_alive": True}}

    first = await client.get("/user/id", None, {"userId": "u"}, context)
    first["user"]["emails"].append("changed by a caller")
    second = await client.get("/user/id", None, {"userId": "u"}, context)

    assert second == {"status": "OK", "user": {"emails": ["a@b.c"]}}
    assert len(core.calls) == 1


async def test_another_tenant_is_another_question() -> None:
    """An answer for one tenant is never given for another."""
    core = FakeCore()
    context: UserContext = {}
    client = CoreClient(core)

    await client.get("/users", "public", {}, context)
    await client.get("/users", "other", {}, context)

    assert core.calls == [("GET", "/users", "public"), ("GET", "/users", "other")]


async def test_a_write_makes_its_request_ask_again() -> None:
    """After a change, what was read before is read again."""
    core, context = FakeCore(), {"_default": {"keep_cache_alive": True}}
    client = CoreClient(core)

    await client.get("/recipe/roles", None, {}, context)
    await client.put("/recipe/role", None, {}, context)
    await client.get("/recipe/roles", None, {}, context)

    assert [method for method, _, _ in core.calls] == ["GET", "PUT", "GET"]


async def test_a_write_outside_of_requests_is_seen_by_all() -> None:
    """A script's change is seen by every context; a request's change is not pushed into other running requests."""
    core = FakeCore()
    client = CoreClient(core)
    reader: UserContext = {}
    request: UserContext = {"_default": {"keep_cache_alive": True}}
    await client.get("/recipe/roles", None, {}, reader)

    await client.put("/recipe/role", None, {}, request)
    await client.get("/recipe/roles", None, {}, reader)
    await client.put("/recipe/role", None, {}, {})
    await client.get("/recipe/roles", None, {}, reader)

    assert [method for method, _, _ in core.calls] == ["GET", "PUT", "PUT", "GET"]


async def test_nothing_is_kept_when_the_cache_is_off() -> None:
    """`disable_core_call_cache` asks every time."""
    core = FakeCore()
    context: UserContext = {}
    client = CoreClient(core, keeps_answers=False)

    await client.get("/recipe/roles", None, {}, context)
    await client.get("/recipe/roles", None, {}, context)

    assert len(core.calls) == 2


async def test_recipe_is_named_on_recipe_paths_only() -> None:
    """`rid` tells the core which recipe asks; it goes with recipe paths only. None leaves a parameter out."""
    core = FakeCore()
    client = CoreClient(core).for_recipe("userroles")

    await client.get("/recipe/roles", None, {"a": None, "b": True, "c": 1}, {})
    await client.get("/users", None, {}, {})

    assert core.rids == ["userroles", ""]
    assert core.queries[0] == {"b": "true", "c": "1"}


async def test_an_answer_is_the_callers_own_without_the_cache_too() -> None:
    """A core in this process answers with what it keeps: a caller that changes it must not change that."""
    core = FakeCore({"/recipe/multitenancy/tenant/v2": {"status": "OK", "coreConfig": {"key": 1}}})
    client = CoreClient(core, keeps_answers=False)

    (await client.get("/recipe/multitenancy/tenant/v2", "t", {}, {}))["coreConfig"]["key"] = 2
    again = await client.get("/recipe/multitenancy/tenant/v2", "t", {}, {})

    assert again["coreConfig"] == {"key": 1}
