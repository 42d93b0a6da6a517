# SPDX-License-Identifier: Apache-2.0
"""Every function and API of every recipe can be replaced, and the replacement is what everybody calls.

The list is made from the classes. Two plugins and the application replace each method by one that records and
delegates; then people use the application through all its doors.
"""

import contextlib
import functools
import inspect
from collections import defaultdict
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any, cast
from urllib.parse import parse_qs, urlsplit

import pytest

from tests.security.application import (
    ADDRESS,
    ADMIN,
    DASHBOARD_KEY,
    PASSWORD,
    Person,
    World,
    application,
    password_form,
    recipes,
)
from tests.security.doors import APIS, PAGES
from tests.security.stories import STORIES
from twofold import _state, testing
from twofold._app_info import AppInfo, SupertokensConfig, SupertokensPublicConfig
from twofold.constants import VERSION
from twofold.plugins import RecipePluginOverride, SuperTokensPlugin, load_plugins
from twofold.recipe import jwt, multitenancy, notices, openid
from twofold.recipe._base import Recipe, RecipeInit
from twofold.supertokens import connect_app

OUTERMOST_FIRST = ["application", "second plugin", "first plugin"]
Method = tuple[str, str, str]
"""Recipe, "functions" or "apis", name."""


@dataclass
class Record:
    """What was called: by method, the layers in the order in which they were; and what was wrong with calls."""

    layers: dict[Method, list[str]] = field(default_factory=lambda: defaultdict(list))
    wrong: set[str] = field(default_factory=set)

    def override(self, layer: str, recipe_id: str, part: str) -> Callable[[Any], Any]:
        """Return an override that replaces every method by one that records and delegates."""

        def replace_all(original: Any) -> Any:
            for name in methods_of(type(original)):
                declared = inspect.signature(getattr(type(original), name))
                _self, *parameters = declared.parameters.values()
                signature = declared.replace(parameters=parameters)
                recording = self._recording(getattr(original, name), signature, layer, (recipe_id, part, name))
                setattr(original, name, recording)
            return original

        return replace_all

    def _recording(
        self, inner: Callable[..., Any], signature: inspect.Signature, layer: str, method: Method
    ) -> Callable[..., Any]:
        parameters = signature.parameters.values()
        named = {item.name for item in parameters if item.kind is item.KEYWORD_ONLY and item.default is item.empty}
        optional = {item.name for item in parameters if item.kind is item.KEYWORD_ONLY} - named
        positional = [item.name for item in parameters if item.kind is item.POSITIONAL_OR_KEYWORD]
        takes_more = any(item.kind is item.VAR_KEYWORD for item in parameters)

        def replacement(*given: Any, **by_name: Any) -> Any:
            self.layers[method].append(layer)
            arguments = {**dict(zip(positional, given, strict=False)), **by_name}
            whole = (
                len(given) == len(positional)
                and named <= by_name.keys()
                and (takes_more or by_name.keys() <= named | optional)
            )
            if not whole or not isinstance(arguments.get("user_context", {}), dict):
                missing = {*positional[len(given) :], *named} - by_name.keys()
                self.wrong.add(f"{'.'.join(method)} got {len(given)} of {len(positional)}, without {sorted(missing)}")
            return inner(*given, **by_name)

        replacement.__signature__ = signature  # type: ignore[attr-defined]  # by which older overrides are told apart
        return replacement


def methods_of(kind: type[Any]) -> list[str]:
    """Return the names of the methods that an application can replace."""
    return [name for name, item in inspect.getmembers(kind, inspect.isfunction) if not name.startswith("_")]


def every_recipe() -> list[RecipeInit]:
    """Return those of the application, and those that are always there, so that they can be overridden, too."""
    return [*recipes(), multitenancy.init(), jwt.init(), openid.init(), notices.init(tells_of_factor_changes=True)]


def overridden(init: RecipeInit, record: Record) -> RecipeInit:
    """Put an application's recording override around those that the recipe is initialised with."""

    def make(app_info: AppInfo, plugins: list[Any]) -> Recipe[Any, Any]:
        recipe = init(app_info, plugins)
        layers = {}
        for part in ("functions", "apis"):
            given = getattr(recipe._override, part, None) or (lambda original: original)
            recording = record.override("application", recipe.recipe_id, part)
            layers[part] = functools.partial(lambda one, two, original: two(one(original)), given, recording)
        recipe._override = cast(Any, SimpleNamespace(**layers))
        return recipe

    return make


@contextlib.contextmanager
def recorded_world(record: Record) -> Iterator[World]:
    """The application under attack, with everything replaced."""
    under_test = testing.app([overridden(init, record) for init in every_recipe()])
    plain = testing.app(every_recipe())
    with plain:
        ids = [recipe.recipe_id for recipe in plain.app.recipes]

    def plugin(name: str) -> SuperTokensPlugin:
        changes = {
            recipe_id: RecipePluginOverride(
                functions=record.override(name, recipe_id, "functions"), apis=record.override(name, recipe_id, "apis")
            )
            for recipe_id in ids
        }
        return SuperTokensPlugin(id=name, compatible_sdk_versions=f"=={VERSION}", override_map=changes)

    plugins = [plugin("first plugin"), plugin("second plugin")]
    loaded = load_plugins(plugins, SupertokensPublicConfig(SupertokensConfig()))
    with under_test:
        app = under_test.app
        under_test.app = connect_app(
            app.app_info,
            app.recipe_list,
            SupertokensConfig(),
            app.transport,
            clock_ms=under_test.clock.now_ms,
            inbox=app.inbox,
            plugins=loaded,
        )
        yield World(under_test, application())


# What the APIs that need no story take: each reads of it what it knows.
ANYTHING: dict[str, Any] = {
    **password_form("new@example.com"),
    "email": ADMIN,
    "phoneNumber": "+14155552671",
    "thirdPartyId": "elsewhere",
    "redirectURIOnProviderDashboard": f"{ADDRESS}/back",
    "tenantId": "public",
    "deviceName": "phone",
    "deviceId": "unknown",
    "code": "0000-0000-0000-0000",
    "totp": "000000",
    "role": "admin",
    "roles": ["admin"],
    "permissions": [],
    "password": PASSWORD,
    "includeAllTenants": "true",
    "limit": "10",
    "recipeId": "emailpassword",
}


async def use_everything(world: World) -> None:
    """Call every API once as the administrator, and those of the dashboard with its key."""
    admin_id = await world.admin()
    body = {**ANYTHING, "userId": admin_id, "recipeUserId": admin_id}
    for door in APIS:
        method, path = door.split()
        person = world.person("header")
        headers = {}
        if path.startswith("/dashboard"):
            headers = {"authorization": f"Bearer {DASHBOARD_KEY}"}
        elif path not in ("/signup", "/signin"):
            await sign_in_whole(world, person)
        await person.api(method, path, body, **headers)
        # So many codes in a row are sent to nobody.
        world.under_test.clock.turn(seconds=60 * 60)


async def sign_in_whole(world: World, person: Person) -> None:
    """Give the administrator's password and code."""
    await person.sign_in(ADMIN)
    await person.complete_with_code(world, ADMIN)


async def forget_the_password(world: World) -> None:
    """Set a new password by mail, and end all sessions by signing out."""
    await world.admin()
    person = world.person("header")
    asked = {"formFields": [{"id": "email", "value": ADMIN}]}
    await person.api("POST", "/user/password/reset/token", asked)
    token = parse_qs(urlsplit(world.under_test.outbox.link(ADMIN)).query)["token"][0]
    new = {"formFields": [{"id": "password", "value": "another good 1"}], "method": "token", "token": token}
    assert (await person.api("POST", "/user/password/reset", new)).json()["status"] == "OK"


@pytest.mark.slow
async def test_replacements_are_called_by_everybody() -> None:
    """Positionally, with every argument and a context; those of the application first, then the last plugin's."""
    record = Record()
    ways = [door.way for door in (*APIS.values(), *PAGES.values()) if door.way is not None]
    journeys: list[Callable[[World], Awaitable[None]]] = [use_everything, forget_the_password, *STORIES]
    journeys += [functools.partial(_go, way) for way in ways]
    every: set[Method] = set()
    for journey in journeys:
        with recorded_world(record) as world:
            every |= {
                (recipe.recipe_id, part, name)
                for recipe in _state.current_app().recipes
                for part in ("functions", "apis")
                for name in methods_of(type(getattr(recipe, part)))
            }
            await journey(world)

    assert record.wrong == set()
    for method, layers in record.layers.items():
        assert list(dict.fromkeys(layers)) == OUTERMOST_FIRST, method
        assert len({layers.count(layer) for layer in OUTERMOST_FIRST}) == 1, method
    unreached = {".".join(method) for method in every if method not in record.layers}
    assert unreached == UNREACHED.keys(), sorted(unreached ^ UNREACHED.keys())


async def _go(way: Any, world: World) -> None:
    await way(world, "header")


# No story leads there, and why not.
UNREACHED = {
    "dashboard.functions.get_dashboard_bundle_location": "says where a front end of one's own is; our page loads none",
    "dashboard.functions.sign_out": "a key is no session that could end; the dashboard's own tests sign out",
    "factorreset.functions.object_to_reset": "who objects presses a button on a page; the recipe's own tests do",
}
