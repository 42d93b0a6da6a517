# SPDX-License-Identifier: Apache-2.0
"""The application under attack: every recipe, the pages, protected routes, and people who need a second factor."""

import hmac
import json
from base64 import b32decode, b64decode, urlsafe_b64decode
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from secrets import token_urlsafe
from typing import Any, Literal

import httpx
from fastapi import Depends, FastAPI

from twofold import testing, ui
from twofold.framework.fastapi import get_middleware
from twofold.recipe import (
    accountlinking,
    dashboard,
    emailpassword,
    emailverification,
    factorreset,
    multifactorauth,
    passwordless,
    recoverycodes,
    session,
    thirdparty,
    totp,
    trusteddevices,
    usermetadata,
    userroles,
    webauthn,
)
from twofold.recipe._base import RecipeInit
from twofold.recipe.accountlinking.types import ShouldAutomaticallyLink, ShouldNotAutomaticallyLink
from twofold.recipe.emailpassword.asyncio import sign_up
from twofold.recipe.emailpassword.interfaces import SignUpOkResult
from twofold.recipe.multifactorauth.interfaces import RecipeInterface as MultiFactorAuthFunctions
from twofold.recipe.multifactorauth.types import FactorIds, MFARequirementList
from twofold.recipe.session import SessionContainer
from twofold.recipe.session.framework.fastapi import verify_session
from twofold.recipe.thirdparty.provider import (
    AuthorisationRedirect,
    Provider,
    ProviderClientConfig,
    ProviderConfig,
    ProviderInput,
    RedirectUriInfo,
)
from twofold.recipe.thirdparty.types import UserInfo, UserInfoEmail
from twofold.recipe.userroles.asyncio import (
    add_role_to_user,
    create_new_role_or_add_permissions,
    get_roles_for_user,
)
from twofold.types import User

Mode = Literal["cookie", "header"]

ADDRESS = testing.ADDRESS
PASSWORD = "correct horse battery 1"
ADMIN = "admin@example.com"
DASHBOARD_KEY = "the key of those who manage users"
STRICT = "ann@strict.example.com"
PHONE = "+14155552671"
SECRET_CONTENT = "what only the whole session may read"
NAVIGATION = {"accept": "text/html", "sec-fetch-mode": "navigate", "sec-fetch-site": "same-origin"}
PROTECTED = (
    ("GET", "/protected"),
    ("POST", "/protected"),
    ("GET", "/optional"),
    ("POST", "/optional"),
    ("GET", "/checked"),
    ("POST", "/checked"),
    ("GET", "/checked-optional"),
    ("POST", "/checked-optional"),
)


class _Elsewhere:
    """Makes a provider say of everybody that they are who they say, without asking it over the network."""

    def __call__(self, provider: Provider) -> Provider:
        """Replace the question."""

        async def get_user_info(oauth_tokens: dict[str, Any], user_context: dict[str, Any]) -> UserInfo:
            email = str(oauth_tokens["access_token"]).rpartition(":")[2]
            return UserInfo(email, UserInfoEmail(email, is_verified=True))

        async def get_authorisation_redirect_url(
            redirect_uri_on_provider_dashboard: str, user_context: dict[str, Any]
        ) -> AuthorisationRedirect:
            return AuthorisationRedirect("https://elsewhere.example/authorize?client_id=shop", token_urlsafe())

        async def exchange_auth_code_for_oauth_tokens(
            redirect_uri_info: RedirectUriInfo, user_context: dict[str, Any]
        ) -> dict[str, Any]:
            return {"access_token": redirect_uri_info.redirect_uri_query_params["code"]}

        provider.get_user_info = get_user_info  # type: ignore[method-assign]
        provider.get_authorisation_redirect_url = get_authorisation_redirect_url  # type: ignore[method-assign]
        provider.exchange_auth_code_for_oauth_tokens = (  # type: ignore[method-assign]
            exchange_auth_code_for_oauth_tokens
        )
        return provider


ELSEWHERE = ProviderInput(ProviderConfig("elsewhere", clients=[ProviderClientConfig("shop")]), override=_Elsewhere())


def recipes(make_code: Callable[[str, Any], Awaitable[str]] | None = None) -> list[RecipeInit]:
    """Every recipe, as an application might use them all. `make_code` makes the one-time codes."""
    return [
        session.init(),
        userroles.init(),
        emailpassword.init(),
        passwordless.init(
            passwordless.ContactEmailOrPhoneConfig(),
            "USER_INPUT_CODE_AND_MAGIC_LINK",
            get_custom_user_input_code=make_code,
        ),
        emailverification.init("OPTIONAL"),
        accountlinking.init(should_do_automatic_account_linking=_link_within_sessions),
        multifactorauth.init(override=multifactorauth.OverrideConfig(functions=_with_policy)),
        usermetadata.init(),
        thirdparty.init(thirdparty.SignInAndUpFeature([ELSEWHERE])),
        totp.init(),
        webauthn.init(),
        recoverycodes.init(),
        factorreset.init(),
        trusteddevices.init(),
        dashboard.init(DASHBOARD_KEY),
        ui.init(),
    ]


@dataclass
class World:
    """The running application: `under_test` has its clock, outbox and core."""

    under_test: testing.AppUnderTest
    web: FastAPI

    def person(self, mode: Mode = "cookie") -> "Person":
        """Return somebody who was never here."""
        return Person(self.web, mode)

    async def admin(self) -> str:
        """Make an account whose sessions need a code by email after the password; return its user id."""
        user_id = await self.account(ADMIN)
        await create_new_role_or_add_permissions("admin", [])
        await add_role_to_user("public", user_id, "admin")
        return user_id

    async def account(self, email: str) -> str:
        """Make an account with a password; return its user id."""
        made = await sign_up("public", email, PASSWORD)
        assert isinstance(made, SignUpOkResult)
        return made.user.id

    async def half_admin(self, mode: Mode = "cookie") -> "Person":
        """Return an administrator who has given the password and not yet the code."""
        await self.admin()
        person = self.person(mode)
        await person.sign_in(ADMIN)
        return person

    async def with_authenticator(self) -> str:
        """Set an authenticator app up for the administrator, whose sessions need the code by email all the same."""
        person = await self.whole_admin("header")
        made = (await person.api("POST", "/totp/device", {"deviceName": "phone"})).json()
        body = {"deviceName": "phone", "totp": self.totp_code(made["secret"])}
        assert (await person.api("POST", "/totp/device/verify", body)).json()["status"] == "OK"
        self.under_test.clock.turn(seconds=90)
        secret: str = made["secret"]
        return secret

    def totp_code(self, secret: str) -> str:
        """Return what an authenticator app shows now (RFC 6238)."""
        step = self.under_test.clock.now_ms() // 30_000
        digest = hmac.digest(b32decode(secret + "=" * (-len(secret) % 8)), step.to_bytes(8), "sha1")
        offset = digest[-1] & 15
        return f"{(int.from_bytes(digest[offset : offset + 4]) & 0x7FFFFFFF) % 1_000_000:06}"

    async def whole_admin(self, mode: Mode = "cookie") -> "Person":
        """Return an administrator who has given the password and the code."""
        person = await self.half_admin(mode)
        await person.complete_with_code(self, ADMIN)
        return person


def application() -> FastAPI:
    """Return the application's own routes behind our middleware, guarded in every way that there is."""
    web = FastAPI()
    web.add_middleware(get_middleware())
    guards = {
        "/protected": verify_session(),
        "/optional": verify_session(session_required=False),
        "/checked": verify_session(check_database=True),
        "/checked-optional": verify_session(session_required=False, check_database=True),
    }
    for path, guard in guards.items():
        web.add_api_route(path, _content(guard), methods=["GET", "POST"])
    return web


def _content(guard: Callable[..., Awaitable[SessionContainer | None]]) -> Callable[..., Awaitable[dict[str, Any]]]:
    async def content(session: SessionContainer | None = Depends(guard)) -> dict[str, Any]:
        return {"content": SECRET_CONTENT, "user": session.get_user_id() if session else None}

    return content


class Person:
    """A client of one person: a browser with cookies, or an app that keeps tokens from headers."""

    def __init__(self, web: FastAPI, mode: Mode) -> None:
        self.mode = mode
        self.replies: list[httpx.Response] = []
        self.access_token = ""
        self.refresh_token = ""
        transport = httpx.ASGITransport(web, raise_app_exceptions=False, client=("203.0.113.7", 1))
        self.http = httpx.AsyncClient(transport=transport, base_url=ADDRESS)

    async def send(self, method: str, path: str, **request: Any) -> httpx.Response:
        """Send a request as it is, with this person's tokens."""
        headers = {"st-auth-mode": self.mode} | request.pop("headers", {})
        bearer = self.refresh_token if path.endswith("/session/refresh") else self.access_token
        if self.mode == "header" and bearer and "authorization" not in headers:
            headers["authorization"] = f"Bearer {bearer}"
        reply = await self.http.request(method, path, headers=headers, **request)
        self.replies.append(reply)
        self._keep(reply)
        return reply

    async def api(self, method: str, path: str, body: Any = None, **headers: str) -> httpx.Response:
        """Call an API of the SDK."""
        given: dict[str, Any] = {"params": body} if method == "GET" else {"json": {} if body is None else body}
        return await self.send(method, f"/auth{path}", headers=headers, **given)

    async def page(self, method: str, path: str, fields: dict[str, str] | None = None) -> httpx.Response:
        """Open a page, or send a form from one."""
        given = {"params": fields} if method == "GET" else {"data": fields or {}}
        reply = await self.http.request(method, path, headers=NAVIGATION, **given)
        self.replies.append(reply)
        self._keep(reply)
        return reply

    async def sign_in(self, email: str) -> httpx.Response:
        """Sign in with the password that all accounts have."""
        return await self.api("POST", "/signin", password_form(email))

    async def ask_for_code(self, *, within_session: bool = True, **contact: str) -> dict[str, Any]:
        """Ask for a code, as a second factor unless said otherwise; return what to send with it."""
        body = {**contact, "shouldTryLinkingWithSessionUser": within_session}
        reply = (await self.api("POST", "/signinup/code", body)).json()
        assert reply["status"] == "OK", reply
        ids = {name: reply[name] for name in ("deviceId", "preAuthSessionId")}
        return {**ids, "shouldTryLinkingWithSessionUser": within_session}

    async def complete_with_code(self, world: World, email: str) -> None:
        """Give the code that is sent to an address, as the second factor."""
        ids = await self.ask_for_code(email=email)
        code = world.under_test.outbox.code(email)
        reply = await self.api("POST", "/signinup/code/consume", {**ids, "userInputCode": code})
        assert reply.json()["status"] == "OK", reply.text

    def payload(self) -> dict[str, Any]:
        """Return what this person's access token says."""
        part = self.token("access").split(".")[1]
        payload: dict[str, Any] = json.loads(urlsafe_b64decode(part + "=="))
        return payload

    def token(self, kind: Literal["access", "refresh"]) -> str:
        """Return a token that this person holds."""
        if self.mode == "header":
            return self.access_token if kind == "access" else self.refresh_token
        name = "sAccessToken" if kind == "access" else "sRefreshToken"
        return next(cookie.value or "" for cookie in self.http.cookies.jar if cookie.name == name)

    def _keep(self, reply: httpx.Response) -> None:
        self.access_token = reply.headers.get("st-access-token", self.access_token)
        self.refresh_token = reply.headers.get("st-refresh-token", self.refresh_token)
        # Of several cookies with one name the last counts; Python's cookie jar takes the last that lives.
        last = {line.partition("=")[0]: line for line in reply.headers.get_list("set-cookie")}
        for name, line in last.items():
            if "01 Jan 1970" in line:
                self.http.cookies.delete(name)


def password_form(email: str, password: str = PASSWORD) -> dict[str, Any]:
    """Return the body of sign-in and sign-up."""
    fields = [{"id": "email", "value": email}, {"id": "password", "value": password}]
    return {"formFields": fields, "shouldTryLinkingWithSessionUser": False}


def front_token(reply: httpx.Response) -> Any:
    """Return the decoded front token of a response."""
    return json.loads(b64decode(reply.headers["front-token"]))


def _with_policy(original: MultiFactorAuthFunctions) -> MultiFactorAuthFunctions:
    """Require a code of administrators by email, of strict addresses by phone, and of phone numbers by email."""
    original_requirements = original.get_mfa_requirements_for_auth

    async def get_mfa_requirements_for_auth(
        tenant_id: str,
        access_token_payload: dict[str, Any],
        completed_factors: dict[str, int],
        user: Callable[[], Awaitable[User]],
        *others: Any,
    ) -> MFARequirementList:
        usual = await original_requirements(tenant_id, access_token_payload, completed_factors, user, *others)
        who = await user()
        roles = await get_roles_for_user(tenant_id, who.id)
        if "admin" in roles.roles or not who.emails:
            return [FactorIds.OTP_EMAIL, *usual]
        return [FactorIds.OTP_PHONE, *usual] if who.emails[0].endswith("@strict.example.com") else usual

    original.get_mfa_requirements_for_auth = get_mfa_requirements_for_auth  # type: ignore[assignment,method-assign]
    return original


async def _link_within_sessions(
    _new: Any, user: User | None, session: SessionContainer | None, _tenant_id: str, _context: Any
) -> ShouldAutomaticallyLink | ShouldNotAutomaticallyLink:
    if session is not None and (user is None or user.id == session.get_user_id()):
        return ShouldAutomaticallyLink(should_require_verification=False)
    return ShouldNotAutomaticallyLink()
