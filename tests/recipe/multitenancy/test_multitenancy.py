# SPDX-License-Identifier: Apache-2.0
"""Tenants: what is sent when they change, which first factors they offer, whose tenant a request is for."""

from typing import Any

import httpx
import pytest
from starlette.applications import Starlette

from tests.fake_core import APP_INFO, FakeCore, app_on
from tests.plugins.places import CoreServer, OverHttp, Place
from twofold._app_info import SupertokensConfig
from twofold.core.app import create_core
from twofold.exceptions import BadInputError
from twofold.framework.fastapi import get_middleware
from twofold.recipe import emailpassword, multitenancy, session
from twofold.recipe._base import Recipe
from twofold.recipe.multitenancy import AllowedDomainsClaim, asyncio
from twofold.recipe.multitenancy.first_factors import first_factors_of
from twofold.recipe.multitenancy.interfaces import (
    AssociateUserToTenantNotAllowedError,
    TenantConfig,
    TenantConfigCreateOrUpdate,
)
from twofold.recipe.multitenancy.recipe import MultitenancyRecipe
from twofold.supertokens import connect_app
from twofold.types import RecipeUserId
from twofold.types.recipe import BaseAPIInterface, BaseRecipeInterface


class Passwords(Recipe[BaseRecipeInterface, BaseAPIInterface]):
    """A recipe that offers one first factor."""

    recipe_id = "emailpassword"
    display_name = "Emailpassword"

    def make_functions(self) -> BaseRecipeInterface:
        """Make nothing."""
        return BaseRecipeInterface()

    def first_factors(self) -> list[str]:
        """Offer passwords."""
        return ["emailpassword"]


@pytest.mark.parametrize(
    ("config", "sent"),
    [
        (TenantConfigCreateOrUpdate(), {"coreConfig": {}}),
        (TenantConfigCreateOrUpdate(first_factors=None), {"coreConfig": {}, "firstFactors": None}),
        (TenantConfigCreateOrUpdate(first_factors=[]), {"coreConfig": {}, "firstFactors": []}),
        (
            TenantConfigCreateOrUpdate({"a": 1}, ["otp-email"], ["totp"]),
            {"coreConfig": {"a": 1}, "firstFactors": ["otp-email"], "requiredSecondaryFactors": ["totp"]},
        ),
        (None, {}),
    ],
)
async def test_only_what_changes_is_sent(config: TenantConfigCreateOrUpdate | None, sent: dict[str, object]) -> None:
    """What is not said stays; None resets; an empty list is a list."""
    core = FakeCore({"/recipe/multitenancy/tenant/v2": {"status": "OK", "createdNew": True}})
    app_on(core, multitenancy.init())

    result = await asyncio.create_or_update_tenant("t1", config)

    assert result.created_new
    assert core.bodies == [{"tenantId": "t1", **sent}]


async def test_unknown_tenant_is_none() -> None:
    """A tenant that does not exist is None, an existing one is read whole."""
    core = FakeCore({"/recipe/multitenancy/tenant/v2": {"status": "TENANT_NOT_FOUND_ERROR"}})
    app_on(core, multitenancy.init())
    unknown = await asyncio.get_tenant("t1")
    core.answers["/recipe/multitenancy/tenant/v2"] = {
        "status": "OK",
        "tenantId": "t1",
        "thirdParty": {"providers": []},
        "coreConfig": {},
        "firstFactors": ["totp"],
    }

    assert unknown is None
    assert await asyncio.get_tenant("t1") == TenantConfig("t1", [], {}, ["totp"], None)


async def test_refused_association_has_its_reason() -> None:
    """The reason that the core gives reaches the caller."""
    refusal = {"status": "ASSOCIATION_NOT_ALLOWED_ERROR", "reason": "Another primary user"}
    app_on(FakeCore({"/recipe/multitenancy/tenant/user": refusal}), multitenancy.init())

    result = await asyncio.associate_user_to_tenant("t1", RecipeUserId("r"))

    assert result == AssociateUserToTenantNotAllowedError("Another primary user")


@pytest.mark.parametrize(
    ("tenant", "expected"),
    [
        (None, ["emailpassword"]),
        ([], []),
        (["otp-email", "custom", "emailpassword", "custom"], ["custom", "emailpassword"]),
    ],
)
def test_first_factors_of_a_tenant(tenant: list[str] | None, expected: list[str]) -> None:
    """The tenant's list wins, even an empty one; built-in factors without their recipe are left out."""
    app_on(FakeCore(), lambda app_info, _: Passwords(app_info))

    assert first_factors_of(tenant) == expected


async def test_allowed_domains_come_from_the_application() -> None:
    """Without a callback there is no claim; with one its list is the claim's value."""

    async def domains(tenant_id: str, _user_context: dict[str, object]) -> list[str]:
        return [f"{tenant_id}.example.com"]

    arguments: tuple[Any, ...] = ("user", RecipeUserId("user"), "t1", {}, {})
    app_on(FakeCore(), multitenancy.init())
    without = await AllowedDomainsClaim.build(*arguments)
    app_on(FakeCore(), multitenancy.init(domains))

    assert without == {}
    assert (await AllowedDomainsClaim.build(*arguments))["st-t-dmns"]["v"] == ["t1.example.com"]


@pytest.mark.parametrize(("segment", "tenant_id"), [("SHOP", "shop"), ("Shop", "shop"), ("users", "public")])
async def test_a_policy_sees_the_tenant_that_the_core_works_on(segment: str, tenant_id: str) -> None:
    """A core behind HTTP reads paths in lower case, and some names as `public`: no spelling gets around a policy."""
    app_on(FakeCore(), multitenancy.init())

    assert await MultitenancyRecipe.get().tenant_id_of(segment, {}) == tenant_id


@pytest.mark.parametrize("segment", ["appid-other", "APPID-other", "a/b", "a?b", "", "ä"])
async def test_a_segment_that_no_tenant_can_have_is_refused(segment: str) -> None:
    """Class 47: whatever a path or an override makes of a request, it stays below the application's own app."""
    app_on(FakeCore(), multitenancy.init())

    with pytest.raises(BadInputError):
        await MultitenancyRecipe.get().tenant_id_of(segment, {})


async def test_no_path_leads_to_another_app_of_a_shared_core(place: Place, core_server: CoreServer) -> None:
    """Class 47: `/appid-…` in a browser's path tells nothing of another app's users."""
    core = create_core(place.database_url)
    await core.call("PUT", "/recipe/multitenancy/app/v2", body={"appId": "other", "firstFactors": None})
    body = {"email": "victim@example.com", "password": "correct horse battery"}
    await core.call("POST", "/recipe/signup", app_id="other", body=body)
    transport = OverHttp(core, core_server.add(core))
    connect_app(APP_INFO, [emailpassword.init(), session.init()], SupertokensConfig(), transport)
    application = Starlette()
    application.add_middleware(get_middleware())

    async with httpx.AsyncClient(transport=httpx.ASGITransport(application), base_url="http://localhost:8000") as web:
        reply = await web.get("/auth/appid-other/emailpassword/email/exists", params={"email": "victim@example.com"})
    await transport.stop()

    assert reply.status_code == 400
    assert "exists" not in reply.json()
