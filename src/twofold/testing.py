# SPDX-License-Identifier: Apache-2.0
"""Your application's authentication in a test: a core in this process, a clock that turns, and all that was sent.

::

    async def test_admin_needs_a_code() -> None:
        async with testing.app(recipe_list) as app:
            browser = httpx.AsyncClient(transport=httpx.ASGITransport(my_application), base_url="http://localhost:8000")
            ...
            code = app.outbox.code("admin@example.com")
            app.clock.turn(seconds=3600)

Nothing is replaced behind your application's back: the recipes, the core and its database are those of production, and
the clock, the database and the outbox are arguments that they take. In blocking tests write `with` instead. For
passkeys, `VirtualAuthenticator` is the browser's part.
"""

import re
from collections.abc import Mapping, Sequence
from types import TracebackType
from typing import Any, Self

from twofold import _state
from twofold._app import App
from twofold._app_info import AppInfo, FrameworkName, InputAppInfo, SupertokensConfig
from twofold._authenticator import VirtualAuthenticator
from twofold._embedded import InProcessTransport
from twofold._sync import run
from twofold.core.app import Core, create_core
from twofold.core.clock import TurnableClock
from twofold.core.config import Settings
from twofold.exceptions import GeneralError
from twofold.ingredients._inbox import Inbox, InboxMessage
from twofold.recipe._base import RecipeInit
from twofold.supertokens import connect_app

__all__ = ["AppUnderTest", "InboxMessage", "Outbox", "TurnableClock", "VirtualAuthenticator", "app"]

IN_MEMORY = "sqlite:///:memory:"
ADDRESS = "http://localhost:8000"
# Hashes are made to be slow. Those of a test's accounts protect nobody.
QUICK_HASHES: Mapping[str, Any] = {"argon2_iterations": 1, "argon2_memory_kb": 64, "bcrypt_log_rounds": 4}

_LINK = re.compile(r"https?://[^\s<>\"]+")
_CODE = re.compile(r"(?<!\w)\d{6,8}(?!\w)")


def app(
    recipe_list: Sequence[RecipeInit] | None = None,
    *,
    database_url: str = IN_MEMORY,
    app_info: InputAppInfo | None = None,
    framework: FrameworkName = "fastapi",
    settings: Mapping[str, Any] | None = None,
) -> "AppUnderTest":
    """Return an application to use as `async with` or `with`: current within the block, on a core of its own.

    Args:
        recipe_list: What the recipes' `init` functions returned; left out, that of the last `twofold.init`. An
            email or SMS delivery configured in it is used as it is configured: leave it out to find what is sent in
            the outbox.
        database_url: Where the core keeps its data; left out, in memory, empty at each use.
        app_info: Left out, that of the last `init` when the recipes are, else an application at `ADDRESS`.
        framework: Of the application.
        settings: Settings of the core by name, over its defaults. Passwords are hashed quickly unless these say not.

    Raises:
        GeneralError: the recipes do not fit together, or there is neither a list of them nor an `init`.
        TypeError: a setting does not exist.
    """
    clock = TurnableClock()
    recipes, info = _described(recipe_list, app_info, framework)
    chosen: dict[str, Any] = {"base_config_modifiable": True, **QUICK_HASHES, **(settings or {})}
    core_settings = Settings(**chosen)
    return AppUnderTest(info, recipes, create_core(database_url, core_settings, clock=clock), clock)


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

    def __enter__(self) -> Self:
        """Do as `async with`, blocking."""
        return run(self.__aenter__())

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Do as `async with`, blocking."""
        run(self.__aexit__(kind, error, trace))


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


def _described(
    recipe_list: Sequence[RecipeInit] | None, app_info: InputAppInfo | None, framework: FrameworkName
) -> tuple[Sequence[RecipeInit], AppInfo]:
    if recipe_list is not None:
        given = app_info or InputAppInfo("Test", ADDRESS, website_domain=ADDRESS)
        return recipe_list, AppInfo.from_input(given, framework, None)
    current = _state.current_app_or_none()
    if current is None:
        raise GeneralError("testing.app() needs a recipe_list, or that twofold.init was called before")
    info = current.app_info if app_info is None else AppInfo.from_input(app_info, framework, None)
    return current.recipe_list, info
