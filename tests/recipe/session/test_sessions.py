# SPDX-License-Identifier: Apache-2.0
"""Sessions as a browser meets them: FastAPI, the SDK and a core in this process."""

from collections.abc import AsyncIterator, Callable
from typing import Any

import pytest

from tests.plugins.places import Place
from tests.recipe.session.application import PAID, PLAN, Application, Browser
from tests.recipe.session.web import PlainRequest
from twofold import _state, testing
from twofold.asyncio import delete_user
from twofold.exceptions import GeneralError
from twofold.recipe import emailpassword, session
from twofold.recipe.emailpassword import asyncio as emailpassword_functions
from twofold.recipe.emailpassword.interfaces import SignUpOkResult
from twofold.recipe.session import InputErrorHandlers, SessionContainer
from twofold.recipe.session import asyncio as sessions
from twofold.recipe.session.exceptions import TryRefreshTokenError, UnauthorisedError
from twofold.recipe.session.interfaces import (
    GetClaimValueOkResult,
    RecipeInterface,
    SessionDoesNotExistError,
    TokenInfo,
)
from twofold.recipe.session.recipe import SessionOverrideConfig
from twofold.types import RecipeUserId

MakeApplication = Callable[..., Application]
JWKS = ("GET", "/.well-known/jwks.json")


@pytest.fixture
async def make_application(place: Place) -> AsyncIterator[MakeApplication]:
    """Start an application with this configuration of sessions."""
    made: list[Application] = []

    def make(**config: Any) -> Application:
        made.append(Application(place, **config))
        return made[-1]

    yield make
    for application in made:
        await application.transport.stop()
    _state.set_current_app(None)


async def test_a_user_who_was_deleted_gets_no_session() -> None:
    """Whoever is deleted between the check of a password and the session is told 401, not that the server failed."""
    async with testing.app([emailpassword.init(), session.init()]):
        user = await emailpassword_functions.sign_up("public", "ann@example.com", "a good password 1")
        assert isinstance(user, SignUpOkResult)
        await delete_user(user.user.id)

        with pytest.raises(UnauthorisedError, match="The user was deleted"):
            await sessions.create_new_session_without_request_response("public", user.recipe_user_id)


@pytest.fixture
def application(make_application: MakeApplication) -> Application:
    """An application with the defaults."""
    return make_application()


@pytest.fixture(params=["cookie", "header"])
async def browser(request: pytest.FixtureRequest, application: Application) -> Browser:
    """A browser in which user u1 is signed in, by cookies and by headers."""
    browser = application.browser(request.param)
    await browser.send("POST", "/enter/u1", {"theme": "dark"})
    return browser


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


async def test_status_codes_of_the_application(make_application: MakeApplication) -> None:
    """Both status codes are the application's to choose."""
    browser = make_application(session_expired_status_code=440, invalid_claim_status_code=418).browser()

    assert (await browser.send("GET", "/me")).status_code == 440
    assert (await browser.send("POST", "/auth/session/refresh")).status_code == 440
    await browser.send("POST", "/enter/u1")
    assert (await browser.send("GET", "/paid")).status_code == 418


async def test_error_handlers_of_the_application(make_application: MakeApplication) -> None:
    """Handlers may be plain or asynchronous; the clearing of tokens is not theirs to forget."""

    async def on_unauthorised(request: Any, message: str, response: Any) -> Any:
        response.set_status_code(419)
        response.set_json_content({"mine": message})
        return response

    def on_invalid_claim(request: Any, errors: Any, response: Any) -> Any:
        response.set_json_content({"ids": [error.id_ for error in errors]})
        return response

    handlers = InputErrorHandlers(on_unauthorised=on_unauthorised, on_invalid_claim=on_invalid_claim)
    browser = make_application(error_handlers=handlers).browser()

    reply = await browser.send("GET", "/throw")
    assert (reply.status_code, reply.json(), browser.front_token) == (419, {"mine": "not you"}, "remove")
    await browser.send("POST", "/enter/u1")
    assert (await browser.send("GET", "/paid")).json() == {"ids": ["paid"]}
    assert (await browser.send("GET", "/me", cookie="sIdRefreshToken=x")).json() == {"message": "try refresh token"}


async def test_own_handler_of_theft_decides_about_the_session(make_application: MakeApplication) -> None:
    """A handler that replaces the default gets all it needs, and the session is left to it."""
    seen: list[Any] = []

    def on_theft(request: Any, handle: str, user_id: str, recipe_user_id: RecipeUserId, response: Any) -> Any:
        seen.extend([handle, user_id, recipe_user_id.get_as_string()])
        response.set_json_content({})
        return response

    application = make_application(error_handlers=InputErrorHandlers(on_token_theft_detected=on_theft))
    owner, thief = application.browser(), application.browser()
    await owner.send("POST", "/enter/u1")
    thief.cookies = dict(owner.cookies)
    await owner.send("POST", "/auth/session/refresh")
    await owner.send("GET", "/me")

    await thief.send("POST", "/auth/session/refresh")

    assert seen == [owner.payload()["sessionHandle"], "u1", "u1"]
    assert (await owner.send("GET", "/database")).status_code == 200


async def test_options_request(application: Application) -> None:
    """Browsers send OPTIONS without credentials: a route that requires a session is built wrongly."""
    browser = application.browser()

    assert (await browser.send("OPTIONS", "/optional")).json() == {"session": None}
    with pytest.raises(GeneralError, match="OPTIONS"):
        await application.recipe.verify_session(PlainRequest("OPTIONS"), None, True, False, None, {})


async def test_contexts_are_not_shared_between_requests(application: Application) -> None:
    """What one request put into its context is not there in the next one (class 44)."""
    seen: list[int] = []
    original = application.recipe.functions.get_session

    async def remember(*arguments: Any) -> Any:
        context = arguments[-1]
        seen.append(id(context["_default"]["request"]))
        assert "trace" not in context
        context["trace"] = True
        return await original(*arguments)

    application.recipe.functions.get_session = remember  # type: ignore[assignment,method-assign]  # as overrides do
    browser = application.browser()
    await browser.send("POST", "/enter/u1")

    for _ in range(2):
        assert (await browser.send("GET", "/me")).status_code == 200
    assert len(seen) == 2


async def test_override_of_create_new_session(make_application: MakeApplication) -> None:
    """An override of older applications adds a claim and is called positionally with every argument."""
    calls: list[tuple[Any, ...]] = []

    def functions(original: RecipeInterface) -> RecipeInterface:
        original_create = original.create_new_session

        async def create_new_session(  # the published signature, with names of its own
            user_id: str, b: RecipeUserId, payload: Any, data: Any, disable: Any, tenant: str, context: Any
        ) -> SessionContainer:
            calls.append((user_id, b.get_as_string(), data, disable, tenant))
            payload = {**(payload or {}), **(await PAID.build(user_id, b, tenant, payload, context))}
            return await original_create(user_id, b, payload, data, disable, tenant, context)

        original.create_new_session = create_new_session  # type: ignore[method-assign,assignment]  # as applications do
        return original

    application = make_application(override=SessionOverrideConfig(functions=functions))
    browser = application.browser()

    await browser.send("POST", "/enter/u1")

    assert calls == [("u1", "u1", {"from": "enter"}, False, "public")]
    assert browser.payload()["paid"]["v"] is False
    assert (await browser.send("GET", "/paid")).status_code == 403


async def test_overridden_functions_are_used_by_sessions(make_application: MakeApplication) -> None:
    """A wrapper object replaces the functions everywhere, also inside a session object."""

    class Wrapper(RecipeInterface):
        def __init__(self, original: RecipeInterface) -> None:
            self.__dict__.update(original.__dict__)
            self.original = original
            self.revoked: list[str] = []

        async def revoke_session(self, session_handle: str, user_context: Any) -> bool:
            self.revoked.append(session_handle)
            return await self.original.revoke_session(session_handle, user_context)

    application = make_application(override=SessionOverrideConfig(functions=Wrapper))
    browser = application.browser()
    await browser.send("POST", "/enter/u1")
    handle = browser.payload()["sessionHandle"]

    await browser.send("POST", "/auth/signout")

    assert getattr(application.recipe.functions, "revoked") == [handle]  # noqa: B009  # not of the declared type


async def test_override_without_session_is_not_a_pass(application: Application) -> None:
    """An override that returns nothing where a session is required is refused, not passed on as None."""

    async def forgetful(*_: Any) -> None:
        return None

    application.recipe.apis.verify_session = forgetful  # type: ignore[assignment,method-assign]  # as overrides do

    assert (await application.browser().send("GET", "/me")).status_code == 401


async def test_functions_without_request(application: Application) -> None:
    """Sessions work without cookies: the application carries the tokens."""
    created = await sessions.create_new_session_without_request_response("public", RecipeUserId("u1"), {"a": 1})
    tokens = created.get_all_session_tokens_dangerously()

    found = await sessions.get_session_without_request_response(tokens["accessToken"])
    assert found is not None
    assert (found.get_user_id(), found["session_handle"]) == ("u1", created.get_handle())
    assert found.get_access_token_payload()["a"] == 1
    assert found.get_all_session_tokens_dangerously()["frontToken"] == tokens["frontToken"]
    assert tokens["refreshToken"] is not None
    refreshed = await sessions.refresh_session_without_request_response(tokens["refreshToken"])
    assert refreshed.get_handle() == created.get_handle()
    assert refreshed.get_all_session_tokens_dangerously()["accessAndFrontTokenUpdated"] is True
    with pytest.raises(UnauthorisedError):
        await sessions.refresh_session_without_request_response("nonsense")
    with pytest.raises(TryRefreshTokenError):
        await sessions.get_session_without_request_response(tokens["accessToken"][:-8] + "AAAAAAAA")
    with pytest.raises(UnauthorisedError, match="Token parsing failed"):
        await sessions.get_session_without_request_response("nonsense")
    assert await sessions.get_session_without_request_response("nonsense", session_required=False) is None


async def test_stored_sessions(application: Application) -> None:
    """Sessions are read, changed and ended by their handles."""
    created = await sessions.create_new_session_without_request_response(
        "public", RecipeUserId("u1"), {"a": 1}, {"d": 1}
    )
    handle = created.get_handle()
    information = await sessions.get_session_information(handle)
    assert information is not None
    assert information.session_data_in_database == {"d": 1}
    assert information.custom_claims_in_access_token_payload["a"] == 1
    assert information.to_json()["userId"] == "u1"

    assert await sessions.update_session_data_in_database(handle, {"d": 2})
    assert await created.get_session_data_from_database() == {"d": 2}
    assert await sessions.merge_into_access_token_payload(handle, {"a": None, "b": 2, "sub": "admin"})
    assert await sessions.set_claim_value(handle, PLAN, "pro")
    value = await sessions.get_claim_value(handle, PLAN)
    assert isinstance(value, GetClaimValueOkResult)
    assert value.value == "pro"
    assert await sessions.fetch_and_set_claim(handle, PAID)
    assert await sessions.remove_claim(handle, PLAN)
    information = await sessions.get_session_information(handle)
    assert information is not None
    claims = information.custom_claims_in_access_token_payload
    assert (claims["b"], claims["paid"]["v"], set(claims)) == (2, False, {"b", "paid", "iss"})
    assert await sessions.get_all_session_handles_for_user("u1") == [handle]
    assert await sessions.revoke_multiple_sessions([handle, "other"]) == [handle]
    assert await sessions.revoke_session(handle) is False


async def test_sessions_that_do_not_exist(application: Application) -> None:
    """Functions by handle say so; a session object raises, because somebody is using it."""
    created = await sessions.create_new_session_without_request_response("public", RecipeUserId("u1"))
    handle = created.get_handle()
    await sessions.revoke_session(handle)

    assert await sessions.get_session_information(handle) is None
    assert not await sessions.update_session_data_in_database(handle, {})
    assert not await sessions.merge_into_access_token_payload(handle, {})
    assert not await sessions.fetch_and_set_claim(handle, PLAN)
    assert isinstance(await sessions.get_claim_value(handle, PLAN), SessionDoesNotExistError)
    assert isinstance(await sessions.validate_claims_for_session_handle(handle), SessionDoesNotExistError)
    for lost in (
        created.get_session_data_from_database(),
        created.update_session_data_in_database({}),
        created.merge_into_access_token_payload({"a": 1}),
        created.get_expiry(),
        created.get_time_created(),
    ):
        with pytest.raises(UnauthorisedError, match="does not exist anymore"):
            await lost


async def test_claims_of_a_stored_session(application: Application) -> None:
    """Requirements are judged on the stored payload with the tenant; what was fetched for it is stored."""
    created = await sessions.create_new_session_without_request_response("public", RecipeUserId("u1"))
    seen: list[Any] = []

    def validators(added: Any, information: Any, context: Any) -> list[Any]:
        seen.append((added, information.session_handle))
        return [PAID.validators.is_true(None)]

    result = await sessions.validate_claims_for_session_handle(created.get_handle(), validators)

    assert not isinstance(result, SessionDoesNotExistError)
    assert [error.id_ for error in result.invalid_claims] == ["paid"]
    assert seen == [([], created.get_handle())]
    information = await sessions.get_session_information(created.get_handle())
    assert information is not None
    assert information.custom_claims_in_access_token_payload["paid"]["v"] is False


async def test_merge_into_an_expired_token(application: Application) -> None:
    """When the access token has expired meanwhile there is nothing to send; the payload is stored for the refresh."""
    created = await sessions.create_new_session_without_request_response("public", RecipeUserId("u1"))
    before = created.get_access_token()
    application.clock.turn(seconds=3601)

    await created.merge_into_access_token_payload({"a": 1})

    assert created.get_access_token() == before
    assert (created.get_access_token_payload()["a"], created.get_access_token_payload()["sub"]) == (1, "u1")


def test_tokens_are_not_in_reprs() -> None:
    """A session may be logged; its tokens may not (class 21)."""
    assert "secret" not in repr(TokenInfo("secret", 1, 2))
