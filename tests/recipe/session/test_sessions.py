# SPDX-License-Identifier: Apache-2.0
"""The life of a session as a browser meets it: FastAPI, the SDK and a core in this process."""

import pytest

from tests.recipe.session.application import Application, Browser
from twofold import testing
from twofold.asyncio import delete_user
from twofold.recipe import emailpassword, session
from twofold.recipe.emailpassword import asyncio as emailpassword_functions
from twofold.recipe.emailpassword.interfaces import SignUpOkResult
from twofold.recipe.session import asyncio as sessions
from twofold.recipe.session.exceptions import UnauthorisedError

JWKS = ("GET", "/.well-known/jwks.json")


async def test_a_user_who_was_deleted_gets_no_session() -> None:
    """Whoever is deleted between the check of a password and the session is told 401, not that the server failed."""
    async with testing.app([emailpassword.init(), session.init()]):
        user = await emailpassword_functions.sign_up("public", "ann@example.com", "a good password 1")
        assert isinstance(user, SignUpOkResult)
        await delete_user(user.user.id)

        with pytest.raises(UnauthorisedError, match="The user was deleted"):
            await sessions.create_new_session_without_request_response("public", user.recipe_user_id)


async def test_enter_and_be_known(browser: Browser, application: Application) -> None:
    """A session made by a route is known to the next one, without another call to the core than for its keys."""
    assert browser.reply.status_code == 200
    payload = browser.payload()
    assert (payload["sub"], payload["theme"], payload["iss"]) == ("u1", "dark", "http://localhost:8000/auth")
    assert browser.front_token == {"ate": payload["exp"] * 1000, "uid": "u1", "up": payload}
    application.transport.calls.clear()

    for _ in range(3):
        reply = await browser.send("GET", "/me")
        assert reply.json()["user"] == "u1"
        assert browser.front_token is None
        assert browser.set_cookies == {}
    assert application.transport.calls in ([], [JWKS])


async def test_protected_members_of_a_payload_are_left_out(application: Application) -> None:
    """An application that passes on what a client sent cannot make a token for somebody else."""
    browser = application.browser()

    await browser.send("POST", "/enter/u1", {"sub": "admin", "stt": 1, "tId": "t9", "exp": 1, "plan": "gold"})

    payload = browser.payload()
    assert (payload["sub"], payload["tId"], payload["plan"], "stt" in payload) == ("u1", "public", "gold", False)


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"authorization": "Bearer not.a.token"},
        {"authorization": "Basic YTpi"},
        {"cookie": "sAccessToken=abc"},
    ],
)
async def test_nobody(application: Application, headers: dict[str, str]) -> None:
    """Without a session token: 401, tokens are not cleared, the core is not asked; or None where that will do."""
    browser = application.browser()

    reply = await browser.send("GET", "/me", **headers)

    assert (reply.status_code, reply.json()) == (401, {"message": "unauthorised"})
    assert browser.front_token is None
    assert (await browser.send("GET", "/optional", **headers)).json() == {"session": None}
    assert application.transport.calls == []


async def test_token_of_another_kind_does_not_disturb(application: Application) -> None:
    """An application's own bearer token stands beside a session cookie."""
    browser = application.browser()
    await browser.send("POST", "/enter/u1")

    assert (await browser.send("GET", "/me", authorization="Bearer other")).json()["user"] == "u1"
    bearer = f"bearer {browser.cookies['sAccessToken']}"
    assert (await application.browser().send("GET", "/me", authorization=bearer)).status_code == 401


async def test_tampered_token_asks_for_a_refresh(browser: Browser) -> None:
    """A token that is not the core's is refused, also where no session is required (ASVS 7.2.1)."""
    for path in ("/me", "/optional"):
        token = browser.cookies.get("sAccessToken") or browser.access_token
        reply = await browser.send("GET", path, cookie="", authorization=f"Bearer {token}AAAA")

        assert (reply.status_code, reply.json()) == (401, {"message": "try refresh token"})
        assert browser.front_token is None


async def test_doubled_cookie_asks_for_a_refresh(application: Application) -> None:
    """Two cookies of the name may be of two domains: the refresh sorts it out."""
    browser = application.browser()
    await browser.send("POST", "/enter/u1")
    cookie = f"sAccessToken={browser.cookies['sAccessToken']}"

    reply = await browser.send("GET", "/me", cookie=f"{cookie}; {cookie}")

    assert reply.json() == {"message": "try refresh token"}


async def test_expired_token(browser: Browser, application: Application) -> None:
    """After its lifetime a token asks for a refresh, which brings another one for the same session."""
    handle = browser.payload()["sessionHandle"]
    await browser.send("GET", "/me")
    application.clock.turn(seconds=3601)

    assert (await browser.send("GET", "/me")).json() == {"message": "try refresh token"}
    reply = await browser.send("POST", "/auth/session/refresh")
    assert (reply.status_code, reply.json()) == (200, {})
    assert browser.payload()["sessionHandle"] == handle
    assert browser.payload()["theme"] == "dark"
    assert browser.front_token["up"] == browser.payload()
    assert (await browser.send("GET", "/me")).json()["handle"] == handle


async def test_first_use_after_refresh_asks_the_core(browser: Browser, application: Application) -> None:
    """The first use of a refreshed token confirms the refresh and brings a token that needs no core any more."""
    await browser.send("POST", "/auth/session/refresh")
    assert browser.payload()["parentRefreshTokenHash1"] is not None
    await browser.send("GET", "/me")
    assert browser.payload()["parentRefreshTokenHash1"] is None
    assert browser.front_token["up"] == browser.payload()
    application.transport.calls.clear()

    await browser.send("GET", "/me")

    assert application.transport.calls == []
    assert browser.front_token is None


@pytest.mark.parametrize("mode", ["cookie", "header"])
async def test_theft_ends_the_session(application: Application, mode: str) -> None:
    """The use of an old refresh token ends the session for thief and owner (class 41), and clears all tokens."""
    owner, thief = application.browser(mode), application.browser(mode)
    await owner.send("POST", "/enter/u1")
    thief.cookies, thief.refresh_token = dict(owner.cookies), owner.refresh_token
    await owner.send("POST", "/auth/session/refresh")
    await owner.send("GET", "/me")

    reply = await thief.send("POST", "/auth/session/refresh")

    assert (reply.status_code, reply.json()) == (401, {"message": "token theft detected"})
    assert thief.front_token == "remove"
    assert (thief.cookies, thief.access_token, thief.refresh_token) == ({}, "", "")
    reply = await owner.send("GET", "/database")
    assert (reply.status_code, reply.json()) == (401, {"message": "unauthorised"})
    assert owner.front_token == "remove"


@pytest.mark.parametrize(
    "headers",
    [{}, {"authorization": "Bearer abc"}, {"cookie": "sRefreshToken=abc"}, {"cookie": "sAccessToken=abc"}],
)
async def test_refresh_without_a_good_token(application: Application, headers: dict[str, str]) -> None:
    """A refresh that cannot work makes the client forget everything, in cookies and headers."""
    browser = application.browser()

    reply = await browser.send("POST", "/auth/session/refresh", **headers)

    assert (reply.status_code, reply.json()) == (401, {"message": "unauthorised"})
    assert browser.front_token == "remove"
    assert {name: morsel.value for name, morsel in browser.set_cookies.items()} == {
        "sAccessToken": "",
        "sRefreshToken": "",
    }
    assert (reply.headers["st-access-token"], reply.headers["st-refresh-token"]) == ("", "")


async def test_legacy_cookie(application: Application) -> None:
    """The extra cookie of very old versions asks for a refresh, which removes it."""
    browser = application.browser()
    await browser.send("POST", "/enter/u1")
    browser.cookies["sIdRefreshToken"] = "legacy"

    assert (await browser.send("GET", "/me")).json() == {"message": "try refresh token"}
    assert (await browser.send("POST", "/auth/session/refresh")).status_code == 200
    assert browser.set_cookies["sIdRefreshToken"]["path"] == "/"
    assert (await browser.send("GET", "/me")).status_code == 200
    browser.cookies = {"sIdRefreshToken": "legacy"}
    await browser.send("POST", "/auth/session/refresh")
    assert "sIdRefreshToken" in browser.set_cookies


async def test_sign_out(browser: Browser) -> None:
    """Signing out ends the session in the core and on the client; without a session it is refused like any route.

    AAL2 5.1. ASVS 7.4.1.
    """
    handle = browser.payload()["sessionHandle"]

    reply = await browser.send("POST", "/auth/signout")

    assert (reply.status_code, reply.json(), browser.front_token) == (200, {"status": "OK"}, "remove")
    assert (browser.cookies, browser.access_token, browser.refresh_token) == ({}, "", "")
    assert await sessions.get_session_information(handle) is None
    assert (await browser.send("POST", "/auth/signout")).json() == {"message": "unauthorised"}


async def test_sign_out_right_after_a_refresh(application: Application) -> None:
    """The first use of refreshed tokens would bring a new access token: none is sent beside the cookies that clear."""
    browser = application.browser("cookie")
    await browser.send("POST", "/enter/u1")
    await browser.send("POST", "/auth/session/refresh")

    reply = await browser.send("POST", "/auth/signout")

    cookies = [cookie for cookie in reply.headers.get_list("set-cookie") if cookie.startswith("sAccessToken=")]
    assert [cookie.split(";")[0] for cookie in cookies] == ["sAccessToken="]


async def test_sign_out_twice_at_once(application: Application) -> None:
    """The tokens are cleared whether or not the session was there still."""
    browser = application.browser()
    await browser.send("POST", "/enter/u1")
    await sessions.revoke_session(browser.payload()["sessionHandle"])

    assert (await browser.send("POST", "/auth/signout")).json() == {"status": "OK"}
    assert browser.cookies == {}


async def test_route_ends_its_session(browser: Browser) -> None:
    """What a route does to its session is on the route's own response."""
    await browser.send("POST", "/leave")

    assert browser.front_token == "remove"
    assert (browser.cookies, browser.access_token) == ({}, "")


async def test_revoked_session_and_the_database(browser: Browser) -> None:
    """A revoked session works until the database is asked."""
    await sessions.revoke_all_sessions_for_user("u1")

    assert (await browser.send("GET", "/me")).status_code == 200
    assert (await browser.send("GET", "/database")).json() == {"message": "unauthorised"}
    assert browser.front_token == "remove"


async def test_payload_changes_at_once(browser: Browser) -> None:
    """A merge gives a new token on the same response, null removes, protected members stay as they are."""
    before = browser.payload()

    await browser.send("POST", "/payload", {"text": "Grüße ✓", "deep": {"a": [1, None]}, "theme": None, "sub": "admin"})

    after = browser.payload()
    assert browser.front_token["up"] == after
    assert (after["text"], after["deep"], after["sub"], after["exp"]) == (
        "Grüße ✓",
        {"a": [1, None]},
        "u1",
        before["exp"],
    )
    assert "theme" not in after
    assert browser.reply.json() == after
    await browser.send("POST", "/auth/session/refresh")
    assert browser.payload()["text"] == "Grüße ✓"


async def test_claims_of_a_route(browser: Browser) -> None:
    """Missing claims are fetched; every failure is told; a refusal sends no token, a pass does."""
    reply = await browser.send("GET", "/paid")

    assert reply.status_code == 403
    reason = {"message": "wrong value", "expectedValue": True, "actualValue": False}
    assert reply.json() == {"message": "invalid claim", "claimValidationErrors": [{"id": "paid", "reason": reason}]}
    assert browser.front_token is None
    assert (await browser.send("GET", "/plan")).status_code == 200
    assert browser.payload()["plan"]["v"] == "free"
    await browser.send("GET", "/plan")
    assert browser.front_token is None
