# SPDX-License-Identifier: Apache-2.0
"""Signing in at a provider, and above all coming back: class 39 (login CSRF, unbound `state`)."""

import re
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest

from tests.ui.conftest import Start, open_again
from twofold import ui
from twofold.recipe import emailpassword, session, thirdparty
from twofold.recipe.multitenancy.asyncio import create_or_update_tenant
from twofold.recipe.multitenancy.interfaces import TenantConfigCreateOrUpdate
from twofold.recipe.thirdparty.exceptions import ProviderUnavailableError
from twofold.recipe.thirdparty.provider import (
    AuthorisationRedirect,
    Provider,
    ProviderClientConfig,
    ProviderConfig,
    ProviderInput,
    RedirectUriInfo,
)
from twofold.recipe.thirdparty.types import UserInfo, UserInfoEmail
from twofold.ui.login.flow import PROVIDER_COOKIE_NAME

NAVIGATION_BACK = {"sec-fetch-site": "cross-site"}


def shop(provider: Provider) -> Provider:
    """Make a provider answer without the network: a code is the address of whoever it was made for."""

    async def get_authorisation_redirect_url(redirect_uri: str, _context: Any) -> AuthorisationRedirect:
        return AuthorisationRedirect("https://shop.example/authorize?client_id=notes", "the verifier")

    async def exchange(info: RedirectUriInfo, _context: Any) -> dict[str, Any]:
        assert info.pkce_code_verifier == "the verifier"
        assert info.redirect_uri_on_provider_dashboard.startswith("http://localhost:8000/auth/callback/")
        return {"access_token": info.redirect_uri_query_params["code"]}

    async def get_user_info(tokens: dict[str, Any], _context: Any) -> UserInfo:
        if tokens["access_token"] == "down":
            raise ProviderUnavailableError("The shop does not answer")
        if tokens["access_token"] == "nameless":
            return UserInfo("nameless")
        return UserInfo(tokens["access_token"], UserInfoEmail(tokens["access_token"], is_verified=True))

    provider.get_authorisation_redirect_url = get_authorisation_redirect_url  # type: ignore[assignment,method-assign]
    provider.exchange_auth_code_for_oauth_tokens = exchange  # type: ignore[assignment,method-assign]
    provider.get_user_info = get_user_info  # type: ignore[assignment,method-assign]
    return provider


def input_of(provider_id: str, name: str) -> ProviderInput:
    """Return a provider as an application configures it."""
    return ProviderInput(
        ProviderConfig(provider_id, name=name, clients=[ProviderClientConfig("notes")]),
        override=shop,
        include_in_non_public_tenants_by_default=True,
    )


@pytest.fixture
async def browser(start: Start) -> httpx.AsyncClient:
    """A browser at an application with a password and two providers."""
    providers = [input_of("shop", "The <Shop>"), input_of("club", "The Club")]
    return await start(
        session.init(),
        emailpassword.init(),
        thirdparty.init(thirdparty.SignInAndUpFeature(providers)),
        ui.init(home_path="/notes"),
    )


async def leave(browser: httpx.AsyncClient, path: str = "/auth/sign-in/provider?provider=shop") -> str:
    """Go to the provider, and return the `state` that comes along."""
    reply = await browser.get(path, follow_redirects=False)
    assert reply.status_code == 302
    assert reply.headers["location"].startswith("https://shop.example/authorize?client_id=notes&state=")
    return parse_qs(urlsplit(reply.headers["location"]).query)["state"][0]


async def come_back(browser: httpx.AsyncClient, provider: str = "shop", **query: str) -> httpx.Response:
    """Come back from the provider, as a browser does."""
    return await browser.get(f"/auth/callback/{provider}", params=query, headers=NAVIGATION_BACK)


async def is_signed_in(browser: httpx.AsyncClient) -> bool:
    """Tell whether the application's page opens."""
    return (await browser.get("/notes")).url.path == "/notes"


async def test_there_and_back(browser: httpx.AsyncClient) -> None:
    """The button leads there, and the way back to the page that was wanted."""
    page = await browser.get("/notes?id=7")
    assert "Continue with The &lt;Shop&gt;" in page.text
    link = re.search(r'href="(/auth/sign-in/provider\?provider=shop[^"]*)"', page.text)
    assert link is not None

    state = await leave(browser, link[1].replace("&amp;", "&"))
    reply = await come_back(browser, state=state, code="ann@example.com")

    assert str(reply.url) == "http://localhost:8000/notes?id=7"


async def test_each_state_is_another(browser: httpx.AsyncClient) -> None:
    """Nobody knows the next one."""
    assert len({await leave(browser) for _ in range(5)}) == 5


async def test_a_state_of_another_browser_is_refused(browser: httpx.AsyncClient) -> None:
    """The attacker's own state and code, in a link that the victim opens."""
    async with open_again(browser) as attacker:
        state = await leave(attacker)
    await leave(browser)

    reply = await come_back(browser, state=state, code="attacker@example.com")

    assert reply.status_code == 403
    assert "Please start again" in reply.text
    assert not await is_signed_in(browser)


async def test_who_never_left_does_not_come_back(browser: httpx.AsyncClient) -> None:
    """Without the cookie no state is right."""
    async with open_again(browser) as attacker:
        state = await leave(attacker)

    assert (await come_back(browser, state=state, code="attacker@example.com")).status_code == 403


@pytest.mark.parametrize("query", [{}, {"state": ""}, {"state": "x"}, {"state": "é"}])
async def test_a_state_that_is_none_is_refused(browser: httpx.AsyncClient, query: dict[str, str]) -> None:
    """Missing, empty, made up."""
    await leave(browser)

    assert (await come_back(browser, code="ann@example.com", **query)).status_code == 403


async def test_a_state_is_for_one_provider(browser: httpx.AsyncClient) -> None:
    """A code of one provider must not be given to another (mix-up)."""
    state = await leave(browser)

    assert (await come_back(browser, "club", state=state, code="ann@example.com")).status_code == 403


async def test_a_state_is_right_once(browser: httpx.AsyncClient) -> None:
    """Whoever reads it in a history has nothing."""
    state = await leave(browser)
    await come_back(browser, state=state, code="ann@example.com")
    await browser.post("/auth/sign-out")

    reply = await come_back(browser, state=state, code="ann@example.com")

    assert reply.status_code == 403
    assert PROVIDER_COOKIE_NAME not in browser.cookies


async def test_a_link_on_another_site_does_not_begin_a_sign_in(browser: httpx.AsyncClient) -> None:
    """There, a person has to press our button."""
    reply = await browser.get("/auth/sign-in/provider?provider=shop", headers={"sec-fetch-site": "cross-site"})

    assert reply.url.path == "/auth/sign-in"
    assert PROVIDER_COOKIE_NAME not in browser.cookies


async def test_the_way_back_leads_to_no_other_site(browser: httpx.AsyncClient) -> None:
    """Class 45."""
    state = await leave(browser, "/auth/sign-in/provider?provider=shop&to=//evil.example/")

    reply = await come_back(browser, state=state, code="ann@example.com")

    assert str(reply.url) == "http://localhost:8000/notes"


async def test_who_says_no_there_is_back_at_the_start(browser: httpx.AsyncClient) -> None:
    """With a sentence, and the page that was wanted."""
    state = await leave(browser, "/auth/sign-in/provider?provider=shop&to=/notes")

    reply = await come_back(browser, state=state, error="access_denied")

    assert (reply.url.path, reply.url.params["to"]) == ("/auth/sign-in", "/notes")
    assert "You were not signed in there." in reply.text


@pytest.mark.parametrize(("code", "says"), [("nameless", "did not tell us your email address"), ("down", "That did")])
async def test_what_goes_wrong_there_is_said_here(browser: httpx.AsyncClient, code: str, says: str) -> None:
    """A page, and the way to begin anew."""
    state = await leave(browser)

    reply = await come_back(browser, state=state, code=code)

    assert reply.status_code == 422
    assert 'href="/auth/sign-in"' in reply.text
    assert not await is_signed_in(browser)


async def test_an_unknown_provider_is_a_mistake_of_the_address(browser: httpx.AsyncClient) -> None:
    """Nobody is sent anywhere."""
    reply = await browser.get("/auth/sign-in/provider?provider=nobody")

    assert reply.status_code == 400


async def test_who_is_signed_in_need_not_go(browser: httpx.AsyncClient) -> None:
    """The page that was wanted opens."""
    state = await leave(browser)
    await come_back(browser, state=state, code="ann@example.com")

    reply = await browser.get("/auth/sign-in/provider?provider=shop&to=/notes?id=7")

    assert str(reply.url) == "http://localhost:8000/notes?id=7"


async def test_a_state_is_for_one_tenant(browser: httpx.AsyncClient) -> None:
    """Whoever left from a tenant's page comes back to it, and to no other."""
    await create_or_update_tenant("customer1", TenantConfigCreateOrUpdate(first_factors=["thirdparty"]))
    state = await leave(browser, "/auth/customer1/sign-in/provider?provider=shop")

    reply = await come_back(browser, state=state, code="ann@example.com")

    assert reply.url.path == "/notes"
    assert (await browser.get("/tenant")).text == "customer1"
