# SPDX-License-Identifier: Apache-2.0
"""Short ways to say what the tests of login recipes say often."""

import asyncio
from collections import Counter
from typing import Any

from twofold.core.app import Core
from twofold.core.storage.query import Query
from twofold.core.version import V5_4, Version

Json = dict[str, Any]
MANY = 100


async def post(core: Core, path: str, body: Json, *, tenant_id: str = "public", version: Version = V5_4) -> Json:
    """POST to a recipe path."""
    return await core.call("POST", f"/recipe/{path}", body=body, tenant_id=tenant_id, version=version)


async def put_user(core: Core, body: Json, rid: str, *, version: Version = V5_4) -> Json:
    """PUT to the path that recipes share."""
    return await core.call("PUT", "/recipe/user", body=body, rid=rid, version=version)


async def get(
    core: Core, path: str, query: Json, *, tenant_id: str = "public", rid: str | None = None, version: Version = V5_4
) -> Json:
    """GET from a recipe path."""
    return await core.call("GET", f"/recipe/{path}", query=query, tenant_id=tenant_id, rid=rid, version=version)


async def at_once(core: Core, path: str, body: Json, times: int = MANY, *, version: Version = V5_4) -> Counter[str]:
    """Send the same request many times at once, and count the statuses."""
    answers = await asyncio.gather(*(post(core, path, body, version=version) for _ in range(times)))
    return Counter(answer["status"] for answer in answers)


async def sign_up(core: Core, email: str = "a@example.com", password: str = "password1") -> str:
    """Create a user with an e-mail and a password, and answer their id."""
    answer = await post(core, "signup", {"email": email, "password": password})
    user_id: str = answer["recipeUserId"]
    return user_id


async def create_tenant(core: Core, tenant_id: str) -> None:
    """Create a tenant where everything is allowed."""
    await core.call("PUT", "/recipe/multitenancy/tenant/v2", body={"tenantId": tenant_id, "firstFactors": None})


async def make_primary(core: Core, recipe_user_id: str) -> None:
    """Make a user primary."""
    answer = await core.call("POST", "/recipe/accountlinking/user/primary", body={"recipeUserId": recipe_user_id})
    assert answer["status"] == "OK"


async def link(core: Core, recipe_user_id: str, primary_user_id: str) -> None:
    """Link a login method to a primary user."""
    body = {"recipeUserId": recipe_user_id, "primaryUserId": primary_user_id}
    answer = await core.call("POST", "/recipe/accountlinking/user/link", body=body)
    assert answer["status"] == "OK"


async def map_id(core: Core, user_id: str, external_id: str) -> None:
    """Give a user an external id."""
    body = {"superTokensUserId": user_id, "externalUserId": external_id}
    answer = await core.call("POST", "/recipe/userid/map", body=body)
    assert answer["status"] == "OK"


async def remove_user(core: Core, user_id: str) -> None:
    """Delete a user with all that belongs to them."""
    await core.call("POST", "/user/remove", body={"userId": user_id})


async def run_jobs(core: Core, recipe_name: str) -> None:
    """Run the housekeeping of a recipe."""
    for recipe in core.services.recipes:
        if recipe.name == recipe_name:
            for job in recipe.jobs:
                await job.run(core.services)


async def rows(core: Core, table: str) -> list[Json]:
    """Everything in a table."""
    found = await core.services.database.fetch_all(Query(f"SELECT * FROM {table}"))
    return [{key: row[key] for key in row.keys()} for row in found]  # noqa: SIM118 - not a mapping
