# SPDX-License-Identifier: Apache-2.0
"""The published names of sessions, their blocking twins, and the older forms that applications use."""

import inspect
from collections.abc import AsyncIterator
from typing import Any

import pytest
from fastapi import Depends, FastAPI
from httpx import ASGITransport, AsyncClient

from tests.plugins.places import Place
from tests.recipe.session.application import PLAN, Application
from tests.recipe.session.web import PlainRequest
from twofold import _state
from twofold._app_info import AppInfo
from twofold.exceptions import GeneralError, SuperTokensError
from twofold.recipe import session
from twofold.recipe.session import asyncio as sessions
from twofold.recipe.session import syncio, utils
from twofold.recipe.session.exceptions import (
    TryRefreshTokenError,
    UnauthorisedError,
    raise_try_refresh_token_exception,
    raise_unauthorised_exception,
)
from twofold.recipe.session.framework.fastapi import session_exception_handler, verify_session
from twofold.recipe.session.functions import Functions
from twofold.recipe.session.interfaces import (
    AccessTokenObj,
    ClaimsValidationResult,
    RegenerateAccessTokenOkResult,
    SessionObj,
    SignOutOkayResponse,
    TokenInfo,
)
from twofold.recipe.session.recipe import SessionRecipe
from twofold.recipe.session.recipe_implementation import RecipeImplementation
from twofold.recipe.session.session_class import Session, SessionContainer
from twofold.types import RecipeUserId


@pytest.fixture
async def application(place: Place) -> AsyncIterator[Application]:
    """An application with the defaults."""
    application = Application(place)
    yield application
    await application.transport.stop()
    _state.set_current_app(None)


def test_old_names() -> None:
    """Applications find classes under the names by which they know them."""
    assert RecipeImplementation is Functions
    assert Session is SessionContainer
    assert utils.InputOverrideConfig is session.SessionOverrideConfig
    assert utils.OverrideConfig is session.InputOverrideConfig
    assert set(session.__all__) >= {
        "InputErrorHandlers",
        "InputOverrideConfig",
        "SessionContainer",
        "SessionOverrideConfig",
        "SessionRecipe",
        "TokenTransferMethod",
        "init",
    }


@pytest.mark.parametrize("name", [name for name in sessions.__all__ if name[0].islower()])
def test_blocking_twin_has_the_same_parameters(name: str) -> None:
    """Each function has a blocking twin; `get_session` says its default by value."""
    parameters, twins = (inspect.signature(getattr(module, name)).parameters for module in (sessions, syncio))

    assert list(parameters) == list(twins)
    if name != "get_session":
        assert [item.default for item in parameters.values()] == [item.default for item in twins.values()]


ASYNC_METHODS = [
    name for name, method in inspect.getmembers(SessionContainer, inspect.iscoroutinefunction) if name[0] != "_"
]


@pytest.mark.parametrize("name", ASYNC_METHODS)
def test_session_method_has_a_blocking_twin(name: str) -> None:
    """Each coroutine method of a session has a `sync_` twin with its parameters."""
    twin = getattr(SessionContainer, f"sync_{name}")

    assert list(inspect.signature(twin).parameters) == list(
        inspect.signature(getattr(SessionContainer, name)).parameters
    )


def test_blocking_functions(place: Place) -> None:
    """The blocking functions and methods do the same work from code without an event loop."""
    Application(place)
    created = syncio.create_new_session_without_request_response("public", RecipeUserId("u1"), {"a": 1}, {"d": 1})
    request = PlainRequest(authorization=f"Bearer {created.get_access_token()}")

    found = syncio.get_session(request)
    assert found is not None
    assert found.sync_get_session_data_from_database() == {"d": 1}
    found.sync_update_session_data_in_database({"d": 2})
    assert found.sync_get_time_created() < found.sync_get_expiry()
    found.sync_merge_into_access_token_payload({"a": 2})
    found.sync_fetch_and_set_claim(PLAN)
    assert found.sync_get_claim_value(PLAN) == "free"
    found.sync_set_claim_value(PLAN, "pro")
    found.sync_assert_claims([PLAN.validators.has_value("pro")])
    found.sync_remove_claim(PLAN)
    assert found.get_access_token_payload()["a"] == 2
    assert found.get_recipe_user_id() == RecipeUserId("u1")
    found.sync_attach_to_request_response(request, "header", {})
    found.sync_revoke_session()
    assert syncio.get_session_information(found.get_handle()) is None
    _state.set_current_app(None)


async def test_plain_user_id_of_older_applications(application: Application) -> None:
    """The plain user id is taken for the login method's id."""
    old: Any = "u1"

    assert (await sessions.create_new_session_without_request_response("public", old)).get_user_id() == "u1"


async def test_jwks_and_jwt(application: Application) -> None:
    """Sessions pass on what the OpenID recipe answers."""
    keys = (await sessions.get_jwks()).keys
    discovery = await sessions.get_open_id_discovery_configuration()

    assert keys
    assert discovery.issuer == "http://localhost:8000/auth"
    assert getattr(await sessions.create_jwt({"a": 1}), "status") == "OK"  # noqa: B009  # one of two results


def test_init_takes_the_published_arguments() -> None:
    """`init` makes the recipe with what it was given."""
    app_info = AppInfo("App", "http://localhost", "http://localhost", "fastapi", "", "/auth", "/auth", None, None)

    recipe: Any = session.init(cookie_domain="Example.com", anti_csrf="VIA_TOKEN")(app_info, [])

    assert isinstance(recipe, SessionRecipe)
    assert (recipe.config.cookie_domain, recipe.config.anti_csrf_function_or_string) == ("example.com", "VIA_TOKEN")
    assert set(recipe.get_all_cors_headers()) == {"anti-csrf", "rid", "authorization", "st-auth-mode"}
    assert recipe.is_error_from_this_recipe_based_on_instance(TryRefreshTokenError("x"))


def test_claim_keys_are_unique(application: Application) -> None:
    """Two recipes cannot claim one member of the payload."""
    application.recipe.add_claim_from_other_recipe(PLAN)

    assert application.recipe.get_claims_added_by_other_recipes()[-1] is PLAN
    with pytest.raises(ValueError, match="Claim added by multiple recipes"):
        application.recipe.add_claim_from_other_recipe(PLAN)


async def test_validators_of_other_recipes_guard_every_route(application: Application) -> None:
    """What a recipe requires of sessions is checked where the route does not say otherwise, and not for our APIs."""
    browser = application.browser()
    application.recipe.add_claim_validator_from_other_recipe(PLAN.validators.has_value("pro"))
    await browser.send("POST", "/enter/u1")

    assert (await browser.send("GET", "/me")).status_code == 403
    assert (await browser.send("GET", "/plan")).status_code == 200
    assert (await browser.send("POST", "/auth/signout")).status_code == 200


async def test_application_without_our_middleware(application: Application) -> None:
    """The exception handler answers errors with status and body."""
    app = FastAPI()
    app.add_exception_handler(SuperTokensError, session_exception_handler)  # type: ignore[arg-type]  # as published

    @app.get("/me")
    async def me(found: SessionContainer = Depends(verify_session(user_context={"mine": 1}))) -> str:
        return found.get_user_id()

    async with AsyncClient(transport=ASGITransport(app=app), base_url="http://localhost:8000") as client:
        reply = await client.get("/me")

    assert (reply.status_code, reply.json()) == (401, {"message": "unauthorised"})
    assert "set-cookie" not in reply.headers


async def test_request_of_another_framework(application: Application) -> None:
    """A request that is none of the framework of `init` is refused with a hint."""
    with pytest.raises(GeneralError, match="fastapi"):
        await sessions.get_session(object())


def test_json_of_results() -> None:
    """Results have the JSON form that other SDKs know."""
    described = SessionObj("h", "u", RecipeUserId("r"), {"a": 1}, "public")
    token = AccessTokenObj("t", 2, 1)

    assert RegenerateAccessTokenOkResult(described, token).to_json() == {
        "status": "OK",
        "session": {
            "handle": "h",
            "userId": "u",
            "recipeUserId": "r",
            "tenantId": "public",
            "userDataInJWT": {"a": 1},
        },
        "accessToken": {"token": "t", "expiry": 2, "createdTime": 1},
    }
    assert "accessToken" not in RegenerateAccessTokenOkResult(described, None).to_json()
    assert TokenInfo("t", 2, 1).to_json()["expiry"] == 2
    assert SignOutOkayResponse().to_json() == {"status": "OK"}
    assert ClaimsValidationResult([]).to_json()["invalidClaims"] == []


def test_raising_helpers() -> None:
    """Applications raise our errors by function."""
    with pytest.raises(UnauthorisedError) as caught:
        raise_unauthorised_exception("not you", clear_tokens=False)
    assert caught.value.clear_tokens is False
    with pytest.raises(UnauthorisedError):
        raise_try_refresh_token_exception(caught.value)
    with pytest.raises(TryRefreshTokenError, match="late"):
        raise_try_refresh_token_exception(ValueError("late"))
