# SPDX-License-Identifier: Apache-2.0
"""Sessions as a person meets them: leading to sign-in, renewing without JavaScript, ending."""

import asyncio

import httpx
import pytest

from twofold.recipe.session.constants import ACCESS_TOKEN_COOKIE_KEY, REFRESH_TOKEN_COOKIE_KEY


async def begin(browser: httpx.AsyncClient) -> None:
    """Give the browser a session."""
    (await browser.post("/begin", headers={"st-auth-mode": "cookie"})).raise_for_status()


def forget_access_token(browser: httpx.AsyncClient) -> None:
    """Make the access token one that cannot be verified, as an old one cannot."""
    header, payload, signature = str(browser.cookies[ACCESS_TOKEN_COOKIE_KEY]).split(".")
    browser.cookies.set(ACCESS_TOKEN_COOKIE_KEY, f"{header}.{payload}.{signature[::-1]}", "localhost.local", "/")


async def test_without_a_session_a_page_leads_to_sign_in(browser: httpx.AsyncClient) -> None:
    """And it knows where to go afterwards."""
    reply = await browser.get("/notes")

    assert reply.url.path == "/auth/sign-in"
    assert reply.url.params["to"] == "/notes"


async def test_a_renewed_session_goes_back_to_the_page(browser: httpx.AsyncClient) -> None:
    """No JavaScript is needed to renew an access token that is too old."""
    await begin(browser)
    forget_access_token(browser)
    refresh_token = browser.cookies[REFRESH_TOKEN_COOKIE_KEY]

    reply = await browser.get("/notes")

    assert (reply.status_code, reply.url.path) == (200, "/notes")
    assert "Notes" in reply.text
    assert browser.cookies[REFRESH_TOKEN_COOKIE_KEY] != refresh_token


async def test_a_form_survives_the_renewal(browser: httpx.AsyncClient) -> None:
    """What somebody typed for an hour is not lost because the access token grew old."""
    await begin(browser)
    forget_access_token(browser)

    reply = await browser.post("/notes", data={"text": "hello"})

    assert (reply.status_code, reply.url.path) == (200, "/notes")
    assert reply.text == "added text=hello"


async def test_a_form_of_another_site_does_not_pass_through_the_renewal(browser: httpx.AsyncClient) -> None:
    """The detour must not wash off where a form comes from."""
    await begin(browser)

    reply = await browser.post("/auth/session/refresh/page?to=/notes", headers={"sec-fetch-site": "cross-site"})

    assert reply.status_code == 403


@pytest.mark.parametrize("to", ["//evil.example", "https://evil.example", "/auth/session/refresh/page?to=/x"])
async def test_the_renewal_leads_to_this_site_alone(browser: httpx.AsyncClient, to: str) -> None:
    """And not to itself, for ever."""
    await begin(browser)

    reply = await browser.get("/auth/session/refresh/page", params={"to": to}, follow_redirects=False)

    assert reply.headers["location"] in ("/", "/auth/sign-in?notice=session_ended")


async def test_an_old_refresh_token_ends_the_session_and_says_so(browser: httpx.AsyncClient) -> None:
    """Somebody who copied the cookies learns nothing, and the owner learns that it happened."""
    await begin(browser)
    stolen = str(browser.cookies[REFRESH_TOKEN_COOKIE_KEY])
    forget_access_token(browser)
    await browser.get("/notes")
    forget_access_token(browser)
    await browser.get("/notes")
    browser.cookies.set(REFRESH_TOKEN_COOKIE_KEY, stolen, "localhost.local", "/auth/session/refresh")
    forget_access_token(browser)

    reply = await browser.get("/notes")

    assert reply.url.path == "/auth/sign-in"
    assert reply.url.params["notice"] == "stolen"
    assert ACCESS_TOKEN_COOKIE_KEY not in browser.cookies


async def test_signing_out_ends_the_session_everywhere(browser: httpx.AsyncClient) -> None:
    """A copy of the cookies does not live on."""
    await begin(browser)
    copy = httpx.Cookies(browser.cookies)

    reply = await browser.post("/auth/sign-out")

    assert reply.url.params["notice"] == "signed_out"
    browser.cookies = copy
    forget_access_token(browser)
    assert (await browser.get("/notes")).url.path == "/auth/sign-in"


async def test_signing_out_works_with_an_old_access_token(browser: httpx.AsyncClient) -> None:
    """The session must end in the database too, so it is renewed on the way."""
    await begin(browser)
    forget_access_token(browser)

    reply = await browser.post("/auth/sign-out")

    assert reply.url.params["notice"] == "signed_out"
    assert ACCESS_TOKEN_COOKIE_KEY not in browser.cookies


async def test_signing_out_without_a_session_is_no_error(browser: httpx.AsyncClient) -> None:
    """A second press of the button, in another tab."""
    reply = await browser.post("/auth/sign-out")

    assert reply.url.params["notice"] == "signed_out"


async def test_opening_a_link_does_not_sign_out(browser: httpx.AsyncClient) -> None:
    """A link, an image or a prefetch must not end a session."""
    await begin(browser)

    reply = await browser.get("/auth/sign-out")

    assert "<form" in reply.text
    assert (await browser.get("/notes")).url.path == "/notes"


async def test_programs_get_json(browser: httpx.AsyncClient) -> None:
    """The same address answers a script with a status."""
    reply = await browser.get("/notes", headers={"accept": "application/json", "sec-fetch-mode": "cors"})

    assert reply.status_code == 401
    assert reply.json() == {"message": "unauthorised"}


async def test_two_tabs_may_renew_at_once(browser: httpx.AsyncClient) -> None:
    """A browser that opens its tabs again sends one refresh token several times; that is no theft."""
    await begin(browser)
    forget_access_token(browser)

    replies = await asyncio.gather(*(browser.get("/notes") for _ in range(4)))

    assert [reply.url.path for reply in replies] == ["/notes"] * 4
    assert (await browser.get("/notes")).url.path == "/notes"
