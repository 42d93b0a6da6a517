# SPDX-License-Identifier: Apache-2.0
"""`init` and the App: what it refuses, in which order it asks, how errors are answered."""

from typing import Any

import pytest

import twofold
from tests.fake_core import FakeCore, app_on
from twofold import _state
from twofold.exceptions import BadInputError, GeneralError, SuperTokensError
from twofold.recipe import jwt, passwordless, session, usermetadata, userroles
from twofold.recipe.usermetadata import UserMetadataRecipe

INFO = twofold.InputAppInfo("Shop", "http://localhost:8000", website_domain="http://localhost:3000")


def test_always_on_recipes_follow_the_applications() -> None:
    """The order of the application's list comes first, then the always-on recipes that it does not name."""
    app_on(FakeCore(), userroles.init(), jwt.init())

    assert [recipe.recipe_id for recipe in _state.current_app().recipes] == [
        "userroles",
        "jwt",
        "accountlinking",
        "openid",
        "multitenancy",
        "usermetadata",
        "notices",
    ]


def test_second_init_replaces_the_first() -> None:
    """The last `init` holds: tests and reloading servers start from a clean slate."""
    app_on(FakeCore(), session.init())
    before = UserMetadataRecipe.get()

    app_on(FakeCore(), userroles.init())

    assert UserMetadataRecipe.get() is not before
    assert not twofold.is_recipe_initialized("session")


def test_a_recipe_is_listed_once() -> None:
    """Two of the same kind are a mistake, told with the recipe's name."""
    with pytest.raises(GeneralError, match="Usermetadata recipe has already been initialised"):
        app_on(FakeCore(), usermetadata.init(), usermetadata.init())


@pytest.mark.parametrize("entry", [session, session.init, passwordless.init])
def test_what_is_no_recipe_is_refused(entry: Any) -> None:
    """The parentheses were forgotten."""
    with pytest.raises(GeneralError, match=r"recipe_list takes what init\(\) of a recipe returns, as session.init\(\)"):
        twofold.init(INFO, "fastapi", recipe_list=[entry])


def test_empty_recipe_list_is_refused() -> None:
    """An application without recipes is a mistake."""
    with pytest.raises(GeneralError, match="Please provide at least one recipe"):
        twofold.init(INFO, "fastapi", recipe_list=[])


def test_app_info_must_be_of_its_class() -> None:
    """A dictionary in its place is refused with the published error."""
    with pytest.raises(ValueError, match="app_info must be an instance of InputAppInfo"):
        twofold.init({"app_name": "Shop"}, "fastapi", recipe_list=[session.init()])  # type: ignore[arg-type]


def test_website_or_origin_is_needed() -> None:
    """Without either the SDK cannot know where the login page is."""
    with pytest.raises(GeneralError, match="at least one of website_domain or origin"):
        twofold.init(twofold.InputAppInfo("Shop", "localhost:8000"), "fastapi", recipe_list=[session.init()])


def test_misspelt_database_is_refused() -> None:
    """An address of no known kind is not taken for a host name."""
    config = twofold.SupertokensConfig("mysql://localhost/db")

    with pytest.raises(GeneralError, match="connection_uri must be"):
        twofold.init(INFO, "fastapi", config, [session.init()])


def test_interceptor_needs_a_network() -> None:
    """An embedded core sends no requests: an interceptor that would never be called is refused."""
    config = twofold.SupertokensConfig(network_interceptor=lambda *values: values[:5])

    with pytest.raises(GeneralError, match="network_interceptor needs a core elsewhere"):
        twofold.init(INFO, "fastapi", config, [session.init()])


def test_api_key_is_not_shown() -> None:
    """A configuration may be logged."""
    assert "hunter2" not in repr(twofold.SupertokensConfig("http://core", api_key="hunter2"))


def test_cors_headers_are_those_of_all_recipes() -> None:
    """Every header once, the session's included."""
    app_on(FakeCore(), session.init())

    assert twofold.get_all_cors_headers() == ["rid", "fdi-version", "anti-csrf", "authorization", "st-auth-mode"]


async def test_errors_of_the_application_are_raised_again() -> None:
    """What no recipe recognises is not swallowed, and a configuration error never becomes a response."""
    app_on(FakeCore(), session.init())
    facade = twofold.Supertokens.get_instance()

    with pytest.raises(LookupError):
        await facade.handle_supertokens_error(None, LookupError(), None, {})  # type: ignore[arg-type]
    with pytest.raises(GeneralError):
        await facade.handle_supertokens_error(None, GeneralError("x"), None, {})  # type: ignore[arg-type]


def test_before_init_everything_says_so() -> None:
    """A forgotten `init` is named as the cause."""
    _state.set_current_app(None)

    with pytest.raises(GeneralError, match=r"Did you forget to call the SuperTokens\.init function"):
        twofold.Supertokens.get_instance()


def test_bad_input_is_an_error_of_ours() -> None:
    """One `except` catches every error of the SDK."""
    assert issubclass(BadInputError, SuperTokensError)
