# SPDX-License-Identifier: Apache-2.0
"""Roles: core calls, outcomes, claims."""

import inspect
from types import ModuleType

import pytest

from tests.fake_core import FakeCore, app_on
from twofold.recipe import userroles
from twofold.recipe.jwt import asyncio as jwt_asyncio
from twofold.recipe.jwt import syncio as jwt_syncio
from twofold.recipe.multitenancy import asyncio as multitenancy_asyncio
from twofold.recipe.multitenancy import syncio as multitenancy_syncio
from twofold.recipe.usermetadata import asyncio as usermetadata_asyncio
from twofold.recipe.usermetadata import syncio as usermetadata_syncio
from twofold.recipe.userroles import PermissionClaim, UserRoleClaim, UserRolesRecipe, asyncio, syncio
from twofold.recipe.userroles.interfaces import AddRoleToUserOkResult, UnknownRoleError
from twofold.types import RecipeUserId


async def test_role_is_given_on_a_tenant() -> None:
    """The public function takes the tenant first; the core gets it in the path."""
    core = FakeCore({"/recipe/user/role": {"status": "OK", "didUserAlreadyHaveRole": False}})
    app_on(core, userroles.init())

    result = await asyncio.add_role_to_user("t1", "user", "admin")

    assert result == AddRoleToUserOkResult(did_user_already_have_role=False)
    assert core.calls == [("PUT", "/recipe/user/role", "t1")]
    assert core.bodies == [{"userId": "user", "role": "admin"}]


async def test_unknown_role_is_a_result() -> None:
    """A role that does not exist is an outcome, not an exception."""
    app_on(FakeCore({"/recipe/role/permissions": {"status": "UNKNOWN_ROLE_ERROR"}}), userroles.init())

    assert await asyncio.get_permissions_for_role("nobody") == UnknownRoleError()


async def test_permission_claim_is_the_union_over_roles() -> None:
    """Each permission once, also when several roles have it."""
    core = FakeCore(
        {
            "/recipe/user/roles": {"status": "OK", "roles": ["a", "b"]},
            "/recipe/role/permissions": {"status": "OK", "permissions": ["read", "write"]},
        }
    )
    app_on(core, userroles.init())

    payload = await PermissionClaim.build("user", RecipeUserId("user"), "public", {}, {})

    assert payload["st-perm"]["v"] == ["read", "write"]


def test_claims_may_be_left_out_of_new_sessions() -> None:
    """Both by default, each can be skipped."""
    app_on(FakeCore(), userroles.init())
    both = UserRolesRecipe.get().claims()
    app_on(FakeCore(), userroles.init(skip_adding_permissions_to_access_token=True))

    assert both == [UserRoleClaim, PermissionClaim]
    assert UserRolesRecipe.get().claims() == [UserRoleClaim]


@pytest.mark.parametrize(
    ("aio", "blocking"),
    [
        (asyncio, syncio),
        (usermetadata_asyncio, usermetadata_syncio),
        (multitenancy_asyncio, multitenancy_syncio),
        (jwt_asyncio, jwt_syncio),
    ],
)
def test_blocking_twins_have_the_same_signatures(aio: ModuleType, blocking: ModuleType) -> None:
    """Every async function has a blocking twin with its parameters."""
    functions = {
        name: function
        for name, function in vars(aio).items()
        if inspect.iscoroutinefunction(function) and function.__module__ == aio.__name__
    }

    assert {name: inspect.signature(getattr(blocking, name)) for name in functions} == {
        name: inspect.signature(function) for name, function in functions.items()
    }
