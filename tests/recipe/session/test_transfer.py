# SPDX-License-Identifier: Apache-2.0
"""How tokens travel: in cookies or headers, of which domain, and who else could have sent them."""

import pytest

from tests.recipe.session.application import Application
from tests.recipe.session.conftest import MakeApplication
from twofold.exceptions import GeneralError
from twofold.recipe.session import asyncio as sessions


async def test_switching_from_headers_to_cookies_clears_the_headers(application: Application) -> None:
    """A new session leaves no tokens of the other method behind."""
    browser = application.browser("header")
    await browser.send("POST", "/enter/u1")
    browser.mode = "cookie"

    await browser.send("POST", "/enter/u2")

    assert (browser.access_token, browser.refresh_token) == ("", "")
    assert browser.payload()["sub"] == "u2"
    assert browser.front_token["uid"] == "u2"


async def test_client_without_a_wish_gets_headers(application: Application) -> None:
    """A client that does not say how it keeps tokens gets them in headers."""
    browser = application.browser("")

    await browser.send("POST", "/enter/u1")

    assert browser.access_token
    assert browser.set_cookies == {}


async def test_only_headers(make_application: MakeApplication) -> None:
    """An application may allow one method alone: tokens of the other one do not count."""
    application = make_application(get_token_transfer_method=lambda *_: "header")
    browser = application.browser("cookie")
    await browser.send("POST", "/enter/u1")
    cookie = f"sAccessToken={browser.access_token}; sRefreshToken={browser.refresh_token}"

    assert (await application.browser().send("GET", "/me", cookie=cookie)).status_code == 401
    assert (await application.browser().send("POST", "/auth/session/refresh", cookie=cookie)).status_code == 401
    assert (await browser.send("GET", "/me")).status_code == 200


async def test_only_cookies(make_application: MakeApplication) -> None:
    """The same the other way round."""
    application = make_application(get_token_transfer_method=lambda *_: "cookie")
    browser = application.browser("header")
    await browser.send("POST", "/enter/u1")
    refresh, access = (f"Bearer {browser.cookies[name]}" for name in ("sRefreshToken", "sAccessToken"))

    assert (await application.browser().send("GET", "/me", authorization=access)).status_code == 401
    assert (await application.browser().send("POST", "/auth/session/refresh", authorization=refresh)).status_code == 401
    assert (await browser.send("GET", "/me")).status_code == 200


async def test_anti_csrf_by_token(make_application: MakeApplication) -> None:
    """Every method but GET must echo the token; a refresh renews it; the route may say otherwise (AAL2 5.1)."""
    browser = make_application(anti_csrf="VIA_TOKEN").browser()
    await browser.send("POST", "/enter/u1")
    assert browser.payload()["antiCsrfToken"] == browser.anti_csrf

    assert (await browser.send("GET", "/me", anti_csrf="")).status_code == 200
    assert (await browser.send("POST", "/me", anti_csrf="")).json() == {"message": "try refresh token"}
    assert (await browser.send("POST", "/me", anti_csrf="wrong")).json() == {"message": "try refresh token"}
    assert (await browser.send("POST", "/me")).status_code == 200
    assert (await browser.send("POST", "/unchecked", anti_csrf="")).status_code == 200
    before = browser.anti_csrf
    await browser.send("POST", "/auth/session/refresh")
    assert browser.anti_csrf not in (None, before)
    assert (await browser.send("POST", "/me")).status_code == 200
    assert (await browser.send("POST", "/auth/session/refresh", anti_csrf="wrong")).status_code == 401
    assert browser.cookies == {}


async def test_anti_csrf_does_not_apply_to_headers(make_application: MakeApplication) -> None:
    """No page of another site can make a browser send an Authorization header."""
    browser = make_application(anti_csrf="VIA_TOKEN").browser("header")
    await browser.send("POST", "/enter/u1")

    assert browser.anti_csrf is None
    assert (await browser.send("POST", "/me")).status_code == 200


@pytest.mark.parametrize(
    "config",
    [
        {"anti_csrf": "VIA_CUSTOM_HEADER"},
        {"api_domain": "https://api.example.com", "website_domain": "https://shop.example.org"},
    ],
)
async def test_anti_csrf_by_custom_header(make_application: MakeApplication, config: dict[str, str]) -> None:
    """The `rid` header must be there; a refresh without it ends the session on the client."""
    browser = make_application(**config).browser()
    await browser.send("POST", "/enter/u1")

    assert (await browser.send("POST", "/me")).json() == {"message": "try refresh token"}
    assert (await browser.send("POST", "/me", rid="anti-csrf")).status_code == 200
    assert (await browser.send("GET", "/me")).status_code == 200
    assert (await browser.send("POST", "/auth/signout")).json() == {"message": "try refresh token"}
    assert (await browser.send("POST", "/auth/session/refresh", rid="session")).status_code == 200
    assert (await browser.send("POST", "/auth/session/refresh")).json() == {"message": "unauthorised"}
    assert browser.cookies == {}


async def test_custom_header_cannot_be_checked_without_a_request(make_application: MakeApplication) -> None:
    """Asking for a check that cannot be made is a mistake of the developer, not a pass."""
    make_application(anti_csrf="VIA_CUSTOM_HEADER")

    with pytest.raises(GeneralError, match="VIA_CUSTOM_HEADER"):
        await sessions.get_session_without_request_response("token")
    with pytest.raises(GeneralError, match="VIA_CUSTOM_HEADER"):
        await sessions.refresh_session_without_request_response("token")


async def test_cookies_of_an_older_domain(make_application: MakeApplication) -> None:
    """Doubled cookies are cleared at the older domain by one refresh, which refreshes nothing."""
    application = make_application(
        api_domain="https://api.example.com",
        website_domain="https://www.example.com",
        cookie_domain=".example.com",
        older_cookie_domain="api.example.com",
    )
    browser = application.browser()

    reply = await browser.send(
        "POST", "/auth/session/refresh", cookie="sAccessToken=a; sAccessToken=b; sRefreshToken=c; sRefreshToken=d"
    )

    assert reply.status_code == 200
    assert reply.json()["message"].startswith("The request contains multiple session cookies.")
    assert {name: (morsel.value, morsel["domain"]) for name, morsel in browser.set_cookies.items()} == {
        "sAccessToken": ("", "api.example.com"),
        "sRefreshToken": ("", "api.example.com"),
    }
    assert browser.front_token is None
    assert application.transport.calls == []


async def test_doubled_cookies_without_an_older_domain(application: Application) -> None:
    """The developer is told which setting is missing."""
    with pytest.raises(GeneralError, match="older_cookie_domain"):
        await application.browser().send("POST", "/auth/session/refresh", cookie="sRefreshToken=c; sRefreshToken=d")


async def test_insecure_cross_site_session_is_refused(make_application: MakeApplication) -> None:
    """No session is created whose cookies browsers would drop."""
    application = make_application(api_domain="http://api.example.com", website_domain="http://shop.example.org")

    with pytest.raises(GeneralError, match="https on your apiDomain"):
        await application.browser().send("POST", "/enter/u1")
    assert ("POST", "/recipe/session") not in application.transport.calls


async def test_kind_of_key_must_be_the_configured_one(make_application: MakeApplication) -> None:
    """After a change of the setting, old tokens ask for a refresh, which brings one of the other kind."""
    browser = make_application().browser()
    await browser.send("POST", "/enter/u1")
    changed = make_application(use_dynamic_access_token_signing_key=False).browser()
    changed.cookies = browser.cookies

    assert (await changed.send("GET", "/me")).json() == {"message": "try refresh token"}
    assert (await changed.send("POST", "/auth/session/refresh")).status_code == 200
    assert (await changed.send("GET", "/me")).status_code == 200
    await changed.send("POST", "/enter/u2")
    assert (await changed.send("GET", "/me")).json()["user"] == "u2"
