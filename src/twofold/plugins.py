# SPDX-License-Identifier: Apache-2.0
"""Plugins: changes to recipes, routes and configuration that come as a package.

`init(..., experimental=SupertokensExperimentalConfig(plugins=[...]))` takes them. In a list, each plugin wraps those
before it, and the application's own overrides wrap them all: they are called first.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Literal, Protocol, Self

from packaging.specifiers import InvalidSpecifier, SpecifierSet

from twofold._app_info import SupertokensPublicConfig
from twofold.constants import VERSION
from twofold.exceptions import GeneralError
from twofold.framework.request import BaseRequest
from twofold.framework.response import BaseResponse
from twofold.recipe.session.session_class import SessionContainer
from twofold.recipe.session.types import OverrideGlobalClaimValidators
from twofold.types.base import UserContext
from twofold.types.recipe import BaseAPIInterface, BaseRecipeInterface

__all__ = [
    "LoadPluginsResponse",
    "OverrideMap",
    "PluginConfig",
    "PluginDependenciesErrorResponse",
    "PluginDependenciesOkResponse",
    "PluginRouteHandler",
    "PluginRouteHandlerFunction",
    "PluginRouteHandlerFunctionErrorResponse",
    "PluginRouteHandlerFunctionOkResponse",
    "PluginRouteHandlerHandlerFunction",
    "PluginRouteHandlerWithPluginId",
    "RecipeInitRequiredFunction",
    "RecipePluginOverride",
    "SuperTokensPlugin",
    "SuperTokensPluginDependencies",
    "SuperTokensPluginInit",
    "SuperTokensPublicPlugin",
    "VerifySessionOptions",
    "load_plugins",
]


class RecipeInitRequiredFunction(Protocol):
    """Says whether a recipe must be in the application's list."""

    def __call__(self, sdk_version: str) -> bool:
        """Answer for a version of the SDK."""
        ...


@dataclass(kw_only=True)
class RecipePluginOverride:
    """What a plugin changes in one recipe.

    Args:
        functions, apis: Take the object before, return the one to use; as in a recipe's own `override`.
        config: Takes the recipe's configuration, an object with the arguments of its `init` but `override`, and returns
            the one to use.
        recipe_init_required: Whether `init` is refused when the application's list does not have the recipe.
    """

    functions: Callable[[BaseRecipeInterface], BaseRecipeInterface] | None = None
    apis: Callable[[BaseAPIInterface], BaseAPIInterface] | None = None
    config: Callable[[Any], Any] | None = None
    recipe_init_required: bool | RecipeInitRequiredFunction | None = None


OverrideMap = dict[str, RecipePluginOverride]
"""From recipe id to what is changed in it."""


class PluginRouteHandlerHandlerFunction(Protocol):
    """Answers a request to a plugin's route."""

    async def __call__(
        self,
        *,
        request: BaseRequest,
        response: BaseResponse,
        session: SessionContainer | None,
        user_context: UserContext,
    ) -> BaseResponse:
        """Fill the response and return it. Raises PluginError for a 400 with its message."""
        ...


@dataclass(kw_only=True)
class VerifySessionOptions:
    """How the session is verified before a plugin's route; as the arguments of `verify_session`."""

    session_required: bool = True
    anti_csrf_check: bool | None = None
    check_database: bool = False
    override_global_claim_validators: OverrideGlobalClaimValidators | None = None


@dataclass(kw_only=True)
class PluginRouteHandler:
    """A route: exact path, and HTTP method in any case. Without `verify_session_options` no session is looked for."""

    method: str
    path: str
    handler: PluginRouteHandlerHandlerFunction
    verify_session_options: VerifySessionOptions | None = None


@dataclass(kw_only=True)
class PluginRouteHandlerWithPluginId(PluginRouteHandler):
    """A route, and whose it is."""

    plugin_id: str

    @classmethod
    def from_route_handler(cls, route_handler: PluginRouteHandler, plugin_id: str) -> Self:
        """Return the route as that of a plugin."""
        return cls(**vars(route_handler), plugin_id=plugin_id)


@dataclass(kw_only=True)
class _PluginBase:
    id: str
    version: str | None = None
    compatible_sdk_versions: str | list[str]
    exports: dict[str, Any] | None = None


@dataclass(kw_only=True)
class SuperTokensPublicPlugin(_PluginBase):
    """A plugin as the others see it. `initialized`: its `init` has run, or it has none."""

    initialized: bool = False

    @classmethod
    def from_plugin(cls, plugin: "SuperTokensPlugin") -> Self:
        """Return the public part of a plugin."""
        return cls(
            id=plugin.id,
            version=plugin.version,
            compatible_sdk_versions=plugin.compatible_sdk_versions,
            exports=plugin.exports,
            initialized=plugin.init is None,
        )


class SuperTokensPluginInit(Protocol):
    """Runs when all recipes are connected."""

    def __call__(
        self, config: SupertokensPublicConfig, all_plugins: list[SuperTokensPublicPlugin], sdk_version: str
    ) -> None:
        """Prepare the plugin."""
        ...


@dataclass(kw_only=True)
class PluginDependenciesOkResponse:
    """These plugins are needed, and are placed before the one that asks for them."""

    status: ClassVar[Literal["OK"]] = "OK"
    plugins_to_add: "list[SuperTokensPlugin]"


@dataclass(kw_only=True)
class PluginDependenciesErrorResponse:
    """What is needed is not there."""

    status: ClassVar[Literal["ERROR"]] = "ERROR"
    message: str


class SuperTokensPluginDependencies(Protocol):
    """Says which other plugins are needed."""

    def __call__(
        self, config: SupertokensPublicConfig, plugins_above: list[SuperTokensPublicPlugin], sdk_version: str
    ) -> PluginDependenciesOkResponse | PluginDependenciesErrorResponse:
        """Look at the plugins so far."""
        ...


@dataclass(kw_only=True)
class PluginRouteHandlerFunctionOkResponse:
    """The plugin's routes."""

    status: ClassVar[Literal["OK"]] = "OK"
    route_handlers: list[PluginRouteHandler]


@dataclass(kw_only=True)
class PluginRouteHandlerFunctionErrorResponse:
    """The plugin cannot have routes here."""

    status: ClassVar[Literal["ERROR"]] = "ERROR"
    message: str


class PluginRouteHandlerFunction(Protocol):
    """Makes the routes when all plugins are known."""

    def __call__(
        self, config: SupertokensPublicConfig, all_plugins: list[SuperTokensPublicPlugin], sdk_version: str
    ) -> PluginRouteHandlerFunctionOkResponse | PluginRouteHandlerFunctionErrorResponse:
        """Return the routes."""
        ...


class PluginConfig(Protocol):
    """Changes what plugins may change of the configuration."""

    def __call__(self, config: SupertokensPublicConfig) -> SupertokensPublicConfig:
        """Return the configuration to use."""
        ...


@dataclass(kw_only=True)
class SuperTokensPlugin(_PluginBase):
    """A plugin.

    Args:
        id: Unique in the list.
        compatible_sdk_versions: PEP 440 specifiers, such as `>=0.30,<0.32`; of a list all must hold. Compared with
            the version of the published interface, `twofold.constants.VERSION`.
        exports: For other plugins to use.
        init: Runs when all recipes are connected.
        dependencies: Says which other plugins are needed.
        override_map: What is changed in which recipe.
        route_handlers: Routes, or what makes them.
        config: Changes the configuration.
    """

    init: SuperTokensPluginInit | None = None
    dependencies: SuperTokensPluginDependencies | None = None
    override_map: OverrideMap | None = None
    route_handlers: list[PluginRouteHandler] | PluginRouteHandlerFunction | None = None
    config: PluginConfig | None = None


@dataclass(kw_only=True)
class LoadPluginsResponse:
    """A list of plugins, put in order and asked for everything."""

    public_config: SupertokensPublicConfig
    processed_plugins: list[SuperTokensPublicPlugin]
    plugin_route_handlers: list[PluginRouteHandlerWithPluginId]
    override_maps: list[OverrideMap]
    inits: list[Callable[[], None]]


def load_plugins(plugins: Sequence[SuperTokensPlugin], public_config: SupertokensPublicConfig) -> LoadPluginsResponse:
    """Put plugins in order, after what they depend on, and ask them for their changes.

    Raises:
        GeneralError: one is made for other versions, misses something, or is in the list twice.
    """
    ordered = _in_order(plugins, public_config)
    config = public_config
    for plugin in ordered:
        config = config if plugin.config is None else plugin.config(config)
    public = [SuperTokensPublicPlugin.from_plugin(plugin) for plugin in ordered]
    routes = [
        PluginRouteHandlerWithPluginId.from_route_handler(route, plugin.id)
        for plugin in ordered
        for route in _routes(plugin, config, public)
    ]
    inits = [_init(plugin, shown, config, public) for plugin, shown in zip(ordered, public, strict=True)]
    return LoadPluginsResponse(
        public_config=config,
        processed_plugins=public,
        plugin_route_handlers=routes,
        override_maps=[plugin.override_map or {} for plugin in ordered],
        inits=inits,
    )


def _in_order(plugins: Sequence[SuperTokensPlugin], config: SupertokensPublicConfig) -> list[SuperTokensPlugin]:
    ids = [plugin.id for plugin in plugins]
    twice = sorted({item for item in ids if ids.count(item) > 1})
    if twice:
        raise GeneralError(f"Duplicate plugins found: {', '.join(twice)}")
    ordered: list[SuperTokensPlugin] = []
    for plugin in plugins:
        _add(plugin, config, ordered, ())
    return ordered


def _add(
    plugin: SuperTokensPlugin,
    config: SupertokensPublicConfig,
    ordered: list[SuperTokensPlugin],
    askers: tuple[str, ...],
) -> None:
    if any(plugin.id == item.id for item in ordered):
        return
    if plugin.id in askers:
        raise GeneralError(f"Plugins depend on each other in a circle: {', '.join((*askers, plugin.id))}")
    _require_compatible(plugin)
    if plugin.dependencies is not None:
        above = [SuperTokensPublicPlugin.from_plugin(item) for item in ordered]
        needed = plugin.dependencies(config, above, VERSION)
        if isinstance(needed, PluginDependenciesErrorResponse):
            raise GeneralError(needed.message)
        for item in needed.plugins_to_add:
            _add(item, config, ordered, (*askers, plugin.id))
    ordered.append(plugin)


def _require_compatible(plugin: SuperTokensPlugin) -> None:
    given = plugin.compatible_sdk_versions
    text = given if isinstance(given, str) else ",".join(given)
    try:
        is_compatible = VERSION in SpecifierSet(text)
    except InvalidSpecifier as error:
        raise GeneralError(f"Plugin {plugin.id}: compatible_sdk_versions is no PEP 440 specifier: {text}") from error
    if not is_compatible:
        raise GeneralError(f"Plugin {plugin.id} is made for version {text} of the SDK; this one is {VERSION}")


def _routes(
    plugin: SuperTokensPlugin, config: SupertokensPublicConfig, public: list[SuperTokensPublicPlugin]
) -> list[PluginRouteHandler]:
    made = plugin.route_handlers
    if made is None or isinstance(made, list):
        return made or []
    answer = made(config, public, VERSION)
    if isinstance(answer, PluginRouteHandlerFunctionErrorResponse):
        raise GeneralError(answer.message)
    return answer.route_handlers


def _init(
    plugin: SuperTokensPlugin,
    shown: SuperTokensPublicPlugin,
    config: SupertokensPublicConfig,
    public: list[SuperTokensPublicPlugin],
) -> Callable[[], None]:
    def run() -> None:
        if plugin.init is not None:
            plugin.init(config, public, VERSION)
            shown.initialized = True

    return run
