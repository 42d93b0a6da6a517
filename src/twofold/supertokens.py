# SPDX-License-Identifier: Apache-2.0
"""`init` and its configuration, and the facade over the current App that existing applications use."""

import logging
import os
from collections.abc import Sequence
from typing import Any

from twofold import _state
from twofold._app import App, apply_response_mutators
from twofold._app_info import (
    AppInfo,
    Assurance,
    FrameworkName,
    InputAppInfo,
    Mode,
    SupertokensConfig,
    SupertokensExperimentalConfig,
    SupertokensPublicConfig,
)
from twofold._core_client import CoreTransport
from twofold._core_hosts import Host
from twofold._embedded import transport_for
from twofold._user_context import filled, get_request_from_user_context
from twofold.exceptions import GeneralError
from twofold.framework.request import BaseRequest
from twofold.framework.response import BaseResponse
from twofold.plugins import load_plugins
from twofold.recipe._base import Recipe, RecipeInit
from twofold.types.base import RecipeUserId, UserContext

__all__ = [
    "AppInfo",
    "Host",
    "InputAppInfo",
    "RecipeInit",
    "Supertokens",
    "SupertokensConfig",
    "SupertokensExperimentalConfig",
    "SupertokensPublicConfig",
    "convert_to_recipe_user_id",
    "get_all_cors_headers",
    "get_request_from_user_context",
    "init",
    "is_recipe_initialized",
    "manage_session_post_response",
]


def init(  # noqa: PLR0913  # the public signature
    app_info: InputAppInfo,
    framework: FrameworkName,
    supertokens_config: SupertokensConfig | None = None,
    recipe_list: Sequence[RecipeInit] = (),
    mode: Mode | None = None,
    telemetry: bool | None = None,
    debug: bool | None = None,
    experimental: SupertokensExperimentalConfig | None = None,
    *,
    assurance: Assurance | None = None,
) -> None:
    """Set up authentication for this process. A second call replaces what the first one set up.

    Args:
        app_info: What the application says about itself.
        framework: The web framework: `fastapi`, `flask` or `django`.
        supertokens_config: Where the core is. Left out, it runs in this process on the SQLite file `twofold.db`.
        recipe_list: What the recipes' `init` functions returned. The order matters where two recipes share a path.
        mode: `asgi` or `wsgi`, for Django.
        telemetry: Kept for those who read it. Nothing is ever sent.
        debug: Log what the SDK decides.
        experimental: Options whose shape may still change.
        assurance: A standard that the recipes, and a core in this process, must meet: it changes defaults, and what is
            looser than it allows is refused (docs/assurance.md). A core elsewhere has a setting of that name.

    Raises:
        GeneralError: something of this does not fit; the text says what.
        ValueError: `app_info` is not an `InputAppInfo`.
    """
    Supertokens.init(
        app_info,
        framework,
        supertokens_config,
        recipe_list,
        mode,
        telemetry,
        debug,
        experimental,
        assurance=assurance,
    )


def connect_app(
    app_info: AppInfo, recipe_list: Sequence[RecipeInit], config: SupertokensConfig, core: CoreTransport, **options: Any
) -> App:
    """Make an App on a given core and make it the current one. For tests; `options` (a clock, …) are those of `App`."""
    app = App(app_info, recipe_list, core, config, **options)
    app.make_current()
    return app


class Supertokens:
    """The current App, by the names that existing applications use. It keeps nothing itself."""

    @staticmethod
    def init(  # noqa: PLR0913  # the public signature
        app_info: InputAppInfo,
        framework: FrameworkName,
        supertokens_config: SupertokensConfig | None,
        recipe_list: Sequence[RecipeInit],
        mode: Mode | None,
        telemetry: bool | None,
        debug: bool | None,
        experimental: SupertokensExperimentalConfig | None = None,
        *,
        assurance: Assurance | None = None,
    ) -> None:
        """Set up authentication for this process; see `init`."""
        if not isinstance(app_info, InputAppInfo):
            raise ValueError("app_info must be an instance of InputAppInfo")  # noqa: TRY004  # published
        if debug or os.environ.get("SUPERTOKENS_DEBUG") == "1":
            logging.getLogger("com.supertokens").setLevel(logging.DEBUG)
        given = SupertokensPublicConfig(supertokens_config or SupertokensConfig())
        plugins = load_plugins((experimental and experimental.plugins) or [], given)
        config = plugins.public_config.supertokens_config
        info = AppInfo.from_input(app_info, framework, mode, assurance)
        transport = transport_for(config, info)
        app = App(info, recipe_list, transport, config, telemetry=telemetry is True, plugins=plugins)
        app.make_current()

    @staticmethod
    def get_instance() -> "Supertokens":
        """Return the facade.

        Raises:
            GeneralError: `init` was not called.
        """
        _state.current_app()
        return Supertokens()

    @staticmethod
    def reset() -> None:
        """Forget the current App; only with `SUPERTOKENS_ENV=testing` in the environment.

        Raises:
            GeneralError: this is no test.
        """
        if os.environ.get("SUPERTOKENS_ENV") != "testing":
            raise GeneralError("calling testing function in non testing env")
        _state.set_current_app(None)

    @property
    def app_info(self) -> AppInfo:
        """What the application says about itself, in one spelling."""
        return _state.current_app().app_info

    @property
    def recipe_modules(self) -> list[Recipe[Any, Any]]:
        """The recipes in their order."""
        return _state.current_app().recipes

    @property
    def supertokens_config(self) -> SupertokensConfig:
        """Where the core is."""
        return _state.current_app().config

    @property
    def telemetry(self) -> bool:
        """What `init` was given; nothing is ever sent."""
        return _state.current_app().telemetry

    async def middleware(
        self, request: BaseRequest, response: BaseResponse, user_context: UserContext
    ) -> BaseResponse | None:
        """Answer a request, or return None: it is the application's."""
        return await _state.current_app().handle(request, response, user_context)

    async def handle_supertokens_error(
        self, request: BaseRequest, err: Exception, response: BaseResponse, user_context: UserContext
    ) -> BaseResponse | None:
        """Turn an error into a response, or raise it again when it is not ours to answer."""
        return await _state.current_app().handle_error(request, err, response, user_context)

    def get_all_cors_headers(self) -> list[str]:
        """Return the request headers that the application's CORS middleware must allow."""
        return _state.current_app().cors_headers()

    def get_request_from_user_context(self, user_context: UserContext | None = None) -> BaseRequest | None:
        """Return the request that a context was made for, or None."""
        return get_request_from_user_context(user_context)

    def is_recipe_initialized(self, recipe_id: str) -> bool:
        """Tell whether a recipe is in use."""
        return _state.current_app().recipe(recipe_id) is not None


def get_all_cors_headers() -> list[str]:
    """Return the request headers that the application's CORS middleware must allow, besides `content-type`."""
    return _state.current_app().cors_headers()


def is_recipe_initialized(recipe_id: str) -> bool:
    """Tell whether a recipe is in use."""
    return _state.current_app().recipe(recipe_id) is not None


def convert_to_recipe_user_id(user_id: str) -> RecipeUserId:
    """Return the id as that of a login method."""
    return RecipeUserId(user_id)


def manage_session_post_response(session: Any, response: BaseResponse, user_context: UserContext | None) -> None:
    """Write what happened to the session during the request on the response."""
    apply_response_mutators(session, response, filled(user_context))
