# SPDX-License-Identifier: Apache-2.0
"""Sessions without a request: made, read, changed and ended by handle or user."""

from typing import Any

import pytest

from tests.recipe.session.application import PAID, PLAN, Application
from twofold.recipe.session import asyncio as sessions
from twofold.recipe.session.exceptions import TryRefreshTokenError, UnauthorisedError
from twofold.recipe.session.interfaces import (
    GetClaimValueOkResult,
    SessionDoesNotExistError,
    TokenInfo,
)
from twofold.types import RecipeUserId


async def test_functions_without_request(application: Application) -> None:
    """Sessions work without cookies: the application carries the tokens."""
    created = await sessions.create_new_session_without_request_response("public", RecipeUserId("u1"), {"a": 1})
    tokens = created.get_all_session_tokens_dangerously()

    found = await sessions.get_session_without_request_response(tokens["accessToken"])
    assert found is not None
    assert (found.get_user_id(), found["session_handle"]) == ("u1", created.get_handle())
    assert found.get_access_token_payload()["a"] == 1
    assert found.get_all_session_tokens_dangerously()["frontToken"] == tokens["frontToken"]
    assert tokens["refreshToken"] is not None
    refreshed = await sessions.refresh_session_without_request_response(tokens["refreshToken"])
    assert refreshed.get_handle() == created.get_handle()
    assert refreshed.get_all_session_tokens_dangerously()["accessAndFrontTokenUpdated"] is True
    with pytest.raises(UnauthorisedError):
        await sessions.refresh_session_without_request_response("nonsense")
    with pytest.raises(TryRefreshTokenError):
        await sessions.get_session_without_request_response(tokens["accessToken"][:-8] + "AAAAAAAA")
    with pytest.raises(UnauthorisedError, match="Token parsing failed"):
        await sessions.get_session_without_request_response("nonsense")
    assert await sessions.get_session_without_request_response("nonsense", session_required=False) is None


async def test_stored_sessions(application: Application) -> None:
    """Sessions are read, changed and ended by their handles."""
    created = await sessions.create_new_session_without_request_response(
        "public", RecipeUserId("u1"), {"a": 1}, {"d": 1}
    )
    handle = created.get_handle()
    information = await sessions.get_session_information(handle)
    assert information is not None
    assert information.session_data_in_database == {"d": 1}
    assert information.custom_claims_in_access_token_payload["a"] == 1
    assert information.to_json()["userId"] == "u1"

    assert await sessions.update_session_data_in_database(handle, {"d": 2})
    assert await created.get_session_data_from_database() == {"d": 2}
    assert await sessions.merge_into_access_token_payload(handle, {"a": None, "b": 2, "sub": "admin"})
    assert await sessions.set_claim_value(handle, PLAN, "pro")
    value = await sessions.get_claim_value(handle, PLAN)
    assert isinstance(value, GetClaimValueOkResult)
    assert value.value == "pro"
    assert await sessions.fetch_and_set_claim(handle, PAID)
    assert await sessions.remove_claim(handle, PLAN)
    information = await sessions.get_session_information(handle)
    assert information is not None
    claims = information.custom_claims_in_access_token_payload
    assert (claims["b"], claims["paid"]["v"], set(claims)) == (2, False, {"b", "paid", "iss"})
    assert await sessions.get_all_session_handles_for_user("u1") == [handle]
    assert await sessions.revoke_multiple_sessions([handle, "other"]) == [handle]
    assert await sessions.revoke_session(handle) is False


async def test_sessions_that_do_not_exist(application: Application) -> None:
    """Functions by handle say so; a session object raises, because somebody is using it."""
    created = await sessions.create_new_session_without_request_response("public", RecipeUserId("u1"))
    handle = created.get_handle()
    await sessions.revoke_session(handle)

    assert await sessions.get_session_information(handle) is None
    assert not await sessions.update_session_data_in_database(handle, {})
    assert not await sessions.merge_into_access_token_payload(handle, {})
    assert not await sessions.fetch_and_set_claim(handle, PLAN)
    assert isinstance(await sessions.get_claim_value(handle, PLAN), SessionDoesNotExistError)
    assert isinstance(await sessions.validate_claims_for_session_handle(handle), SessionDoesNotExistError)
    for lost in (
        created.get_session_data_from_database(),
        created.update_session_data_in_database({}),
        created.merge_into_access_token_payload({"a": 1}),
        created.get_expiry(),
        created.get_time_created(),
    ):
        with pytest.raises(UnauthorisedError, match="does not exist anymore"):
            await lost


async def test_claims_of_a_stored_session(application: Application) -> None:
    """Requirements are judged on the stored payload with the tenant; what was fetched for it is stored."""
    created = await sessions.create_new_session_without_request_response("public", RecipeUserId("u1"))
    seen: list[Any] = []

    def validators(added: Any, information: Any, context: Any) -> list[Any]:
        seen.append((added, information.session_handle))
        return [PAID.validators.is_true(None)]

    result = await sessions.validate_claims_for_session_handle(created.get_handle(), validators)

    assert not isinstance(result, SessionDoesNotExistError)
    assert [error.id_ for error in result.invalid_claims] == ["paid"]
    assert seen == [([], created.get_handle())]
    information = await sessions.get_session_information(created.get_handle())
    assert information is not None
    assert information.custom_claims_in_access_token_payload["paid"]["v"] is False


async def test_merge_into_an_expired_token(application: Application) -> None:
    """When the access token has expired meanwhile there is nothing to send; the payload is stored for the refresh."""
    created = await sessions.create_new_session_without_request_response("public", RecipeUserId("u1"))
    before = created.get_access_token()
    application.clock.turn(seconds=3601)

    await created.merge_into_access_token_payload({"a": 1})

    assert created.get_access_token() == before
    assert (created.get_access_token_payload()["a"], created.get_access_token_payload()["sub"]) == (1, "u1")


def test_tokens_are_not_in_reprs() -> None:
    """A session may be logged; its tokens may not (class 21)."""
    assert "secret" not in repr(TokenInfo("secret", 1, 2))
