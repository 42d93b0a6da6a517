# SPDX-License-Identifier: Apache-2.0
"""Roles and permissions through the core call: what the recordings do not show."""

import asyncio

import pytest

from tests.core.recipe.calls import create_tenant, get, post, rows
from twofold.core.app import Core
from twofold.core.errors import BadRequest


async def put_role(core: Core, role: str, *permissions: str) -> bool:
    """Create a role or add to it, and answer whether it is new."""
    body = {"role": role, "permissions": list(permissions)}
    created: bool = (await core.call("PUT", "/recipe/role", body=body))["createdNewRole"]
    return created


async def give(core: Core, user_id: str, role: str, tenant_id: str = "public") -> str:
    """Give a role, and answer the status."""
    body = {"userId": user_id, "role": role}
    status: str = (await core.call("PUT", "/recipe/user/role", tenant_id=tenant_id, body=body))["status"]
    return status


async def test_a_role_is_new_once_of_many(core: Core) -> None:
    """Creating it at once gives one new role with everybody's permissions."""
    created = await asyncio.gather(*(put_role(core, "admin", f"p{number}") for number in range(20)))

    assert created.count(True) == 1
    permissions = (await get(core, "role/permissions", {"role": "admin"}))["permissions"]
    assert sorted(permissions) == sorted(f"p{number}" for number in range(20))


async def test_a_deleted_role_is_nobodys(core: Core) -> None:
    """Giving a role while it is deleted leaves no one with a role that does not exist."""
    await put_role(core, "admin")
    giving = [give(core, f"user-{number}", "admin") for number in range(20)]
    await asyncio.gather(*giving, post(core, "role/remove", {"role": "admin"}))

    assert await rows(core, "user_roles") == []
    assert await give(core, "late", "admin") == "UNKNOWN_ROLE_ERROR"


async def test_roles_are_given_per_tenant(core: Core) -> None:
    """An admin of one tenant is none of another."""
    await create_tenant(core, "t1")
    await put_role(core, "admin")
    await give(core, "u", "admin", "t1")

    assert (await get(core, "user/roles", {"userId": "u"}))["roles"] == []
    assert (await get(core, "user/roles", {"userId": "u"}, tenant_id="t1"))["roles"] == ["admin"]


async def test_an_id_that_fits_no_index_is_a_bad_request(core: Core) -> None:
    """Instead of an error of the database."""
    await put_role(core, "admin")

    with pytest.raises(BadRequest, match="'userId' is too long"):
        await give(core, "u" * 10_000, "admin")
    with pytest.raises(BadRequest, match="'role' may have at most 255 characters"):
        await put_role(core, "r" * 10_000)
