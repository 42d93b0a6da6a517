# SPDX-License-Identifier: Apache-2.0
"""The App: what `init` makes. It owns the recipes and their routes, and answers requests and errors.

A framework's middleware asks `find` whether a path is ours (two dictionary look-ups for a stranger, a few more for a
path with a tenant segment), and only then wraps the request and calls `answer`.
"""

import re
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from twofold import _state
from twofold._app_info import AppInfo, SupertokensConfig, SupertokensPublicConfig
from twofold._core_client import PUBLIC_TENANT, CoreClient, CoreTransport
from twofold.constants import VERSION
from twofold.exceptions import BadInputError, BodyTooLargeError, GeneralError, PluginError
from twofold.framework.request import BaseRequest
from twofold.framework.response import BaseResponse
from twofold.ingredients._inbox import Inbox, is_development
from twofold.ingredients._unobserved import all_sent
from twofold.normalised_url_path import without_trailing_slash
from twofold.plugins import LoadPluginsResponse, OverrideMap, PluginRouteHandlerWithPluginId
from twofold.recipe import accountlinking, jwt, multitenancy, notices, openid, session, usermetadata
from twofold.recipe._api import Declaration, call_api, declared_apis, is_disabled
from twofold.recipe._assurance import refuse_deviations
from twofold.recipe._base import PageHandler, PageRoute, Recipe, RecipeInit
from twofold.recipe._combined import parts_of
from twofold.types.base import UserContext

AnyRecipe = Recipe[Any, Any]

NO_PLUGINS = LoadPluginsResponse(
    public_config=SupertokensPublicConfig(SupertokensConfig()),
    processed_plugins=[],
    plugin_route_handlers=[],
    override_maps=[],
    inits=[],
)

# Their places in the order of recipes are part of the interface: routes, claims and errors are asked in this order.
ALWAYS_ON: tuple[tuple[str, RecipeInit], ...] = (
    ("accountlinking", accountlinking.init()),
    ("jwt", jwt.init()),
    ("openid", openid.init()),
    ("multitenancy", multitenancy.init()),
    ("usermetadata", usermetadata.init()),
    ("notices", notices.init()),
)

# Front ends from before the split of the combined recipes still send these.
_RECIPES_OF_RID: dict[str, tuple[str, ...]] = {
    "thirdpartyemailpassword": ("thirdparty", "emailpassword"),
    "thirdpartypasswordless": ("thirdparty", "passwordless"),
}
_TENANT_SEGMENT = re.compile(r"/([a-zA-Z0-9-]+)(/.*)")
_CORS_HEADERS = ("rid", "fdi-version")
_BAD_REQUEST, _TOO_LARGE = 400, 413


@dataclass(frozen=True)
class ApiRoute:
    """An API of a recipe."""

    recipe: AnyRecipe
    declaration: Declaration


@dataclass(frozen=True)
class Match:
    """What `find` found for a path: pages, else APIs in the order of their recipes, and the path's tenant segment."""

    pages: tuple[PageRoute, ...] = ()
    apis: tuple[ApiRoute, ...] = ()
    tenant_id: str = PUBLIC_TENANT


def _now_ms() -> int:
    return time.time_ns() // 1_000_000


class App:
    """The recipes of one application, connected to one core.

    Args:
        app_info: What the application says about itself.
        recipe_list: What the recipes' `init` functions returned, in the application's order.
        transport: How the core is reached.
        config: The core's address and options.
        telemetry: Kept for those who read it; nothing is ever sent.
        clock_ms: Current time in milliseconds, for every recipe.
        inbox: Keeps the messages for which no delivery is configured; left out, only on a developer's machine.
        plugins: What `load_plugins` returned.
    """

    def __init__(  # noqa: PLR0913  # time and messages are arguments, for tests
        self,
        app_info: AppInfo,
        recipe_list: Sequence[RecipeInit],
        transport: CoreTransport,
        config: SupertokensConfig,
        *,
        telemetry: bool = False,
        clock_ms: Callable[[], int] = _now_ms,
        inbox: Inbox | None = None,
        plugins: LoadPluginsResponse | None = None,
    ) -> None:
        self.app_info = app_info
        self.recipe_list = tuple(recipe_list)
        self.clock_ms = clock_ms
        self.keeps_messages = inbox is not None or is_development(app_info)
        self.inbox = inbox or Inbox(clock_ms)
        self.config = config
        self.transport = transport
        self.telemetry = telemetry
        self.plugins = plugins or NO_PLUGINS
        self.recipes = _made(recipe_list, app_info, self.plugins.override_maps)
        self._by_id = {recipe.recipe_id: recipe for recipe in self.recipes}
        client = CoreClient(transport, keeps_answers=not config.disable_core_call_cache)
        for recipe in self.recipes:
            recipe.connect(client, clock_ms)
        second = (factor for recipe in self.recipes for factor in recipe.secondary_factors())
        self.secondary_factors = tuple(dict.fromkeys(second))
        """What the recipes offer as a second factor, in their order."""
        self.client = client
        self._base_path = app_info.api_base_path.get_as_string_dangerous()
        self._gateway_path = app_info.api_gateway_path.get_as_string_dangerous()
        self._pages = {**_pages_of(self.recipes), **_plugin_routes(self.plugins.plugin_route_handlers)}
        routes = (route for pages in self._pages.values() for route in pages)
        self._tenant_bases = {route.tenant_base for route in routes if route.tenant_base}
        self._apis = _apis_of(self.recipes, self._base_path)
        self._starts = _starts_of({self._base_path, *self._tenant_bases}.union(path for _, path in self._pages))

    def make_current(self) -> None:
        """Become the current App, and let the recipes check one another. The App before keeps its running requests.

        Raises:
            GeneralError: a recipe misses another, or is looser than its profile allows; the App before stays current.
        """
        before = _state.current_app_or_none()
        _state.set_current_app(self)
        try:
            for recipe in self.recipes:
                recipe.after_init()
            refuse_deviations(self.app_info, self.recipe)
            for init in self.plugins.inits:
                init()
        except BaseException:
            _state.set_current_app(before)
            raise

    def recipe(self, recipe_id: str) -> AnyRecipe | None:
        """Return a recipe by its id, or None when it is not initialised."""
        return self._by_id.get(recipe_id)

    async def start(self) -> None:
        """Prepare the core before the first request has to wait for it."""
        await self.transport.start()

    async def stop(self) -> None:
        """Release connections and files of the core, once what is being sent is sent."""
        await all_sent()
        await self.transport.stop()

    def find(self, method: str, path: str) -> Match | None:
        """Return what answers this method and path, or None: the request is the application's.

        Args:
            method: In upper case.
            path: As the framework sees it, without the gateway's prefix.
        """
        full_path = self._gateway_path + without_trailing_slash(path)
        if not full_path.startswith(self._starts):
            return None
        key = (method, full_path)
        pages = self._pages.get(key) or self._pages.get((method, full_path.rpartition("/")[0] + "/*"))
        if pages is not None:
            return Match(pages=pages, apis=_enabled(self._apis.get(key)))
        if full_path.startswith(self._base_path):
            apis = _enabled(self._apis.get(key))
            if apis:
                return Match(apis=apis)
        return self._find_page_of_tenant(method, full_path) or self._find_below_tenant(method, full_path)

    def _find_page_of_tenant(self, method: str, full_path: str) -> Match | None:
        for base in self._tenant_bases:
            split = _TENANT_SEGMENT.fullmatch(full_path, len(base)) if full_path.startswith(base) else None
            pages = self._pages.get((method, base + split[2])) if split is not None else None
            if split is not None and pages is not None and all(page.tenant_base == base for page in pages):
                return Match(pages=pages, tenant_id=split[1])
        return None

    def _find_below_tenant(self, method: str, full_path: str) -> Match | None:
        if not full_path.startswith(self._base_path):
            return None
        split = _TENANT_SEGMENT.fullmatch(full_path, len(self._base_path))
        if split is None:
            return None
        apis = _enabled(self._apis.get((method, self._base_path + split[2])))
        return Match(apis=apis, tenant_id=split[1]) if apis else None

    async def answer(
        self, match: Match, request: BaseRequest, response: BaseResponse, user_context: UserContext
    ) -> BaseResponse | None:
        """Answer a matched request; None when the page or API leaves it to the application.

        Raises:
            SuperTokensError: to be given to `handle_error`.
        """
        for page in match.pages:
            reply = await page.handler(request, response, user_context)
            if reply is not None:
                return reply
        route = _chosen(match.apis, request.get_header("rid"))
        if route is None:
            return None
        return await call_api(route.recipe, route.declaration, request, response, match.tenant_id, user_context)

    async def handle(
        self, request: BaseRequest, response: BaseResponse, user_context: UserContext
    ) -> BaseResponse | None:
        """Answer a request, or return None: it is the application's."""
        match = self.find(request.method().upper(), request.get_path())
        return None if match is None else await self.answer(match, request, response, user_context)

    async def handle_error(
        self, request: BaseRequest, error: Exception, response: BaseResponse, user_context: UserContext
    ) -> BaseResponse:
        """Turn an error into a response.

        Raises:
            Exception: the error itself, when it is a `GeneralError` or nobody recognises it.
        """
        if isinstance(error, GeneralError):
            raise error
        for recipe in self.recipes:
            await recipe.prepare_error(request, error, response, user_context)
        if isinstance(error, BadInputError | PluginError):
            response.set_status_code(_TOO_LARGE if isinstance(error, BodyTooLargeError) else _BAD_REQUEST)
            response.set_json_content({"message": str(error)})
            return response
        for recipe in self.recipes:
            reply = await recipe.handle_error(request, error, response, user_context)
            if reply is not None:
                return reply
        raise error

    def cors_headers(self) -> list[str]:
        """Return the request headers that the application's CORS middleware must allow."""
        headers = [*_CORS_HEADERS, *(header for recipe in self.recipes for header in recipe.cors_headers())]
        return list(dict.fromkeys(headers))


def apply_response_mutators(session: Any, response: BaseResponse, user_context: UserContext) -> None:
    """Write what happened to the session during the request (new tokens, cleared tokens) on whatever is sent."""
    for mutate in session.response_mutators:
        mutate(response, user_context)


def _is_init(entry: object) -> bool:
    """Whether it is an `init` of ours itself: the parentheses were forgotten."""
    name, module = getattr(entry, "__name__", None), getattr(entry, "__module__", None)
    return name == "init" and str(module).startswith("twofold.recipe.")


def _made(recipe_list: Sequence[RecipeInit], app_info: AppInfo, overrides: list[OverrideMap]) -> list[AnyRecipe]:
    if not recipe_list:
        raise GeneralError("Please provide at least one recipe to the supertokens.init function call")
    given: Sequence[object] = recipe_list
    for entry in given:
        if not callable(entry) or _is_init(entry):
            raise GeneralError(f"recipe_list takes what init() of a recipe returns, as session.init(), not {entry!r}")
    made = [make(app_info, overrides) for item in recipe_list for make in parts_of(item)]
    ids: set[str] = set()
    for recipe in made:
        if recipe.recipe_id in ids:
            raise GeneralError(
                f"{recipe.display_name} recipe has already been initialised. Please check your code for bugs."
            )
        ids.add(recipe.recipe_id)
    made += [make(app_info, overrides) for recipe_id, make in ALWAYS_ON if recipe_id not in ids]
    for recipe in made:
        recipe.wrap_in([changes[recipe.recipe_id] for changes in overrides if recipe.recipe_id in changes])
    _require_recipes_of_plugins(overrides, {recipe.recipe_id for recipe in made})
    return made


def _require_recipes_of_plugins(overrides: list[OverrideMap], ids: set[str]) -> None:
    for changes in overrides:
        for recipe_id, change in changes.items():
            needed = change.recipe_init_required
            if recipe_id not in ids and (needed(VERSION) if callable(needed) else needed):
                raise GeneralError(f"A plugin needs the recipe {recipe_id}: add it to the recipe_list of init")


def _plugin_routes(routes: list[PluginRouteHandlerWithPluginId]) -> dict[tuple[str, str], tuple[PageRoute, ...]]:
    made: dict[tuple[str, str], tuple[PageRoute, ...]] = {}
    for route in routes:
        key = (route.method.upper(), without_trailing_slash(route.path))
        if key in made:
            raise GeneralError(f"Plugin {route.plugin_id}: another plugin has the route {key[0]} {route.path}")
        made[key] = (PageRoute(key[0], key[1], _handler_of(route)),)
    return made


def _handler_of(route: PluginRouteHandlerWithPluginId) -> PageHandler:
    async def handle(request: BaseRequest, response: BaseResponse, user_context: UserContext) -> BaseResponse:
        found, options = None, route.verify_session_options
        if options is not None:
            found = await session.SessionRecipe.get().verify_session(
                request,
                options.anti_csrf_check,
                options.session_required,
                options.check_database,
                options.override_global_claim_validators,
                user_context,
            )
            if found is not None:
                request.set_session(found)
        return await route.handler(request=request, response=response, session=found, user_context=user_context)

    return handle


def _pages_of(recipes: list[AnyRecipe]) -> dict[tuple[str, str], tuple[PageRoute, ...]]:
    pages: dict[tuple[str, str], tuple[PageRoute, ...]] = {}
    for recipe in recipes:
        for page in recipe.page_routes():
            key = (page.method.upper(), without_trailing_slash(page.path))
            pages[key] = (*pages.get(key, ()), page)
    return pages


def _apis_of(recipes: list[AnyRecipe], base_path: str) -> dict[tuple[str, str], tuple[ApiRoute, ...]]:
    apis: dict[tuple[str, str], tuple[ApiRoute, ...]] = {}
    for recipe in recipes:
        for declaration in declared_apis(recipe.api_class):
            key = (declaration.method, base_path + declaration.path)
            apis[key] = (*apis.get(key, ()), ApiRoute(recipe, declaration))
    return apis


def _starts_of(paths: Iterable[str]) -> tuple[str, ...]:
    """With one of these begins each path that may be ours; with none, most of the application's."""
    starts: list[str] = []
    for path in sorted(path.removesuffix("*") for path in paths):
        if not path.startswith(tuple(starts)):
            starts.append(path)
    return tuple(starts)


def _enabled(apis: tuple[ApiRoute, ...] | None) -> tuple[ApiRoute, ...]:
    return tuple(route for route in apis or () if not is_disabled(route.recipe, route.declaration))


def _chosen(apis: tuple[ApiRoute, ...], rid: str | None) -> ApiRoute | None:
    """Choose between recipes that share a path: the one the client names, else the first."""
    wanted = _RECIPES_OF_RID.get(rid or "", (rid,))
    named = (route for route in apis if route.recipe.recipe_id in wanted)
    return next(named, apis[0] if apis else None)
