# SPDX-License-Identifier: Apache-2.0
"""Tenants: each with its own people, first factors, required factors and providers."""

import secrets

from application import PASSWORD, World, new_address
from checks import holds, same
from supertokens_python.asyncio import get_user, get_user_count, list_users_by_account_info
from supertokens_python.recipe.emailpassword.asyncio import sign_in, sign_up
from supertokens_python.recipe.multitenancy.asyncio import (
    associate_user_to_tenant,
    create_or_update_tenant,
    create_or_update_third_party_config,
    delete_tenant,
    delete_third_party_config,
    disassociate_user_from_tenant,
    get_tenant,
    list_all_tenants,
)
from supertokens_python.recipe.multitenancy.interfaces import TenantConfigCreateOrUpdate
from supertokens_python.recipe.session.asyncio import get_all_session_handles_for_user
from supertokens_python.recipe.thirdparty.asyncio import get_provider
from supertokens_python.recipe.thirdparty.provider import ProviderClientConfig, ProviderConfig
from supertokens_python.types.base import AccountInfoInput


async def new_tenant(first: list[str] | None = None, required: list[str] | None = None) -> str:
    """Make a tenant with these factors."""
    name = f"tenant-{secrets.token_hex(4)}"
    await create_or_update_tenant(
        name, TenantConfigCreateOrUpdate(first_factors=first, required_secondary_factors=required)
    )
    return name


async def configuration(world: World) -> None:
    """What a tenant is given is what it has."""
    tenant = await new_tenant(["emailpassword"], ["otp-email"])

    found = await get_tenant(tenant)

    same([found.first_factors, found.required_secondary_factors], [["emailpassword"], ["otp-email"]], "factors")
    again = await create_or_update_tenant(
        tenant, TenantConfigCreateOrUpdate(first_factors=["emailpassword", "thirdparty"])
    )
    same(again.created_new, False, "changed, not made")
    same(sorted((await get_tenant(tenant)).first_factors), ["emailpassword", "thirdparty"], "other first factors")
    same((await get_tenant(tenant)).required_secondary_factors, ["otp-email"], "what was not named stays")
    methods = await world.client().get(f"/{tenant}/loginmethods")
    same(sorted(methods["firstFactors"]), ["emailpassword", "thirdparty"], "and the browser is told")
    holds(tenant in [one.tenant_id for one in (await list_all_tenants()).tenants], "it is listed")
    same(await get_tenant("no-such-tenant"), None, "an unknown tenant")
    same((await delete_tenant(tenant)).did_exist, True, "deleted")
    same((await delete_tenant(tenant)).did_exist, False, "deleted again")


async def providers(_: World) -> None:
    """A tenant has providers of its own."""
    tenant = await new_tenant()
    config = ProviderConfig(
        "github", "GitHub", clients=[ProviderClientConfig("client", client_secret="secret", scope=["email"])]
    )

    same((await create_or_update_third_party_config(tenant, config)).created_new, True, "added")

    found = (await get_tenant(tenant)).third_party_providers[0]
    same([found.third_party_id, found.clients[0].client_id], ["github", "client"], "found")
    same((await get_provider(tenant, "github")).config.client_id, "client", "and used")
    same((await create_or_update_third_party_config(tenant, config)).created_new, False, "changed")
    same((await delete_third_party_config(tenant, "github")).did_config_exist, True, "removed")
    same((await get_tenant(tenant)).third_party_providers, [], "none is left")


async def isolation(world: World) -> None:
    """The same address is two people in two tenants."""
    one, two, email = await new_tenant(["emailpassword"]), await new_tenant(["emailpassword"]), new_address()
    client = world.client()

    signed_up = await client.form(f"/{one}/signup", email=email, password=PASSWORD)

    same(signed_up["user"]["tenantIds"], [one], "signed up in one")
    same((await sign_in(two, email, PASSWORD)).status, "WRONG_CREDENTIALS_ERROR", "unknown in the other")
    same(await list_users_by_account_info(two, AccountInfoInput(email=email)), [], "not found in the other")
    other = (await sign_up(two, email, PASSWORD)).user
    holds(other.id != signed_up["user"]["id"], "another person there")
    same([await get_user_count(tenant_id=one), await get_user_count(tenant_id=two)], [1, 1], "counts")
    payload = (await client.http.get("/protected")).json()["payload"]
    same(payload["tId"], one, "the session is of its tenant")
    same((await delete_tenant(two)).did_exist, True, "a tenant goes")
    same((await get_user(other.id)).tenant_ids, [], "its people stay without one")


async def membership(world: World) -> None:
    """A person can belong to several tenants, and leaves one with its sessions."""
    tenant, email = await new_tenant(["emailpassword"]), new_address()
    person = (await sign_up("public", email, PASSWORD)).user
    recipe_user_id = person.login_methods[0].recipe_user_id

    joined = await associate_user_to_tenant(tenant, recipe_user_id)

    same([joined.status, joined.was_already_associated], ["OK", False], "joined")
    same((await associate_user_to_tenant(tenant, recipe_user_id)).was_already_associated, True, "joined again")
    client = world.client()
    await client.form(f"/{tenant}/signin", email=email, password=PASSWORD)
    same(len(await get_all_session_handles_for_user(person.id, tenant_id=tenant)), 1, "a session there")
    same(await get_all_session_handles_for_user(person.id, tenant_id="public"), [], "and none here")
    stranger = (await sign_up(tenant, new_address(), PASSWORD)).user
    same(stranger.tenant_ids, [tenant], "somebody of that tenant alone")
    left = await disassociate_user_from_tenant(tenant, recipe_user_id)
    same([left.status, left.was_associated], ["OK", True], "left")
    same(await client.status("/checked"), 401, "and the session there is over")
    same((await get_user(person.id)).tenant_ids, ["public"], "the first tenant is left")


STORIES = [configuration, providers, isolation, membership]
