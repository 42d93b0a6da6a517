# SPDX-License-Identifier: Apache-2.0
"""Overrides of `create_new_session` of both generations: each is called as it was written, alone and together."""

from typing import Any

import pytest

from twofold import testing
from twofold.recipe import emailpassword, session
from twofold.recipe.emailpassword.asyncio import sign_up
from twofold.recipe.emailpassword.interfaces import SignUpOkResult
from twofold.recipe.session.asyncio import create_new_session_without_request_response
from twofold.recipe.session.claims import BooleanClaim
from twofold.recipe.session.recipe import SessionRecipe
from twofold.types import RecipeUserId

SecondFactorClaim = BooleanClaim(key="2fa-completed", fetch_value=lambda *_: False)
Seen = list[tuple[Any, ...]]


def older(seen: Seen) -> Any:
    """Return an override as the documentation of the older generation has it."""

    def functions(original_implementation: Any) -> Any:
        original_create_new_session = original_implementation.create_new_session

        async def create_new_session(
            user_id: str,
            access_token_payload: dict[str, Any] | None,
            session_data_in_database: dict[str, Any] | None,
            disable_anti_csrf: bool | None,
            tenant_id: str,
            user_context: dict[str, Any],
        ) -> Any:
            seen.append(("older", user_id, tenant_id))
            claim = await SecondFactorClaim.build(user_id, tenant_id, user_context)
            payload = {**(access_token_payload or {}), **claim}
            return await original_create_new_session(
                user_id, payload, session_data_in_database, disable_anti_csrf, tenant_id, user_context
            )

        original_implementation.create_new_session = create_new_session
        return original_implementation

    return functions


def newer(seen: Seen) -> Any:
    """Return an override as it is written today."""

    def functions(original_implementation: Any) -> Any:
        original_create_new_session = original_implementation.create_new_session

        async def create_new_session(
            user_id: str,
            recipe_user_id: RecipeUserId,
            access_token_payload: dict[str, Any] | None,
            session_data_in_database: dict[str, Any] | None,
            disable_anti_csrf: bool | None,
            tenant_id: str,
            user_context: dict[str, Any],
        ) -> Any:
            seen.append(("newer", user_id, recipe_user_id.get_as_string()))
            return await original_create_new_session(
                user_id=user_id,
                recipe_user_id=recipe_user_id,
                access_token_payload={**(access_token_payload or {}), "newer": True},
                session_data_in_database=session_data_in_database,
                disable_anti_csrf=disable_anti_csrf,
                tenant_id=tenant_id,
                user_context=user_context,
            )

        original_implementation.create_new_session = create_new_session
        return original_implementation

    return functions


def with_plugin(recipe: SessionRecipe, functions: Any) -> SessionRecipe:
    """Let an override of a plugin lie below the application's."""
    recipe.wrap_in = lambda plugins: SessionRecipe.wrap_in(  # type: ignore[method-assign]
        recipe, [*plugins, session.InputOverrideConfig(functions=functions)]
    )
    return recipe


async def session_of_linked(functions: Any, *, before: Any = None) -> Any:
    """Make a session of the second login method of a user; return the session and both ids."""
    override = session.InputOverrideConfig(functions=functions)

    def init(app_info: Any, plugins: Any) -> SessionRecipe:
        made = session.init(override=override)(app_info, plugins)
        assert isinstance(made, SessionRecipe)
        return made if before is None else with_plugin(made, before)

    async with testing.app([init, emailpassword.init()]) as app:
        ids = []
        for email in ("ada@example.com", "ada@work.example.com"):
            made = await sign_up("public", email, "secret-pass-1")
            assert isinstance(made, SignUpOkResult)
            ids.append(made.recipe_user_id.get_as_string())
        path = "/recipe/accountlinking/user"
        await app.core.call("POST", f"{path}/primary", body={"recipeUserId": ids[0]})
        await app.core.call("POST", f"{path}/link", body={"recipeUserId": ids[1], "primaryUserId": ids[0]})
        made_session = await create_new_session_without_request_response("public", RecipeUserId(ids[1]))
        return made_session, ids


async def test_an_older_override_is_called_as_it_was_written() -> None:
    """And the session is that of the login method that signed in, though nothing there named it."""
    seen: Seen = []

    made, (user_id, login_method) = await session_of_linked(older(seen))

    assert seen == [("older", user_id, "public")]
    assert made.get_recipe_user_id().get_as_string() == login_method
    assert made.get_access_token_payload()["2fa-completed"]["v"] is False


async def test_a_newer_override_is_called_as_it_was_written() -> None:
    """With the login method, and it may pass everything on by name."""
    seen: Seen = []

    made, (user_id, login_method) = await session_of_linked(newer(seen))

    assert seen == [("newer", user_id, login_method)]
    assert made.get_recipe_user_id().get_as_string() == login_method


@pytest.mark.parametrize("order", [(older, newer), (newer, older)])
async def test_both_generations_work_together(order: tuple[Any, Any]) -> None:
    """In either order: each sees the call, and none loses the login method."""
    seen: Seen = []
    one, other = (make(seen) for make in order)

    made, (user_id, login_method) = await session_of_linked(other, before=one)

    assert {name for name, *_ in seen} == {"older", "newer"}
    assert ("newer", user_id, login_method) in seen
    assert made.get_recipe_user_id().get_as_string() == login_method
    assert made.get_access_token_payload()["newer"] is True
