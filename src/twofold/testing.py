# SPDX-License-Identifier: Apache-2.0
"""Your application's authentication in a test: a core in this process, a clock that turns, and all that was sent.

::

    async def test_admin_needs_a_code() -> None:
        async with testing.app(recipe_list) as app, app.client(my_application) as browser:
            ...
            code = app.outbox.code("admin@example.com")
            app.clock.turn(seconds=3600)

Nothing is replaced behind your application's back: the recipes, the core and its database are those of production, and
the clock, the database and the outbox are arguments that they take. In blocking tests write `with`, `sync_client` and
`sync_sign_in`. `VirtualAuthenticator` and `VirtualTotp` are what a person holds: passkeys, and an app that shows codes.
"""

import re
from collections.abc import Mapping, Sequence
from copy import copy
from itertools import count
from threading import Lock
from types import TracebackType
from typing import Any, ClassVar, Self
from urllib.parse import quote

import httpx

from twofold import _state
from twofold._app import App
from twofold._app_info import AppInfo, Assurance, FrameworkName, InputAppInfo, SupertokensConfig
from twofold._authenticator import VirtualAuthenticator
from twofold._embedded import InProcessTransport
from twofold._sync import run
from twofold.core.app import Core, create_core
from twofold.core.clock import TurnableClock
from twofold.core.config import deviations, settings_of
from twofold.core.recipe.totp.codes import decode_secret, step
from twofold.core.tokens import Tokens
from twofold.exceptions import GeneralError
from twofold.ingredients._inbox import Inbox, InboxMessage
from twofold.recipe._base import RecipeInit
from twofold.recipe.multifactorauth.asyncio import mark_factor_as_complete_in_session
from twofold.recipe.session import SessionContainer, SessionRecipe
from twofold.recipe.session.asyncio import create_new_session_without_request_response
from twofold.recipe.session.constants import ACCESS_TOKEN_COOKIE_KEY, ANTI_CSRF_HEADER_KEY, REFRESH_TOKEN_COOKIE_KEY
from twofold.supertokens import connect_app
from twofold.types import RecipeUserId

__all__ = ["AppUnderTest", "InboxMessage", "Outbox", "TurnableClock", "VirtualAuthenticator", "VirtualTotp", "app"]

IN_MEMORY = "sqlite:///:memory:"
ADDRESS = "http://localhost:8000"
# Hashes are made to be slow. Those of a test's accounts protect nobody.
QUICK_HASHES: Mapping[str, Any] = {"argon2_iterations": 1, "argon2_memory_kb": 64, "bcrypt_log_rounds": 4}

_LINK = re.compile(r"https?://[^\s<>\"]+")
_CODE = re.compile(r"(?<!\w)\d{6,12}(?!\w)")


def app(
    recipe_list: Sequence[RecipeInit] | None = None,
    *,
    database_url: str = IN_MEMORY,
    app_info: InputAppInfo | None = None,
    framework: FrameworkName = "fastapi",
    settings: Mapping[str, Any] | None = None,
    assurance: Assurance | None = None,
) -> "AppUnderTest":
    """Return an application to use as `async with` or `with`: current within the block, on a core of its own.

    In memory that costs less than 50 ms of CPU time (`make bench` measures it); the first one of a process makes keys.

    Args:
        recipe_list: What the recipes' `init` functions returned; left out, that of the last `twofold.init`. An
            email or SMS delivery configured in it is used as it is configured: leave it out to find what is sent in
            the outbox.
        database_url: Where the core keeps its data; left out, in memory, empty at each use.
        app_info: Left out, that of the last `init` when the recipes are, else an application at `ADDRESS`.
        framework: Of the application.
        settings: Settings of the core by name, over its defaults. Passwords are hashed quickly unless these, or a
            profile of assurance, say not.
        assurance: As for `twofold.init`; left out, that of the last `init` when the recipes are.

    Raises:
        GeneralError: the recipes do not fit together, there is neither a list of them nor an `init`, or a setting is
            looser than the profile allows.
        TypeError: a setting does not exist.
    """
    clock = TurnableClock()
    recipes, info = _described(recipe_list, app_info, framework, assurance)
    quick = QUICK_HASHES if info.assurance is None else {}
    core_settings = settings_of(
        {"base_config_modifiable": True, "assurance": info.assurance, **quick, **(settings or {})}
    )
    for deviation in deviations(core_settings):
        raise GeneralError(str(deviation))
    return AppUnderTest(
        info, recipes, create_core(database_url, core_settings, clock=clock, tokens=_QuickTokens()), clock
    )


class AppUnderTest:
    """An application under test.

    Attributes:
        clock: the one clock of SDK and core: `clock.turn(seconds=…)`. Browsers' clocks are not turned.
        outbox: the mails and text messages that were sent, as far as no delivery is configured.
        core: the core, for what an application cannot do: `await app.core.call("GET", "/users/count")`.
        app: the application's recipes and routes, while the block runs.
    """

    app: App

    def __init__(self, app_info: AppInfo, recipe_list: Sequence[RecipeInit], core: Core, clock: TurnableClock) -> None:
        self.clock = clock
        self.core = core
        self._app_info = app_info
        self._recipe_list = recipe_list
        self._inbox = Inbox(clock.now_ms, capacity=None)
        self.outbox = Outbox(self._inbox)
        self._before: App | None = None

    async def __aenter__(self) -> Self:
        """Become the current application, on a core that has started."""
        self._before = _state.current_app_or_none()
        self.app = connect_app(
            self._app_info,
            self._recipe_list,
            SupertokensConfig(),
            InProcessTransport(self.core),
            clock_ms=self.clock.now_ms,
            inbox=self._inbox,
        )
        await self.app.start()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close the core, and leave the application of before the block as the current one."""
        _state.set_current_app(self._before)
        await self.app.stop()

    def client(self, application: Any, **options: Any) -> httpx.AsyncClient:
        """Return a browser without JavaScript, at an ASGI application: FastAPI, Starlette, Django's `asgi.application`.

        Args:
            application: Yours, with Twofold's middleware.
            options: Of `httpx.AsyncClient`.
        """
        return httpx.AsyncClient(transport=httpx.ASGITransport(application), base_url=self._address, **options)

    def sync_client(self, application: Any, **options: Any) -> httpx.Client:
        """Return a browser without JavaScript, at a WSGI application: Flask, Django's `wsgi.application`."""
        return httpx.Client(transport=httpx.WSGITransport(application), base_url=self._address, **options)

    async def sign_in(
        self,
        browser: httpx.AsyncClient | httpx.Client,
        user_id: str,
        *,
        factors: Sequence[str] = (),
        tenant_id: str = "public",
    ) -> SessionContainer:
        """Give a browser a session of a user, without the way there: the cookies that signing in would have set.

        Args:
            browser: From `client` or `sync_client`, or any client of httpx whose `base_url` is the API's domain.
            user_id: Of one login method: `sign_up(…).recipe_user_id.get_as_string()`.
            factors: Factors to mark as completed, where multi-factor authentication is among the recipes.
            tenant_id: Where the user signs in.
        """
        session = await create_new_session_without_request_response(tenant_id, RecipeUserId(user_id))
        for factor in factors:
            await mark_factor_as_complete_in_session(session, factor)
        tokens = session.get_all_session_tokens_dangerously()
        refresh_path = SessionRecipe.get().config.refresh_token_path.get_as_string_dangerous()
        cookies = [
            f"{ACCESS_TOKEN_COOKIE_KEY}={quote(tokens['accessToken'])}; Path=/",
            f"{REFRESH_TOKEN_COOKIE_KEY}={quote(tokens['refreshToken'] or '')}; Path={refresh_path}",
        ]
        reply = httpx.Response(200, headers=[("set-cookie", cookie) for cookie in cookies])
        reply.request = httpx.Request("GET", browser.base_url)
        browser.cookies.extract_cookies(reply)
        if tokens["antiCsrfToken"] is not None:
            browser.headers[ANTI_CSRF_HEADER_KEY] = tokens["antiCsrfToken"]
        return session

    def sync_sign_in(
        self, browser: httpx.Client, user_id: str, *, factors: Sequence[str] = (), tenant_id: str = "public"
    ) -> SessionContainer:
        """Do as `sign_in`, blocking."""
        return run(self.sign_in(browser, user_id, factors=factors, tenant_id=tenant_id))

    @property
    def _address(self) -> str:
        return self._app_info.api_domain.get_as_string_dangerous()

    def __enter__(self) -> Self:
        """Do as `async with`, blocking."""
        return run(self.__aenter__())

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Do as `async with`, blocking."""
        run(self.__aexit__(kind, error, trace))


class VirtualTotp:
    """An authenticator app that was shown a secret, with the clock of the test.

    Args:
        secret: What `create_device` answered.
        clock: `app.clock`. A code works once: turn the clock by `period_seconds` for another.
        period_seconds: How long a code is shown.
    """

    def __init__(self, secret: str, clock: TurnableClock, period_seconds: int = 30) -> None:
        self._secret = secret
        self._clock = clock
        self._period_seconds = period_seconds

    def code(self, periods_later: int = 0) -> str:
        """Return the code that the app shows now, or so many periods later.

        Raises:
            ValueError: the secret is not base32.
        """
        counter = self._clock.now_ms() // (self._period_seconds * 1000) + periods_later
        return step(decode_secret(self._secret), counter).code


class Outbox:
    """What was sent, in memory."""

    def __init__(self, inbox: Inbox) -> None:
        self._inbox = inbox

    def messages(self, to: str | None = None) -> list[InboxMessage]:
        """Return the messages, newest first: all of them, or those to one email address or phone number."""
        return [message for message in self._inbox.messages() if to in (None, message.to)]

    def code(self, to: str) -> str:
        """Return the one-time code of the newest message to this address or number.

        Raises:
            LookupError: there is no message, or no code in it.
        """
        return self._newest(to, _CODE, "code")

    def link(self, to: str) -> str:
        """Return the link of the newest message to this address or number: to sign in, to set a password, to verify.

        Raises:
            LookupError: there is no message, or no link in it.
        """
        return self._newest(to, _LINK, "link")

    def clear(self) -> None:
        """Forget all messages."""
        self._inbox.clear()

    def _newest(self, to: str, pattern: re.Pattern[str], name: str) -> str:
        messages = self.messages(to)
        if not messages:
            others = ", ".join(sorted({message.to for message in self.messages()})) or "nobody"
            raise LookupError(f"Nothing was sent to {to}; messages went to {others}")
        # Digits within a link are no code.
        text = _LINK.sub("", messages[0].text) if pattern is _CODE else messages[0].text
        found = pattern.search(text)
        if found is None:
            raise LookupError(f"The newest message to {to} has no {name} in it")
        return found[0]


class _QuickTokens(Tokens):
    """Makes keys once for all cores of this process, one after the other: making them is most of a core's start.

    All other secrets are drawn anew. Only `app` above passes this to a core.
    """

    _keys: ClassVar[list[bytes]] = []
    _lock: ClassVar = Lock()

    def __init__(self) -> None:
        super().__init__()
        self._used = count()

    def rsa_key(self) -> bytes:
        """The next key that this core has not had."""
        with self._lock:
            number = next(self._used)
            if number == len(self._keys):
                self._keys.append(super().rsa_key())
            return self._keys[number]


def _described(
    recipe_list: Sequence[RecipeInit] | None,
    app_info: InputAppInfo | None,
    framework: FrameworkName,
    assurance: Assurance | None,
) -> tuple[Sequence[RecipeInit], AppInfo]:
    if recipe_list is not None:
        given = app_info or InputAppInfo("Test", ADDRESS, website_domain=ADDRESS)
        return recipe_list, AppInfo.from_input(given, framework, None, assurance)
    current = _state.current_app_or_none()
    if current is None:
        raise GeneralError("testing.app() needs a recipe_list, or that twofold.init was called before")
    info = current.app_info if app_info is None else AppInfo.from_input(app_info, framework, None)
    if info.assurance != (assurance or current.app_info.assurance):
        info = copy(info)
        info.assurance = assurance or current.app_info.assurance
    return current.recipe_list, info
