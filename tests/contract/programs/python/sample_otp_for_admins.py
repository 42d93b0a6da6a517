# SPDX-License-Identifier: Apache-2.0
"""Sample "OTP for specific users", 1: administrators give a code by mail where the tenant asks for codes."""

import asyncio
import sys
from collections.abc import Awaitable, Callable
from typing import Any

from application import PASSWORD, World, new_address, running
from checks import same, tell
from recipes import recipes
from story_tenants import new_tenant
from supertokens_python.asyncio import get_user
from supertokens_python.recipe.multifactorauth.types import FactorIds, MFARequirementList, OverrideConfig
from supertokens_python.recipe.multitenancy.asyncio import associate_user_to_tenant
from supertokens_python.recipe.userroles.asyncio import (
    add_role_to_user,
    create_new_role_or_add_permissions,
    get_roles_for_user,
)
from supertokens_python.types import User


def override_functions(original_implementation: Any) -> Any:
    """Ask administrators for a code, in a tenant that requires codes."""

    async def get_mfa_requirements_for_auth(
        tenant_id: str,
        access_token_payload: dict[str, Any],
        completed_factors: dict[str, int],
        user: Callable[[], Awaitable[User]],
        factors_set_up_for_user: Callable[[], Awaitable[list[str]]],
        required_secondary_factors_for_user: Callable[[], Awaitable[list[str]]],
        required_secondary_factors_for_tenant: Callable[[], Awaitable[list[str]]],
        user_context: dict[str, Any],
    ) -> MFARequirementList:
        roles = await get_roles_for_user(tenant_id, (await user()).id)
        if "admin" in roles.roles and FactorIds.OTP_EMAIL in await required_secondary_factors_for_tenant():
            return [FactorIds.OTP_EMAIL]
        # No MFA for non-admin users
        return []

    original_implementation.get_mfa_requirements_for_auth = get_mfa_requirements_for_auth
    return original_implementation


async def an_administrator_of_two_tenants(world: World) -> None:
    """Only the tenant with codes asks for one, and only of an administrator."""
    strict, lenient = await new_tenant(["emailpassword"], ["otp-email"]), await new_tenant(["emailpassword"])
    client, email = world.client(), new_address()
    person = (await client.form(f"/{strict}/signup", email=email, password=PASSWORD))["user"]["id"]
    same(await client.status(), 200, "without the role")
    await associate_user_to_tenant(lenient, (await get_user(person)).login_methods[0].recipe_user_id)
    await create_new_role_or_add_permissions("admin", [])
    for tenant in (strict, lenient):
        await add_role_to_user(tenant, person, "admin")
    there, elsewhere = world.client(), world.client()

    await there.form(f"/{strict}/signin", email=email, password=PASSWORD)
    await elsewhere.form(f"/{lenient}/signin", email=email, password=PASSWORD)

    same(await there.status(), 403, "with the role, before the code")
    same((await there.second_factor(f"/{strict}", email=email))["status"], "OK", "the code")
    same(await there.status(), 200, "after the code")
    same(await elsewhere.status(), 200, "in the other tenant")


async def main() -> int:
    """Tell the story; return the exit code."""
    async with running(recipes(multi_factor_override=OverrideConfig(functions=override_functions))) as world:
        return await tell(world, an_administrator_of_two_tenants)


sys.exit(asyncio.run(main()))
