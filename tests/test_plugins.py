# SPDX-License-Identifier: Apache-2.0
"""Plugins: their order, what they change in recipes and configuration, their routes, and what is refused."""

from dataclasses import replace
from typing import Any

import httpx
import pytest
from fastapi import FastAPI

from tests.fake_core import FakeCore
from twofold import InputAppInfo, SupertokensConfig, SupertokensPublicConfig, _state, testing
from twofold._app import App
from twofold._app_info import AppInfo
from twofold._embedded import InProcessTransport
from twofold.constants import VERSION
from twofold.core.app import create_core
from twofold.exceptions import GeneralError, PluginError
from twofold.framework.fastapi import get_middleware
from twofold.plugins import (
    LoadPluginsResponse,
    PluginDependenciesErrorResponse,
    PluginDependenciesOkResponse,
    PluginRouteHandler,
    PluginRouteHandlerFunctionErrorResponse,
    PluginRouteHandlerFunctionOkResponse,
    RecipePluginOverride,
    SuperTokensPlugin,
    VerifySessionOptions,
    load_plugins,
)
from twofold.recipe import emailpassword, session, usermetadata
from twofold.recipe._base import RecipeInit
from twofold.recipe.emailpassword.recipe import EmailPasswordRecipe
from twofold.recipe.usermetadata.recipe import UserMetadataRecipe
from twofold.recipe.usermetadata.utils import UserMetadataOverrideConfig

ANY = ">=0"
INFO = AppInfo.from_input(
    InputAppInfo(app_name="Test", api_domain=testing.ADDRESS, website_domain=testing.ADDRESS), "fastapi", None
)


def plugin(plugin_id: str, **more: Any) -> SuperTokensPlugin:
    """A plugin for every version."""
    return SuperTokensPlugin(**{"id": plugin_id, "compatible_sdk_versions": ANY, **more})


def loaded(*plugins: SuperTokensPlugin) -> LoadPluginsResponse:
    """The plugins, in order."""
    return load_plugins(plugins, SupertokensPublicConfig(SupertokensConfig()))


def app_with(plugins: list[SuperTokensPlugin], *recipes: RecipeInit) -> App:
    """An App, current."""
    app = App(INFO, recipes or [session.init()], FakeCore(), SupertokensConfig(), plugins=loaded(*plugins))
    app.make_current()
    return app


def noting(log: list[str], name: str) -> Any:
    """An override of functions that notes who was called."""

    def override(original: Any) -> Any:
        inner = original.get_user_metadata

        async def get_user_metadata(user_id: str, user_context: dict[str, Any]) -> Any:
            log.append(name)
            return await inner(user_id, user_context)

        original.get_user_metadata = get_user_metadata
        return original

    return override


async def test_the_application_is_called_first_then_the_last_plugin() -> None:
    """Each wraps what came before it."""
    log: list[str] = []
    plugins = [
        plugin(name, override_map={"usermetadata": RecipePluginOverride(functions=noting(log, name))})
        for name in ("first", "last")
    ]
    own = usermetadata.init(UserMetadataOverrideConfig(functions=noting(log, "application")))
    transport = InProcessTransport(create_core("sqlite:///:memory:"))
    app = App(INFO, [own], transport, SupertokensConfig(), plugins=loaded(*plugins))
    app.make_current()

    await UserMetadataRecipe.get().functions.get_user_metadata("u", {})
    await app.stop()

    assert log == ["application", "last", "first"]


def test_plugins_change_arguments_of_a_recipes_init() -> None:
    """One after the other, whether the application gave the argument or not; its own override stays."""

    def renamed(name: str) -> Any:
        def change(config: Any) -> Any:
            config.sign_up_feature = emailpassword.InputSignUpFeature(
                [*(config.sign_up_feature.form_fields if config.sign_up_feature else []), field(name)]
            )
            return config

        return change

    def field(name: str) -> emailpassword.InputFormField:
        return emailpassword.InputFormField(name)

    plugins = [
        plugin(name, override_map={"emailpassword": RecipePluginOverride(config=renamed(name))}) for name in "ab"
    ]
    app_with(plugins, emailpassword.init(), session.init())

    ids = [item.id for item in EmailPasswordRecipe.get().config.forms.sign_up]
    assert [item for item in ids if item in ("a", "b")] == ["a", "b"]


def test_dependencies_come_before_who_needs_them() -> None:
    """Also those of dependencies; one that is there already is not added again."""
    base = plugin("base")
    middle = plugin("middle", dependencies=lambda *_: PluginDependenciesOkResponse(plugins_to_add=[base]))
    top = plugin("top", dependencies=lambda *_: PluginDependenciesOkResponse(plugins_to_add=[middle, base]))

    found = loaded(top, plugin("base"), plugin("other"))

    assert [item.id for item in found.processed_plugins] == ["base", "middle", "top", "other"]


def test_plugins_change_the_configuration_and_are_initialised_at_the_end() -> None:
    """`init` sees the changed configuration and all plugins; then they are initialised."""
    seen: list[Any] = []

    def change(config: SupertokensPublicConfig) -> SupertokensPublicConfig:
        return replace(config, supertokens_config=replace(config.supertokens_config, api_key="of the plugin"))

    def init(config: SupertokensPublicConfig, all_plugins: list[Any], sdk_version: str) -> None:
        seen.extend((config.supertokens_config.api_key, [item.id for item in all_plugins], sdk_version))
        seen.append(_state.current_app().recipe("session") is not None)

    app = app_with([plugin("a", config=change, init=init, exports={"x": 1}), plugin("b")])

    assert seen == ["of the plugin", ["a", "b"], VERSION, True]
    assert [item.initialized for item in app.plugins.processed_plugins] == [True, True]
    assert app.plugins.processed_plugins[0].exports == {"x": 1}


def circle() -> SuperTokensPlugin:
    """Two plugins that need each other."""
    one = plugin("one")
    two = plugin("two", dependencies=lambda *_: PluginDependenciesOkResponse(plugins_to_add=[one]))
    one.dependencies = lambda *_: PluginDependenciesOkResponse(plugins_to_add=[two])
    return one


@pytest.mark.parametrize(
    ("plugins", "message"),
    [
        ([plugin("a"), plugin("a")], "Duplicate plugins found: a"),
        ([plugin("old", compatible_sdk_versions=[">=0.1", "<0.2"])], "old is made for version >=0.1,<0.2"),
        ([plugin("odd", compatible_sdk_versions="newest")], "odd: compatible_sdk_versions is no PEP 440"),
        ([plugin("a", dependencies=lambda *_: PluginDependenciesErrorResponse(message="needs b"))], "needs b"),
        ([plugin("a", route_handlers=lambda *_: PluginRouteHandlerFunctionErrorResponse(message="no"))], "no"),
        ([circle()], "depend on each other in a circle: one, two, one"),
    ],
)
def test_refuses_lists_that_cannot_work(plugins: list[SuperTokensPlugin], message: str) -> None:
    """And says which plugin and why."""
    with pytest.raises(GeneralError, match=message):
        loaded(*plugins)


@pytest.mark.parametrize("needed", [True, lambda sdk_version: sdk_version == VERSION])
def test_refuses_when_a_needed_recipe_is_missing(needed: Any) -> None:
    """A recipe that the application did not ask for is not added behind its back."""
    change = RecipePluginOverride(recipe_init_required=needed)

    with pytest.raises(GeneralError, match="needs the recipe totp"):
        app_with([plugin("a", override_map={"totp": change})])


async def hello(*, request: Any, response: Any, session: Any, user_context: Any) -> Any:
    """Say whether there is a session."""
    if request.get_query_param("bad"):
        raise PluginError("not like this")
    response.set_json_content({"session": session is not None})
    return response


async def test_routes_of_plugins_are_answered() -> None:
    """Before everything else, with a verified session where they want one; `PluginError` is a 400."""
    protected = PluginRouteHandler(
        method="post",
        path="/plugin/protected",
        handler=hello,
        verify_session_options=VerifySessionOptions(session_required=True, check_database=False),
    )
    routes = [PluginRouteHandler(method="get", path="/plugin/hello", handler=hello), protected]
    app_with([plugin("a", route_handlers=lambda *_: PluginRouteHandlerFunctionOkResponse(route_handlers=routes))])
    web = FastAPI()
    web.add_middleware(get_middleware())
    async with httpx.AsyncClient(transport=httpx.ASGITransport(web), base_url=testing.ADDRESS) as client:
        replies = [
            await client.get("/plugin/hello"),
            await client.get("/plugin/hello?bad=1"),
            await client.post("/plugin/protected"),
            await client.post("/plugin/hello"),
        ]

    assert [reply.status_code for reply in replies] == [200, 400, 401, 404]
    assert [reply.json() for reply in replies[:2]] == [{"session": False}, {"message": "not like this"}]


def test_two_plugins_cannot_have_one_route() -> None:
    """Which one answered would depend on their order."""
    route = PluginRouteHandler(method="get", path="/same", handler=hello)

    with pytest.raises(GeneralError, match="b: another plugin has the route GET /same"):
        app_with([plugin("a", route_handlers=[route]), plugin("b", route_handlers=[route])])
