# SPDX-License-Identifier: Apache-2.0
"""Apps, tenants and domains through the core call: what the recordings do not show."""

from typing import Any

import pytest

from tests.core.recipe.calls import post, rows, sign_up
from twofold.core.app import Core, create_core
from twofold.core.config import Settings
from twofold.core.errors import BadRequest, CoreError, Forbidden
from twofold.core.version import V3_0, V5_0, V5_4, Version

Json = dict[str, Any]
PATH = "/recipe/multitenancy"


async def put(core: Core, what: str, body: Json, *, app_id: str = "public", version: Version = V5_4) -> bool:
    """Create or change, and answer whether it is new."""
    answer = await core.call("PUT", f"{PATH}/{what}", app_id=app_id, body=body, version=version)
    created: bool = answer["createdNew"]
    return created


async def remove(core: Core, what: str, body: Json, *, app_id: str = "public") -> bool:
    """Delete, and answer whether it existed."""
    answer = await core.call("POST", f"{PATH}/{what}/remove", app_id=app_id, body=body)
    existed: bool = answer["didExist"]
    return existed


async def show(core: Core, tenant_id: str, *, app_id: str = "public") -> Json:
    """A tenant in v2."""
    return await core.call("GET", f"{PATH}/tenant/v2", app_id=app_id, tenant_id=tenant_id)


async def test_a_deleted_tenant_takes_everything_but_its_users(core: Core) -> None:
    """Associations, roles and sessions of the tenant go; the user stays in the app, in no tenant."""
    await put(core, "tenant/v2", {"tenantId": "t1", "firstFactors": None})
    user = (await post(core, "signup", {"email": "a@example.com", "password": "password1"}, tenant_id="t1"))["user"]
    await core.call("PUT", "/recipe/role", body={"role": "admin"})
    await core.call("PUT", "/recipe/user/role", tenant_id="t1", body={"userId": user["id"], "role": "admin"})
    session = {"userId": user["id"], "userDataInJWT": {}, "userDataInDatabase": {}, "enableAntiCsrf": False}
    await post(core, "session", session, tenant_id="t1")

    assert await remove(core, "tenant", {"tenantId": "t1"})

    assert (await show(core, "t1"))["status"] == "TENANT_NOT_FOUND_ERROR"
    found = await core.call("GET", "/user/id", query={"userId": user["id"]})
    assert found["user"]["tenantIds"] == []
    for table in ("login_method_tenants", "user_roles", "sessions"):
        assert await rows(core, table) == []
    assert not await remove(core, "tenant", {"tenantId": "t1"})


async def test_a_deleted_app_leaves_nothing_behind(core: Core) -> None:
    """No table of any recipe has a row of the app, and another app keeps its own."""
    await sign_up(core)
    await put(core, "app/v2", {"appId": "a1"})
    body = {"email": "a@example.com", "password": "password1"}
    user = (await core.call("POST", "/recipe/signup", app_id="a1", body=body))["user"]
    session = {"userId": user["id"], "userDataInJWT": {}, "userDataInDatabase": {}, "enableAntiCsrf": False}
    await core.call("POST", "/recipe/session", app_id="a1", body=session)

    assert await remove(core, "app", {"appId": "a1"})

    for table in ("apps", "tenants", *(table for recipe in core.services.recipes for table in recipe.tables)):
        assert not [row for row in await rows(core, table) if row["app_id"] == "a1"], table
    assert len(await rows(core, "users")) == 1
    with pytest.raises(BadRequest, match="not found"):
        await core.call("GET", "/users/count", app_id="a1")


async def test_an_app_made_again_has_other_keys(core: Core) -> None:
    """Tokens of the deleted app are not accepted by its namesake."""
    await put(core, "app/v2", {"appId": "a1"})
    jwks = "/.well-known/jwks.json"
    before = await core.call("GET", jwks, app_id="a1")
    await remove(core, "app", {"appId": "a1"})
    await put(core, "app/v2", {"appId": "a1"})
    after = await core.call("GET", jwks, app_id="a1")

    assert not {key["kid"] for key in before["keys"]} & {key["kid"] for key in after["keys"]}


async def test_what_may_not_be_deleted(core: Core) -> None:
    """The public ones stay, and a full app or domain does."""
    await put(core, "app/v2", {"appId": "a1"})
    await put(core, "tenant/v2", {"tenantId": "t1"}, app_id="a1")
    await put(core, "connectionuridomain/v2", {"connectionUriDomain": "auth.example.com:8080"})
    await put(core, "app/v2", {"appId": "inner"}, app_id="auth.example.com|public")

    with pytest.raises(Forbidden, match="Cannot delete public tenant, use remove app API instead"):
        await remove(core, "tenant", {"tenantId": "public"})
    with pytest.raises(Forbidden, match="Please delete all tenants except the public tenant for this app"):
        await remove(core, "app", {"appId": "a1"})
    with pytest.raises(Forbidden, match="Please delete all apps except the public appID"):
        await remove(core, "connectionuridomain", {"connectionUriDomain": "auth.example.com"})
    with pytest.raises(Forbidden, match="Only the public tenantId is allowed to delete a tenant"):
        await core.call("POST", f"{PATH}/tenant/remove", app_id="a1", tenant_id="t1", body={"tenantId": "t1"})


async def test_domains_are_listed_with_their_apps_and_go(core: Core) -> None:
    """A domain has a public app from the start; its host name finds it, and nothing does when it is deleted."""
    assert await put(core, "connectionuridomain/v2", {"connectionUriDomain": "Auth.example.com"})
    assert not await put(core, "connectionuridomain", {"connectionUriDomain": "auth.example.com"}, version=V3_0)
    listed = await core.call("GET", f"{PATH}/connectionuridomain/list/v2")
    apps = await core.call("GET", f"{PATH}/app/list/v2", app_id="auth.example.com|public")
    found = await core.services.tenants.domain_of_host("AUTH.example.com:443")
    removed = await remove(core, "connectionuridomain", {"connectionUriDomain": "auth.example.com"})

    assert [item["connectionUriDomain"] for item in listed["connectionUriDomains"]] == ["", "auth.example.com"]
    assert [app["appId"] for app in apps["apps"]] == ["public"]
    assert [tenant["tenantId"] for tenant in apps["apps"][0]["tenants"]] == ["public"]
    assert (found, removed) == ("auth.example.com", True)
    assert await core.services.tenants.domain_of_host("auth.example.com") == ""


async def test_apps_of_a_domain_inherit_at_once(core: Core) -> None:
    """A setting of the domain's public app holds in its other apps from the next call on."""
    domain = "auth.example.com|public"
    await put(core, "connectionuridomain/v2", {"connectionUriDomain": "auth.example.com"})
    await put(core, "app/v2", {"appId": "a1"}, app_id=domain)
    before = (await core.tenant("auth.example.com|a1", "public")).settings.totp_max_attempts
    await put(core, "tenant/v2", {"coreConfig": {"totp_max_attempts": 9}}, app_id=domain)

    assert before == 5
    assert (await core.tenant("auth.example.com|a1", "public")).settings.totp_max_attempts == 9


async def test_an_app_and_its_tenants_agree(core: Core) -> None:
    """What a tenant repeats of its app cannot change under it, nor be removed."""
    await put(core, "app/v2", {"appId": "a1", "coreConfig": {"access_token_validity": 100}})
    await put(core, "tenant/v2", {"tenantId": "t1", "coreConfig": {"access_token_validity": 100}}, app_id="a1")

    for value in (200, None):
        with pytest.raises(BadRequest, match="different values for access_token_validity for the same appId"):
            await put(core, "app/v2", {"appId": "a1", "coreConfig": {"access_token_validity": value}})


async def test_a_refused_change_changes_nothing(core: Core) -> None:
    """A tenant with a bad setting is not created either."""
    with pytest.raises(BadRequest, match="Invalid config key: nonsense"):
        await put(core, "tenant/v2", {"tenantId": "t1", "coreConfig": {"nonsense": 1}})

    assert (await show(core, "t1"))["status"] == "TENANT_NOT_FOUND_ERROR"


async def test_null_removes_an_override(core: Core) -> None:
    """A key with null is gone; a key that is not mentioned stays; null for the whole changes nothing."""
    config = {"totp_max_attempts": 9, "password_reset_token_lifetime": 5000}
    await put(core, "tenant/v2", {"tenantId": "t1", "coreConfig": config})
    await put(core, "tenant/v2", {"tenantId": "t1", "coreConfig": {"totp_max_attempts": None}})
    await put(core, "tenant/v2", {"tenantId": "t1", "coreConfig": None})

    assert (await show(core, "t1"))["coreConfig"] == {"password_reset_token_lifetime": 5000}


async def test_old_switches_do_not_widen_a_list(core: Core) -> None:
    """An old client that switches on what is on already leaves a narrower list as it is."""
    await put(core, "tenant/v2", {"tenantId": "t1", "firstFactors": ["otp-email"]})
    await put(core, "tenant", {"tenantId": "t1", "passwordlessEnabled": True}, version=V3_0)

    assert (await show(core, "t1"))["firstFactors"] == ["otp-email"]


async def test_a_second_factor_does_not_become_a_first_one(core: Core) -> None:
    """On CDI 5.0 a factor that is only required later switches its recipe on, and opens no way to sign in."""
    await put(core, "tenant", {"tenantId": "t1", "emailPasswordEnabled": True}, version=V5_0)
    await put(core, "tenant", {"tenantId": "t1", "requiredSecondaryFactors": ["otp-email"]}, version=V5_0)

    shown = await show(core, "t1")
    assert shown["firstFactors"] == ["emailpassword"]
    assert shown["requiredSecondaryFactors"] == ["otp-email"]


async def test_switching_a_recipe_off_empties_the_lists_of_it(core: Core) -> None:
    """On CDI 5.0; a list of required factors that becomes empty is none at all."""
    body = {"tenantId": "t1", "firstFactors": ["emailpassword", "otp-email"], "requiredSecondaryFactors": ["otp-phone"]}
    await put(core, "tenant", body, version=V5_0)
    await put(core, "tenant", {"tenantId": "t1", "passwordlessEnabled": False}, version=V5_0)

    shown = await show(core, "t1")
    assert shown["firstFactors"] == ["emailpassword"]
    assert "requiredSecondaryFactors" not in shown


@pytest.mark.parametrize(
    ("config", "text"),
    [
        ({"thirdPartyId": 5}, "Field name 'thirdPartyId' is invalid in JSON input"),
        ({"thirdPartyId": "x", "clients": "y"}, "Field name 'clients' is invalid in JSON input"),
        ({"thirdPartyId": "x", "clients": [5]}, "Field name 'clients' is invalid in JSON input"),
        ({"thirdPartyId": "x", "clients": [{"clientId": 5}]}, "Field name 'clientId' is invalid in JSON input"),
        ({"thirdPartyId": "x", "clients": [{"scope": [5]}]}, "Field name 'scope' is invalid in JSON input"),
        ({"thirdPartyId": "x", "userInfoMap": {"fromUserInfoAPI": 5}}, "Field name 'fromUserInfoAPI' is invalid"),
    ],
)
async def test_providers_of_a_wrong_form_are_bad_requests(core: Core, config: Json, text: str) -> None:
    """Even where validation is skipped, since nothing could read them again."""
    with pytest.raises(BadRequest, match=text):
        await put(core, "config/thirdparty", {"config": config, "skipValidation": True})


async def test_providers_stay_when_the_tenant_changes(core: Core) -> None:
    """Another tenant does not get them."""
    await put(core, "config/thirdparty", {"config": {"thirdPartyId": "google", "clients": [{"clientId": "c"}]}})
    await put(core, "tenant/v2", {"tenantId": "t1"})
    await put(core, "tenant/v2", {"firstFactors": ["thirdparty"]})

    assert [item["thirdPartyId"] for item in (await show(core, "public"))["thirdParty"]["providers"]] == ["google"]
    assert (await show(core, "t1"))["thirdParty"]["providers"] == []


async def test_a_core_for_one_domain_serves_no_other(database_url: str) -> None:
    """The operator of a shared core decides which domain a node is for."""
    core = create_core(database_url, Settings(supertokens_saas_load_only_cud="mine.example.com"))
    await put(core, "connectionuridomain/v2", {"connectionUriDomain": "mine.example.com"})

    with pytest.raises(BadRequest, match="Creation of connection uri domain or app or tenant is disallowed"):
        await put(core, "connectionuridomain/v2", {"connectionUriDomain": "other.example.com"})
    await core.stop()


async def test_half_a_surrogate_pair_is_a_bad_request(core: Core) -> None:
    """What no database can store is the caller's mistake, not ours."""
    with pytest.raises(CoreError, match="cannot be stored") as caught:
        await core.call("PUT", "/recipe/role", body={"role": "a\ud800"})

    assert caught.value.status == 400
