# SPDX-License-Identifier: Apache-2.0
"""Attack classes 30, 39, 40 and 45 on sign-in by a provider: what the browser brings back is stolen, forged or moved.

In this protocol the browser's own library makes the `state` and compares it; the server keeps nothing of a sign-in that
has begun. So nothing that comes back by a redirect may sign anybody in by itself.
"""

import json
from base64 import b64encode, urlsafe_b64encode
from collections.abc import AsyncIterator
from hashlib import sha256
from typing import Any
from urllib.parse import parse_qs, parse_qsl, urlsplit

import httpx
import pytest

from tests.recipe.session.application import Browser
from tests.recipe.thirdparty.application import BACK, Person, provider_input, routes, thirdparty_on
from tests.recipe.thirdparty.conftest import provider_key
from tests.recipe.thirdparty.provider import CLIENT_ID, ISSUER, Key, OpenIDProvider
from twofold import testing
from twofold.recipe import session
from twofold.recipe.thirdparty import ProviderClientConfig

__all__ = ["provider_key"]

PERSON = {"sub": "eve", "email": "eve@example.com", "email_verified": True}


@pytest.fixture
async def app(any_database_url: str, openid: OpenIDProvider) -> AsyncIterator[testing.AppUnderTest]:
    """An application with a provider for which it has a secret, and one for which it has none."""
    public = provider_input("public-client", clients=[ProviderClientConfig(CLIENT_ID)])
    recipes = [session.init(), thirdparty_on(openid, [provider_input(), public])]
    async with testing.app(recipes, database_url=any_database_url) as running:
        yield running


class PickyProvider(OpenIDProvider):
    """Gives tokens as RFC 6749 and RFC 7636 say: for each code once, to its client, for its address and verifier."""

    def __init__(self, key: Key) -> None:
        super().__init__(key)
        self.challenges: dict[str, str] = {}

    def _answer(self, request: httpx.Request) -> httpx.Response:
        if request.url.path != "/token":
            return super()._answer(request)
        form = dict(parse_qsl(request.content.decode()))
        challenge = self.challenges.pop(form["code"], None)
        verifier = form.get("code_verifier", "")
        proved = urlsafe_b64encode(sha256(verifier.encode()).digest()).rstrip(b"=").decode()
        if challenge is None or (challenge and challenge != proved) or form["redirect_uri"] != BACK:
            return httpx.Response(400, json={"error": "invalid_grant"})
        return httpx.Response(200, json={"access_token": "a"})


@pytest.fixture
def openid(provider_key: Key) -> PickyProvider:
    """The provider."""
    provider = PickyProvider(provider_key)
    provider.user_info = PERSON
    return provider


async def come_back(third_party_id: str, code: str, back: str = BACK, **info: Any) -> Browser:
    """Come back with a code in a new browser, and return that."""
    browser = Browser(routes(), "cookie")
    given = {"redirectURIOnProviderDashboard": back, "redirectURIQueryParams": {"code": code}, **info}
    await browser.send("POST", "/auth/signinup", {"thirdPartyId": third_party_id, "redirectURIInfo": given})
    return browser


async def begin(openid: PickyProvider, code: str = "c1") -> str | None:
    """Begin a sign-in of the client without a secret; return its verifier. The provider will give this code for it."""
    query = f"thirdPartyId=public-client&redirectURIOnProviderDashboard={BACK}"
    answer = (await Browser(routes(), "cookie").send("GET", f"/auth/authorisationurl?{query}")).json()
    asked = parse_qs(urlsplit(answer["urlWithQueryParams"]).query)
    assert asked["code_challenge_method"] == ["S256"]
    openid.challenges[code] = asked["code_challenge"][0]
    verifier: str | None = answer["pkceCodeVerifier"]
    return verifier


async def test_a_code_in_another_browser(app: testing.AppUnderTest, openid: PickyProvider) -> None:
    """Attack class 39: a code that was put into the victim's browser, or taken from it, is worth nothing in the other.

    Each sign-in has its own PKCE verifier, which only the browser that began has.
    """
    await begin(openid)
    others = await begin(openid, "c2")

    for verifier in ({}, {"pkceCodeVerifier": others}, {"pkceCodeVerifier": ""}):
        stolen = await come_back("public-client", "c1", **verifier)
        assert stolen.reply.status_code == 400
        assert stolen.cookies == {}


async def test_verifiers_are_not_repeated(app: testing.AppUnderTest, openid: PickyProvider) -> None:
    """Attack class 39: no sign-in can be foretold from others: verifiers are random and long."""
    verifiers = {await begin(openid) for _ in range(20)}

    assert len(verifiers) == 20
    assert all(verifier is not None and 43 <= len(verifier) <= 128 for verifier in verifiers)


async def test_a_page_elsewhere_cannot_bring_a_code(app: testing.AppUnderTest, openid: PickyProvider) -> None:
    """Attack class 39: a form on another site, which needs no permission of ours, signs the victim in as Mallory."""
    openid.challenges["c1"] = ""
    body = json.dumps({"thirdPartyId": "id", "redirectURIInfo": {"redirectURIOnProviderDashboard": BACK}})
    by_query = f"?thirdPartyId=id&code=c1&redirectURIOnProviderDashboard={BACK}"
    async with httpx.AsyncClient(transport=httpx.ASGITransport(routes()), base_url=testing.ADDRESS) as victim:
        replies = [
            await victim.post("/auth/signinup", content=body, headers={"content-type": "text/plain", "origin": "null"}),
            await victim.post("/auth/signinup", data={"thirdPartyId": "id", "code": "c1"}),
            await victim.post(f"/auth/signinup{by_query}"),
            await victim.get(f"/auth/signinup{by_query}"),
            await victim.get(f"/auth/callback/id{by_query}"),
        ]

    assert all(reply.status_code in (400, 404, 405) for reply in replies), [reply.status_code for reply in replies]
    assert not victim.cookies


async def test_apples_post_signs_nobody_in(app: testing.AppUnderTest, openid: PickyProvider) -> None:
    """Attack class 39: a code of Mallory's that is posted to Apple's callback goes to the website, and no further."""
    state = b64encode(json.dumps({"frontendRedirectURI": f"{testing.ADDRESS}/back"}).encode()).decode()
    async with httpx.AsyncClient(transport=httpx.ASGITransport(routes()), base_url=testing.ADDRESS) as victim:
        reply = await victim.post("/auth/callback/apple", data={"state": state, "code": "mallorys"})

    where = urlsplit(reply.headers["location"])
    assert (reply.status_code, where.netloc, where.path) == (303, "localhost:8000", "/back")
    assert parse_qs(where.query) == {"state": [state], "code": ["mallorys"]}
    assert "set-cookie" not in reply.headers
    assert openid.seen == []


async def test_a_code_is_used_once(app: testing.AppUnderTest, openid: PickyProvider) -> None:
    """Attack class 40: the second use of a code signs nobody in; what the provider refuses is never tried otherwise."""
    openid.challenges["c1"] = ""

    first, second = await come_back("id", "c1"), await come_back("id", "c1")

    assert (first.reply.json()["status"], second.reply.status_code) == ("OK", 400)
    assert second.cookies == {}


async def test_a_code_for_another_address(app: testing.AppUnderTest, openid: PickyProvider) -> None:
    """Attack class 40: a code that was got by way of another redirect address is refused."""
    openid.challenges["c1"] = ""

    moved = await come_back("id", "c1", back="https://evil.example/back")

    assert moved.reply.status_code == 400


async def test_without_the_challenge(app: testing.AppUnderTest, openid: PickyProvider) -> None:
    """Attack class 40, PKCE downgrade: a browser cannot do without the verifier, and no challenge is ever plain."""
    verifier = await begin(openid)

    without = await come_back("public-client", "c1")
    verifier = await begin(openid)
    with_it = await come_back("public-client", "c1", pkceCodeVerifier=verifier)

    assert (without.reply.status_code, with_it.reply.json()["status"]) == (400, "OK")


@pytest.mark.parametrize(
    "claims",
    [{"aud": "another-client"}, {"aud": [CLIENT_ID, "another"], "azp": "another"}, {"iss": "https://evil.example"}],
)
async def test_an_identity_token_of_another_application(
    app: testing.AppUnderTest, openid: PickyProvider, claims: dict[str, Any]
) -> None:
    """Attack class 30: a token that another application was given, or another issuer gave, opens nothing here."""
    payload = {"iss": ISSUER, "aud": CLIENT_ID, "exp": app.clock.now_ms() // 1000 + 60, **PERSON, **claims}

    browser = Person(openid).browser
    body = {"thirdPartyId": "id", "oAuthTokens": {"id_token": openid.key.sign(payload)}}
    reply = await browser.send("POST", "/auth/signinup", body)

    assert reply.status_code == 400
    assert browser.cookies == {}
    assert (await app.core.call("GET", "/users/count"))["count"] == 0


@pytest.mark.parametrize(
    "uri",
    [
        "https://evil.example/",
        "//evil.example/",
        "http://localhost:8000.evil.example/",
        "http://localhost:8000@evil.example/",
        "http://localhost:8000\\@evil.example/",
        "javascript:alert(1)",
        "http://localhost:8001/",
        "https:/evil.example",
        "http://local%68ost:8000@evil.example",
    ],
)
async def test_a_callback_that_leads_elsewhere(app: testing.AppUnderTest, uri: str) -> None:
    """Attack class 45: Apple's post is sent on to the website, whatever address the state names."""
    state = b64encode(json.dumps({"frontendRedirectURI": uri}).encode()).decode()
    async with httpx.AsyncClient(transport=httpx.ASGITransport(routes()), base_url=testing.ADDRESS) as victim:
        reply = await victim.post("/auth/callback/apple", data={"state": state, "code": "secret"})

    assert reply.status_code == 400
    assert "location" not in reply.headers
