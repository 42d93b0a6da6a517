# SPDX-License-Identifier: Apache-2.0
"""What an application decides itself: status codes, handlers, functions of its own."""

from typing import Any

import pytest

from tests.recipe.session.application import PAID, Application
from tests.recipe.session.conftest import MakeApplication
from tests.recipe.session.web import PlainRequest
from twofold.exceptions import GeneralError
from twofold.recipe.session import InputErrorHandlers, SessionContainer
from twofold.recipe.session.interfaces import (
    RecipeInterface,
)
from twofold.recipe.session.recipe import SessionOverrideConfig
from twofold.types import RecipeUserId


async def test_status_codes_of_the_application(make_application: MakeApplication) -> None:
    """Both status codes are the application's to choose."""
    browser = make_application(session_expired_status_code=440, invalid_claim_status_code=418).browser()

    assert (await browser.send("GET", "/me")).status_code == 440
    assert (await browser.send("POST", "/auth/session/refresh")).status_code == 440
    await browser.send("POST", "/enter/u1")
    assert (await browser.send("GET", "/paid")).status_code == 418


async def test_error_handlers_of_the_application(make_application: MakeApplication) -> None:
    """Handlers may be plain or asynchronous; the clearing of tokens is not theirs to forget."""

    async def on_unauthorised(request: Any, message: str, response: Any) -> Any:
        response.set_status_code(419)
        response.set_json_content({"mine": message})
        return response

    def on_invalid_claim(request: Any, errors: Any, response: Any) -> Any:
        response.set_json_content({"ids": [error.id_ for error in errors]})
        return response

    handlers = InputErrorHandlers(on_unauthorised=on_unauthorised, on_invalid_claim=on_invalid_claim)
    browser = make_application(error_handlers=handlers).browser()

    reply = await browser.send("GET", "/throw")
    assert (reply.status_code, reply.json(), browser.front_token) == (419, {"mine": "not you"}, "remove")
    await browser.send("POST", "/enter/u1")
    assert (await browser.send("GET", "/paid")).json() == {"ids": ["paid"]}
    assert (await browser.send("GET", "/me", cookie="sIdRefreshToken=x")).json() == {"message": "try refresh token"}


async def test_own_handler_of_theft_decides_about_the_session(make_application: MakeApplication) -> None:
    """A handler that replaces the default gets all it needs, and the session is left to it."""
    seen: list[Any] = []

    def on_theft(request: Any, handle: str, user_id: str, recipe_user_id: RecipeUserId, response: Any) -> Any:
        seen.extend([handle, user_id, recipe_user_id.get_as_string()])
        response.set_json_content({})
        return response

    application = make_application(error_handlers=InputErrorHandlers(on_token_theft_detected=on_theft))
    owner, thief = application.browser(), application.browser()
    await owner.send("POST", "/enter/u1")
    thief.cookies = dict(owner.cookies)
    await owner.send("POST", "/auth/session/refresh")
    await owner.send("GET", "/me")

    await thief.send("POST", "/auth/session/refresh")

    assert seen == [owner.payload()["sessionHandle"], "u1", "u1"]
    assert (await owner.send("GET", "/database")).status_code == 200


async def test_options_request(application: Application) -> None:
    """Browsers send OPTIONS without credentials: a route that requires a session is built wrongly."""
    browser = application.browser()

    assert (await browser.send("OPTIONS", "/optional")).json() == {"session": None}
    with pytest.raises(GeneralError, match="OPTIONS"):
        await application.recipe.verify_session(PlainRequest("OPTIONS"), None, True, False, None, {})


async def test_contexts_are_not_shared_between_requests(application: Application) -> None:
    """What one request put into its context is not there in the next one (class 44)."""
    seen: list[int] = []
    original = application.recipe.functions.get_session

    async def remember(*arguments: Any) -> Any:
        context = arguments[-1]
        seen.append(id(context["_default"]["request"]))
        assert "trace" not in context
        context["trace"] = True
        return await original(*arguments)

    application.recipe.functions.get_session = remember  # type: ignore[assignment,method-assign]  # as overrides do
    browser = application.browser()
    await browser.send("POST", "/enter/u1")

    for _ in range(2):
        assert (await browser.send("GET", "/me")).status_code == 200
    assert len(seen) == 2


async def test_override_of_create_new_session(make_application: MakeApplication) -> None:
    """An override of older applications adds a claim and is called positionally with every argument."""
    calls: list[tuple[Any, ...]] = []

    def functions(original: RecipeInterface) -> RecipeInterface:
        original_create = original.create_new_session

        async def create_new_session(  # the published signature, with names of its own
            user_id: str, b: RecipeUserId, payload: Any, data: Any, disable: Any, tenant: str, context: Any
        ) -> SessionContainer:
            calls.append((user_id, b.get_as_string(), data, disable, tenant))
            payload = {**(payload or {}), **(await PAID.build(user_id, b, tenant, payload, context))}
            return await original_create(user_id, b, payload, data, disable, tenant, context)

        original.create_new_session = create_new_session  # type: ignore[method-assign,assignment]  # as applications do
        return original

    application = make_application(override=SessionOverrideConfig(functions=functions))
    browser = application.browser()

    await browser.send("POST", "/enter/u1")

    assert calls == [("u1", "u1", {"from": "enter"}, False, "public")]
    assert browser.payload()["paid"]["v"] is False
    assert (await browser.send("GET", "/paid")).status_code == 403


async def test_overridden_functions_are_used_by_sessions(make_application: MakeApplication) -> None:
    """A wrapper object replaces the functions everywhere, also inside a session object."""

    class Wrapper(RecipeInterface):
        def __init__(self, original: RecipeInterface) -> None:
            self.__dict__.update(original.__dict__)
            self.original = original
            self.revoked: list[str] = []

        async def revoke_session(self, session_handle: str, user_context: Any) -> bool:
            self.revoked.append(session_handle)
            return await self.original.revoke_session(session_handle, user_context)

    application = make_application(override=SessionOverrideConfig(functions=Wrapper))
    browser = application.browser()
    await browser.send("POST", "/enter/u1")
    handle = browser.payload()["sessionHandle"]

    await browser.send("POST", "/auth/signout")

    assert getattr(application.recipe.functions, "revoked") == [handle]  # noqa: B009  # not of the declared type


async def test_override_without_session_is_not_a_pass(application: Application) -> None:
    """An override that returns nothing where a session is required is refused, not passed on as None."""

    async def forgetful(*_: Any) -> None:
        return None

    application.recipe.apis.verify_session = forgetful  # type: ignore[assignment,method-assign]  # as overrides do

    assert (await application.browser().send("GET", "/me")).status_code == 401
