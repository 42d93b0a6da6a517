# SPDX-License-Identifier: Apache-2.0
"""Tenants through the dashboard's API, on a real core: their factors, settings and providers."""

from collections.abc import Callable
from typing import Any

import httpx
import pytest

from tests.recipe.dashboard.application import CLIENT_SECRET, KEY, Caller, recipes
from twofold import testing
from twofold.recipe import dashboard, multifactorauth, session, thirdparty
from twofold.recipe.dashboard.provider_config import SHOWN_SECRET
from twofold.recipe.multifactorauth.interfaces import RecipeInterface as MFAInterface
from twofold.recipe.thirdparty import ProviderConfig, ProviderInput, SignInAndUpFeature, ThirdPartyRecipe
from twofold.recipe.thirdparty.networks import ProviderNetworks
from twofold.recipe.thirdparty.provider import Provider
from twofold.recipe.thirdparty.provider_http import ProviderHttp

UNKNOWN = {"status": "UNKNOWN_TENANT_ERROR"}
OUR_OWN = {
    "thirdPartyId": "own-id",
    "name": "Own ID",
    "clients": [{"clientId": "c1", "clientSecret": "the-secret-of-the-tenant", "additionalConfig": {"a": "b"}}],
    "authorizationEndpoint": "https://own.example.com/authorize",
}


async def stored_providers(admin: Caller, tenant: str = "t1") -> list[Any]:
    """Return what the core keeps of a tenant's providers."""
    answer = await admin.under_test.core.call("GET", "/recipe/multitenancy/tenant/v2", tenant_id=tenant)
    providers: list[Any] = answer["thirdParty"]["providers"]
    return providers


async def shown(admin: Caller, third_party_id: str, tenant: str = "t1", **query: str) -> Any:
    """Return a provider as the dashboard shows it."""
    query = {"thirdPartyId": third_party_id, **query}
    return (await admin.call("GET", "/thirdparty/config", query, tenant))["providerConfig"]


def on_the_network(answer: Callable[[httpx.Request], httpx.Response]) -> None:
    """Let providers be answered for."""
    recipe = ThirdPartyRecipe.get()
    http = ProviderHttp(httpx.MockTransport(answer))
    recipe.networks = ProviderNetworks(recipe.providers, http, http)


@pytest.fixture
async def tenant_admin(admin: Caller) -> Caller:
    """Who has the key of an application with the tenant `t1`."""
    answer = await admin.call("POST", "/tenant", {"tenantId": "t1", "firstFactors": ["emailpassword"]})
    assert answer == {"status": "OK", "createdNew": True}
    return admin


async def test_tenants_are_made_listed_and_deleted(tenant_admin: Caller) -> None:
    """One that exists stays as it is; the public one cannot go."""
    again = await tenant_admin.call("POST", "/tenant", {"tenantId": "T1", "firstFactors": []})
    invalid = await tenant_admin.call("POST", "/tenant", {"tenantId": "no tenant!"})
    listed = {item["tenantId"]: item for item in (await tenant_admin.call("GET", "/tenants"))["tenants"]}

    assert again == {"status": "TENANT_ID_ALREADY_EXISTS_ERROR"}
    assert invalid["status"] == "INVALID_TENANT_ID_ERROR"
    assert invalid["message"]
    assert listed["t1"] == {"tenantId": "t1", "firstFactors": ["emailpassword"]}
    assert "otp-email" in listed["public"]["firstFactors"]
    assert await tenant_admin.call("DELETE", "/tenant", tenant="t1") == {"status": "OK", "didExist": True}
    assert await tenant_admin.call("DELETE", "/tenant", tenant="t1") == {"status": "OK", "didExist": False}
    assert await tenant_admin.call("DELETE", "/tenant") == {"status": "CANNOT_DELETE_PUBLIC_TENANT_ERROR"}


async def test_a_tenant_is_shown_as_it_works(tenant_admin: Caller) -> None:
    """With the application's providers, the settings that hold, and how many users there are."""
    tenant = (await tenant_admin.call("GET", "/tenant", tenant="t1"))["tenant"]
    settings = {item["key"]: item for item in tenant.pop("coreConfig")}

    assert tenant == {
        "tenantId": "t1",
        "thirdParty": {"providers": [{"thirdPartyId": "shop-id", "name": "Shop ID"}]},
        "firstFactors": ["emailpassword"],
        "requiredSecondaryFactors": None,
        "userCount": 0,
    }
    assert settings["totp_max_attempts"]["valueType"] == "number"
    assert "possibleValues" not in settings["totp_max_attempts"]
    assert settings["ip_deny_regex"]["value"] is None
    assert settings["password_hashing_alg"]["possibleValues"] == ["ARGON2", "BCRYPT"]


async def test_a_setting_is_changed(tenant_admin: Caller) -> None:
    """And brought back by null; what cannot be is said with its reason."""

    async def value() -> Any:
        tenant = (await tenant_admin.call("GET", "/tenant", tenant="t1"))["tenant"]
        return next(item["value"] for item in tenant["coreConfig"] if item["key"] == "totp_max_attempts")

    async def put(new: Any) -> Any:
        body = {"name": "totp_max_attempts", "value": new}
        return await tenant_admin.call("PUT", "/tenant/core-config", body, "t1")

    assert (await put(9), await value()) == ({"status": "OK"}, 9)
    refused = await put("many")
    assert refused["status"] == "INVALID_CONFIG_ERROR"
    assert refused["message"]
    assert (await put(None), await value()) == ({"status": "OK"}, 5)


async def test_first_factors_are_switched(tenant_admin: Caller) -> None:
    """Each by itself; the first change makes a complete list of the tenant's own."""

    async def switch(factor: str, enable: bool, tenant: str = "t1") -> Any:
        return await tenant_admin.call("PUT", "/tenant/first-factor", {"factorId": factor, "enable": enable}, tenant)

    async def factors(tenant: str = "t1") -> Any:
        return (await tenant_admin.call("GET", "/tenant", tenant=tenant))["tenant"]["firstFactors"]

    assert await switch("otp-email", True) == {"status": "OK"}
    assert await switch("otp-email", True) == {"status": "OK"}
    assert await switch("emailpassword", False) == {"status": "OK"}
    assert await factors() == ["otp-email"]
    assert await switch("otp-email", False, "public") == {"status": "OK"}
    assert "otp-email" not in await factors("public")
    assert "otp-phone" in await factors("public")
    link = await switch("link-email", True)
    assert link["status"] == "RECIPE_NOT_CONFIGURED_ON_BACKEND_SDK_ERROR"
    assert link["message"].endswith("contactMethod: EMAIL and flowType: MAGIC_LINK")
    assert await switch("an-own-factor", True) == {"status": "OK"}


async def test_second_factors_are_required(tenant_admin: Caller) -> None:
    """None is left as an empty list: the tenant then says nothing."""

    async def switch(factor: str, enable: bool) -> Any:
        body = {"factorId": factor, "enable": enable}
        return await tenant_admin.call("PUT", "/tenant/required-secondary-factor", body, "t1")

    async def required() -> Any:
        return (await tenant_admin.call("GET", "/tenant", tenant="t1"))["tenant"]["requiredSecondaryFactors"]

    assert await switch("totp", True) == {"status": "OK", "isMFARequirementsForAuthOverridden": False}
    assert await required() == ["totp"]
    assert (await switch("link-phone", True))["status"] == "RECIPE_NOT_CONFIGURED_ON_BACKEND_SDK_ERROR"
    assert (await switch("totp", False))["status"] == "OK"
    assert await required() is None


async def test_an_own_policy_is_told() -> None:
    """The application may not look at the list: whoever changes it should know."""

    def own(original: MFAInterface) -> MFAInterface:
        async def get_mfa_requirements_for_auth(*_: Any) -> list[Any]:
            return []

        original.get_mfa_requirements_for_auth = get_mfa_requirements_for_auth  # type: ignore[assignment,method-assign]
        return original

    mfa = multifactorauth.init(override=multifactorauth.OverrideConfig(functions=own))
    async with testing.app([*recipes(dashboard.init(KEY), but=("multifactorauth",)), mfa]) as under_test:
        body = {"factorId": "totp", "enable": True}
        answer = await Caller(under_test).call("PUT", "/tenant/required-secondary-factor", body)

    assert answer == {"status": "OK", "isMFARequirementsForAuthOverridden": True}


async def test_what_is_missing_is_named() -> None:
    """Recipes by their names."""
    async with testing.app([session.init(), dashboard.init(KEY)]) as under_test:
        admin = Caller(under_test)
        second = await admin.call("PUT", "/tenant/required-secondary-factor", {"factorId": "totp", "enable": True})
        first = await admin.call("PUT", "/tenant/first-factor", {"factorId": "webauthn", "enable": True})
        provider = await admin.send("GET", "/thirdparty/config", {"thirdPartyId": "google"})
        tenant = await admin.call("GET", "/tenant")

    assert second == {"status": "MFA_NOT_INITIALIZED_ERROR"}
    assert first["message"] == "Please initialise WebAuthn recipe to be able to use this login method"
    assert (provider.status_code, "ThirdParty" in provider.text) == (400, True)
    assert tenant["tenant"]["thirdParty"] == {"providers": []}


async def test_an_unknown_tenant_is_said_to_be_so(admin: Caller) -> None:
    """By everything that is about one."""
    answers = [
        await admin.call("GET", "/tenant", tenant="t2"),
        await admin.call("PUT", "/tenant/core-config", {"name": "totp_max_attempts", "value": 1}, "t2"),
        await admin.call("PUT", "/tenant/first-factor", {"factorId": "totp", "enable": False}, "t2"),
        await admin.call("PUT", "/tenant/required-secondary-factor", {"factorId": "totp", "enable": True}, "t2"),
        await admin.call("GET", "/thirdparty/config", {"thirdPartyId": "google"}, "t2"),
        await admin.call("PUT", "/thirdparty/config", {"providerConfig": OUR_OWN}, "t2"),
        await admin.call("DELETE", "/thirdparty/config", {"thirdPartyId": "google"}, "t2"),
    ]

    assert answers == [UNKNOWN] * 7


async def test_secrets_of_providers_go_in_and_never_out(tenant_admin: Caller) -> None:
    """What is shown can be sent back: the secret stays; a secret that there is not cannot stay."""
    put = {"providerConfig": OUR_OWN}
    assert await tenant_admin.call("PUT", "/thirdparty/config", put, "t1") == {"status": "OK", "createdNew": True}
    config = await shown(tenant_admin, "own-id")
    assert "the-secret-of-the-tenant" not in str(config)
    assert config["clients"][0]["clientSecret"] == SHOWN_SECRET

    config["name"] = "Renamed"
    again = await tenant_admin.call("PUT", "/thirdparty/config", {"providerConfig": config}, "t1")

    assert again == {"status": "OK", "createdNew": False}
    own = next(item for item in await stored_providers(tenant_admin) if item["thirdPartyId"] == "own-id")
    assert (own["name"], own["clients"][0]["clientSecret"]) == ("Renamed", "the-secret-of-the-tenant")
    config["clients"][0]["clientType"] = "mobile"
    refused = await tenant_admin.send("PUT", "/thirdparty/config", {"providerConfig": config}, "t1")
    assert (refused.status_code, "clientSecret" in refused.text) == (400, True)


async def test_the_applications_providers_stay_beside_the_first_own_one(tenant_admin: Caller) -> None:
    """By their names alone: their secrets stay in the application."""
    await tenant_admin.call("PUT", "/thirdparty/config", {"providerConfig": OUR_OWN}, "t1")

    providers = await stored_providers(tenant_admin)

    assert [item["thirdPartyId"] for item in providers] == ["shop-id", "own-id"]
    assert CLIENT_SECRET not in str(providers)
    assert (await shown(tenant_admin, "shop-id"))["authorizationEndpoint"] == "https://id.example.com/authorize"
    assert CLIENT_SECRET not in str(await shown(tenant_admin, "shop-id"))


async def test_with_the_last_provider_goes_the_factor(tenant_admin: Caller) -> None:
    """Otherwise the application's providers would come back."""
    await tenant_admin.call("PUT", "/tenant/first-factor", {"factorId": "thirdparty", "enable": True}, "t1")
    await tenant_admin.call("PUT", "/thirdparty/config", {"providerConfig": OUR_OWN}, "t1")

    async def factors() -> Any:
        return (await tenant_admin.call("GET", "/tenant", tenant="t1"))["tenant"]["firstFactors"]

    for third_party_id, left in (("own-id", True), ("shop-id", False)):
        query = {"thirdPartyId": third_party_id}
        assert (await tenant_admin.call("DELETE", "/thirdparty/config", query, "t1"))["didConfigExist"]
        assert ("thirdparty" in await factors()) is left
    unknown = await tenant_admin.call("DELETE", "/thirdparty/config", {"thirdPartyId": "no-id"}, "public")
    assert unknown == {"status": "OK", "didConfigExist": False}


async def test_a_new_provider_is_shown_with_its_defaults(tenant_admin: Caller) -> None:
    """With a client to fill in, and its endpoints where the query names the organisation."""
    on_the_network(published)
    github = await shown(tenant_admin, "github")
    apple = await shown(tenant_admin, "apple")
    okta = await shown(tenant_admin, "okta", oktaDomain="https://dev.okta.example.com")

    assert github["clients"][0]["clientId"] == github["clients"][0]["clientSecret"] == ""
    assert apple["clients"][0]["additionalConfig"] == {"keyId": "", "teamId": "", "privateKey": ""}
    assert okta["tokenEndpoint"] == "https://dev.okta.example.com/token"
    assert okta["clients"][0]["additionalConfig"] == {"oktaDomain": "https://dev.okta.example.com"}


async def test_what_an_application_overrides_is_told() -> None:
    """By provider and function; and what the query says is not kept in the application's own configuration."""

    def own(provider: Provider) -> Provider:
        async def get_user_info(*_: Any) -> Any:
            return None

        provider.get_user_info = get_user_info  # type: ignore[assignment,method-assign]
        return provider

    given = ProviderInput(ProviderConfig("okta", "Okta"), override=own)
    parties = thirdparty.init(SignInAndUpFeature([given]))
    async with testing.app([session.init(), dashboard.init(KEY), parties]) as under_test:
        on_the_network(published)
        admin = Caller(under_test)
        config = await shown(admin, "okta", "", oktaDomain="https://dev.okta.example.com")

    assert config["isGetUserInfoOverridden"]
    assert not config["isGetAuthorisationRedirectUrlOverridden"]
    assert not config["isExchangeAuthCodeForOAuthTokensOverridden"]
    assert given.config.clients is None


class Boxy:
    """A Boxy server: keeps one connection, for whoever has its key."""

    KEY = "the-key-of-boxy"

    def __init__(self) -> None:
        self.bodies: list[bytes] = []

    def __call__(self, request: httpx.Request) -> httpx.Response:
        """Answer a request."""
        if request.headers["authorization"] != f"Api-Key {self.KEY}":
            return httpx.Response(401)
        if request.method == "GET":
            return httpx.Response(200, json={"redirectUrl": ["https://a"], "tenant": "t", "product": "p"})
        self.bodies.append(request.content)
        if b'"metadataUrl":"bad"' in request.content:
            return httpx.Response(400, json={"error": {"message": "No metadata there"}})
        return httpx.Response(200, json={"clientID": "boxy-client", "clientSecret": "boxy-secret"})


def boxy_config(**additional: Any) -> dict[str, Any]:
    """Return the body that asks for a connection."""
    settings = {"boxyURL": "https://boxy.example.com", "boxyAPIKey": Boxy.KEY, **additional}
    return {
        "providerConfig": {"thirdPartyId": "boxy-saml", "clients": [{"clientId": "", "additionalConfig": settings}]}
    }


async def test_a_saml_connection_is_made_on_a_boxy_server(tenant_admin: Caller) -> None:
    """The client that it makes is stored; its key is neither stored nor shown."""
    boxy = Boxy()
    on_the_network(boxy)
    wanted = boxy_config(samlInputType="xml", samlXML="<xml/>", redirectURLs=["https://a"])

    assert (await tenant_admin.call("PUT", "/thirdparty/config", wanted, "t1"))["status"] == "OK"

    stored = next(item for item in await stored_providers(tenant_admin) if item["thirdPartyId"] == "boxy-saml")
    assert stored["clients"] == [
        {
            "clientId": "boxy-client",
            "clientSecret": "boxy-secret",
            "additionalConfig": {"boxyURL": "https://boxy.example.com"},
        }
    ]
    assert b'"tenant":"t1-boxy-saml"' in boxy.bodies[0].replace(b": ", b":")
    query = {"boxyUrl": "https://boxy.example.com", "boxyAPIKey": Boxy.KEY}
    config = await shown(tenant_admin, "boxy-saml", **query)
    assert config["clients"][0]["additionalConfig"] == {
        "boxyURL": "https://boxy.example.com",
        "redirectURLs": ["https://a"],
        "boxyTenant": "t",
        "boxyProduct": "p",
    }


@pytest.mark.parametrize(
    ("additional", "message"),
    [
        ({"boxyAPIKey": "wrong", "samlInputType": "url", "samlURL": "x"}, "Invalid API Key"),
        ({"samlInputType": "url", "samlURL": "bad"}, "No metadata there"),
    ],
)
async def test_a_boxy_server_that_refuses_is_quoted(
    tenant_admin: Caller, additional: dict[str, str], message: str
) -> None:
    """And nothing is stored."""
    on_the_network(Boxy())

    answer = await tenant_admin.call("PUT", "/thirdparty/config", boxy_config(**additional), "t1")

    assert answer == {"status": "BOXY_ERROR", "message": message}
    assert await stored_providers(tenant_admin) == []


def published(request: httpx.Request) -> httpx.Response:
    """Answer what an OpenID provider publishes of itself."""
    origin = f"{request.url.scheme}://{request.url.host}"
    names = ("authorization_endpoint", "token_endpoint", "userinfo_endpoint", "jwks_uri")
    return httpx.Response(200, json={name: f"{origin}/{name.split('_')[0]}" for name in names})
