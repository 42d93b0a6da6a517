# SPDX-License-Identifier: Apache-2.0
"""Signing in with a provider: there and back, with what goes wrong on the way."""

from collections.abc import AsyncIterator
from typing import Any

import pytest

from tests.recipe.thirdparty.application import BACK, Person, provider_input, thirdparty_on
from tests.recipe.thirdparty.provider import CLIENT_ID, ISSUER, OpenIDProvider
from twofold import testing
from twofold.recipe import emailpassword, multitenancy, session
from twofold.recipe.multitenancy.asyncio import (
    create_or_update_tenant,
    create_or_update_third_party_config,
)
from twofold.recipe.multitenancy.interfaces import TenantConfigCreateOrUpdate
from twofold.recipe.thirdparty import ProviderClientConfig, ProviderConfig, ProviderInput
from twofold.recipe.thirdparty.asyncio import get_provider, manually_create_or_update_user
from twofold.recipe.thirdparty.exceptions import ClientTypeNotFoundError
from twofold.recipe.thirdparty.interfaces import ManuallyCreateOrUpdateUserOkResult
from twofold.recipe.thirdparty.recipe import UNAVAILABLE
from twofold.recipe.thirdparty.syncio import get_provider as get_provider_blocking

EMAIL = "eve@example.com"
PROVIDERS = [
    provider_input(),
    provider_input("public", clients=[ProviderClientConfig("public-client")]),
    provider_input("nameless", require_email=False),
    provider_input("google", oidc_discovery_endpoint=None),
]


@pytest.fixture
async def app(openid: OpenIDProvider) -> AsyncIterator[testing.AppUnderTest]:
    """An application with the provider in several shapes, and passwords."""
    recipes = [session.init(), emailpassword.init(), multitenancy.init(), thirdparty_on(openid, PROVIDERS)]
    async with testing.app(recipes) as running:
        yield running


def id_token(app: testing.AppUnderTest, openid: OpenIDProvider, **claims: Any) -> str:
    """An identity token as the provider makes it now."""
    now = app.clock.now_ms() // 1000
    return openid.key.sign({"iss": ISSUER, "aud": CLIENT_ID, "sub": "eve", "exp": now + 300, **claims})


async def test_there_and_back(app: testing.AppUnderTest, openid: OpenIDProvider) -> None:
    """The browser is sent to the published address, and comes back as somebody new, then as somebody known."""
    person = Person(openid)

    where, asked = await person.authorisation_url()
    first = await person.come_back(id_token=id_token(app, openid, email=EMAIL, email_verified=True))
    second = await person.come_back(id_token=id_token(app, openid, email=EMAIL, email_verified=True))

    assert where == f"{ISSUER}/authorize"
    assert asked == {
        "prompt": "login",
        "client_id": CLIENT_ID,
        "redirect_uri": BACK,
        "response_type": "code",
        "scope": "openid email",
    }
    assert (first["createdNewRecipeUser"], second["createdNewRecipeUser"]) == (True, False)
    assert first["user"]["thirdParty"] == [{"id": "id", "userId": "eve"}]
    assert (await person.browser.send("GET", "/me")).json() == {"user": first["user"]["id"]}
    assert openid.paths().count("/.well-known/openid-configuration") == 1


async def test_public_clients_use_pkce(app: testing.AppUnderTest, openid: OpenIDProvider) -> None:
    """Attack class 40: without a secret, a challenge goes to the provider and the verifier follows with the code."""
    person = Person(openid, "public")
    reply = await person.browser.send(
        "GET", f"/auth/authorisationurl?thirdPartyId=public&redirectURIOnProviderDashboard={BACK}"
    )
    verifier = reply.json()["pkceCodeVerifier"]
    openid.tokens["c"] = {"access_token": "a"}
    info = {
        "redirectURIOnProviderDashboard": BACK,
        "redirectURIQueryParams": {"code": "c"},
        "pkceCodeVerifier": verifier,
    }

    await person.post("/signinup", thirdPartyId="public", redirectURIInfo=info)

    assert "code_challenge_method=S256" in reply.json()["urlWithQueryParams"]
    assert len(verifier) >= 43
    token_call = next(request for request in openid.seen if request.url.path == "/token")
    assert f"code_verifier={verifier}" in token_call.content.decode()
    assert "client_secret" not in token_call.content.decode()


@pytest.mark.parametrize(
    "claims",
    [{"aud": "another-application"}, {"iss": "https://evil.example.com"}, {"exp": 1}, {"sub": "victim"}],
    ids=str,
)
async def test_bad_identity_tokens_open_nothing(
    app: testing.AppUnderTest, openid: OpenIDProvider, claims: dict[str, Any]
) -> None:
    """Attack class 30: a token for another application, of another issuer, or too old is a 400; nobody is stored."""
    openid.user_info = {"sub": "eve", "email": EMAIL}
    person = Person(openid)

    await person.come_back(id_token=id_token(app, openid, **claims), access_token="a")

    assert person.browser.reply.status_code == 400
    assert (await app.core.call("GET", "/users/count"))["count"] == 0


async def test_a_wrong_code_is_a_bad_request(app: testing.AppUnderTest, openid: OpenIDProvider) -> None:
    """What the provider refuses is the sender's mistake."""
    person = Person(openid)
    info = {"redirectURIOnProviderDashboard": BACK, "redirectURIQueryParams": {"code": "made up"}}

    await person.post("/signinup", thirdPartyId="id", redirectURIInfo=info)

    assert person.browser.reply.status_code == 400


async def test_a_provider_that_is_down(app: testing.AppUnderTest, openid: OpenIDProvider) -> None:
    """The person is told to try again; it is no error of ours."""
    openid.down = True

    answer = await Person(openid).come_back(access_token="a")

    assert answer == {"status": "GENERAL_ERROR", "message": UNAVAILABLE}


async def test_without_an_address(app: testing.AppUnderTest, openid: OpenIDProvider) -> None:
    """A person without an address is refused, unless the configuration says that none is needed."""
    assert await Person(openid).come_back_as("eve") == {"status": "NO_EMAIL_GIVEN_BY_PROVIDER"}
    answer = await Person(openid, "nameless").come_back_as("eve")
    assert answer["user"]["emails"] == ["eve.nameless@stfakeemail.supertokens.com"]


async def test_the_id_at_the_provider_names_the_person(app: testing.AppUnderTest, openid: OpenIDProvider) -> None:
    """Attack class 28: the id at the provider is the person, whatever address comes with it."""
    eve = await Person(openid).come_back_as("eve", EMAIL)
    mallory = await Person(openid).come_back_as("mallory", EMAIL, email_verified=True)
    moved = await Person(openid).come_back_as("eve", "new@example.com")

    assert eve["user"]["id"] == moved["user"]["id"] != mallory["user"]["id"]
    assert moved["user"]["emails"] == ["new@example.com"]


async def test_tokens_of_other_applications_are_refused(app: testing.AppUnderTest, openid: OpenIDProvider) -> None:
    """Attack class 30: a client may bring a token that Google made for it, and none that another got."""
    token_info = "https://www.googleapis.com/oauth2/v3/tokeninfo"
    person = Person(openid, "google")
    body = {"thirdPartyId": "google", "oAuthTokens": {"access_token": "a"}}
    openid.user_info = {"sub": "eve", "email": EMAIL, "email_verified": True}

    openid.answers[token_info] = {"aud": "another-application"}
    await person.post("/signinup", **body)
    refused = person.browser.reply.status_code
    openid.answers[token_info] = {"aud": CLIENT_ID}
    accepted = await person.post("/signinup", **body)

    assert refused == 400
    assert accepted["status"] == "OK"


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"thirdPartyId": 7}, "thirdPartyId must be a string"),
        ({"clientType": ["web"]}, "clientType must be a string"),
        ({"oAuthTokens": "abc"}, "oAuthTokens must be an object"),
        ({"redirectURIInfo": []}, "Please provide the redirectURIOnProviderDashboard in request body"),
        (
            {"redirectURIInfo": {"redirectURIOnProviderDashboard": BACK, "redirectURIQueryParams": "x"}},
            "redirectURIQueryParams must be an object",
        ),
        (
            {"redirectURIInfo": {"redirectURIOnProviderDashboard": BACK, "pkceCodeVerifier": 1}},
            "pkceCodeVerifier must be a string",
        ),
        (
            {"redirectURIInfo": {"redirectURIOnProviderDashboard": BACK}},
            "Please provide the code that the provider returned, in redirectURIQueryParams",
        ),
        ({"clientType": "mobile", "oAuthTokens": {}}, "Could not find client config for clientType: mobile"),
        (
            {"thirdPartyId": "x" * 9999, "oAuthTokens": {}},
            f"the provider {'x' * 9999} could not be found in the configuration",
        ),
    ],
    ids=lambda value: str(value)[:40],
)
async def test_malformed_requests(
    app: testing.AppUnderTest, openid: OpenIDProvider, change: dict[str, Any], message: str
) -> None:
    """Bad input is told what is wrong with it."""
    person = Person(openid)

    answer = await person.post("/signinup", **({"thirdPartyId": "id"} | change))

    assert (person.browser.reply.status_code, answer) == (400, {"message": message})


async def test_a_tenants_own_providers(app: testing.AppUnderTest, openid: OpenIDProvider) -> None:
    """A tenant without providers of its own is not offered the application's; its own are laid over them."""
    await create_or_update_tenant("t1", TenantConfigCreateOrUpdate(first_factors=["thirdparty"]))
    assert await get_provider("t1", "id") is None
    own = ProviderConfig("id", "Ours", [ProviderClientConfig("t1-client")])
    await create_or_update_third_party_config("t1", own, skip_validation=True)

    provider = await get_provider("t1", "id")
    listed = await Person(openid).browser.send("GET", "/auth/t1/loginmethods")

    assert provider is not None
    assert (provider.config.client_id, provider.config.client_secret) == ("t1-client", None)
    assert provider.config.token_endpoint == f"{ISSUER}/token"
    assert listed.json()["thirdParty"] == {"enabled": True, "providers": [{"id": "id", "name": "Ours"}]}


async def test_clients_of_several_types(openid: OpenIDProvider) -> None:
    """With several clients the browser says which one it is; providers without such a client are not offered."""
    clients = [ProviderClientConfig("w", client_type="web"), ProviderClientConfig("m", client_type="mobile")]
    providers = [provider_input("several", clients=clients, name="Several"), provider_input(name="One")]
    async with testing.app([session.init(), thirdparty_on(openid, providers)]):
        browser = Person(openid).browser
        mobile = await browser.send("GET", "/auth/loginmethods?clientType=mobile")
        unknown = await browser.send("GET", "/auth/loginmethods")
        chosen = await get_provider("public", "several", "mobile")

        assert [item["id"] for item in mobile.json()["thirdParty"]["providers"]] == ["several"]
        assert [item["id"] for item in unknown.json()["thirdParty"]["providers"]] == ["id"]
        assert chosen is not None
        assert chosen.config.client_id == "m"
        with pytest.raises(ClientTypeNotFoundError):
            await get_provider("public", "several")


async def test_providers_may_be_overridden(openid: OpenIDProvider) -> None:
    """An override sees and may change what the provider says."""

    def override(provider: Any) -> Any:
        original = provider.get_user_info

        async def get_user_info(tokens: dict[str, Any], user_context: dict[str, Any]) -> Any:
            info = await original(tokens, user_context)
            info.third_party_user_id = "renamed"
            return info

        provider.get_user_info = get_user_info
        return provider

    given = provider_input()
    async with testing.app([session.init(), thirdparty_on(openid, [ProviderInput(given.config, override=override)])]):
        answer = await Person(openid).come_back_as("eve", EMAIL)

        assert answer["user"]["thirdParty"] == [{"id": "id", "userId": "renamed"}]


async def test_people_by_function(app: testing.AppUnderTest) -> None:
    """An application that knows who somebody is at a provider creates and updates them without a browser."""
    made = await manually_create_or_update_user("public", "id", "eve", EMAIL, True)
    again = await manually_create_or_update_user("public", "id", "eve", "new@example.com", False)

    assert isinstance(made, ManuallyCreateOrUpdateUserOkResult)
    assert isinstance(again, ManuallyCreateOrUpdateUserOkResult)
    assert (made.created_new_recipe_user, again.created_new_recipe_user) == (True, False)
    assert again.user.emails == ["new@example.com"]


def test_blocking_twins(openid: OpenIDProvider) -> None:
    """Blocking code has the same functions."""
    with testing.app([session.init(), thirdparty_on(openid, PROVIDERS)]):
        assert get_provider_blocking("public", "unknown") is None
