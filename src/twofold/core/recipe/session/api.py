# SPDX-License-Identifier: Apache-2.0
"""Endpoints of sessions."""

import functools
from collections.abc import Awaitable, Callable
from typing import Annotated, ParamSpec

from twofold.core._endpoint import Call, Endpoints, Scope
from twofold.core._fields import Field, Json
from twofold.core.errors import BadRequest
from twofold.core.recipe.session import ending, refreshing, rules
from twofold.core.recipe.session.access_token import AccessToken, SignedAccessToken
from twofold.core.recipe.session.rules import Issued, Refused, Verified
from twofold.core.version import V4_0, V5_0, V5_6

P = ParamSpec("P")
Validity = Annotated[int | None, Field(since=V5_6)]
Claims = Annotated[Json, Field(name="userDataInJWT")]

endpoints = Endpoints()


def _answers_refusals(handler: Callable[P, Awaitable[Json]]) -> Callable[P, Awaitable[Json]]:
    @functools.wraps(handler)
    async def answer(*args: P.args, **kwargs: P.kwargs) -> Json:
        try:
            return await handler(*args, **kwargs)
        except Refused as refusal:
            return refusal.answer

    return answer


@endpoints.post("/recipe/session", Scope.TENANT)
async def create_session(
    call: Call,
    user_id: str,
    enable_anti_csrf: bool,
    user_data_in_jwt: Claims,
    user_data_in_database: Json,
    use_dynamic_signing_key: bool = True,
    access_token_validity: Validity = None,
) -> Json:
    """Begin a session in the tenant of the path."""
    wish = rules.Begin(
        user_id,
        enable_anti_csrf,
        user_data_in_jwt,
        user_data_in_database,
        not use_dynamic_signing_key,
        access_token_validity,
    )
    return _issued(call, await rules.begin(call, wish))


@endpoints.get("/recipe/session", Scope.ANY, since={"recipeUserId": V4_0})
@_answers_refusals
async def get_session(call: Call, session_handle: str) -> Json:
    """A session by its handle, of whatever tenant."""
    session, ids = await rules.get(call, session_handle)
    return {
        "status": "OK",
        "sessionHandle": session.handle,
        "userId": ids.primary_id,
        "recipeUserId": session.user_id,
        "tenantId": session.tenant_id,
        "userDataInDatabase": session.data_in_database,
        "userDataInJWT": session.data_in_jwt,
        "expiry": session.expires_at_ms,
        "timeCreated": session.created_at_ms,
    }


@endpoints.post("/recipe/session/verify", Scope.ANY)
@_answers_refusals
async def verify_session(
    call: Call,
    access_token: str,
    do_anti_csrf_check: bool,
    enable_anti_csrf: bool,
    check_database: bool,
    anti_csrf_token: str | None = None,
) -> Json:
    """Verify an access token; up to CDI 5.5 it may answer with a new one."""
    if call.version >= V5_6:
        call.require_public_tenant()
    needs_anti_csrf = enable_anti_csrf and do_anti_csrf_check
    presented = rules.Presented(access_token, anti_csrf_token, needs_anti_csrf, check_database)
    return _verified(call, await rules.verify(call, presented))


@endpoints.post("/recipe/session/refresh", Scope.ANY)
@_answers_refusals
async def refresh_session(
    call: Call,
    refresh_token: str,
    enable_anti_csrf: bool,
    anti_csrf_token: str | None = None,
    use_dynamic_signing_key: Annotated[bool | None, Field(required_since=V5_0)] = None,
    access_token_validity: Validity = None,
) -> Json:
    """Answer a refresh token with new tokens, or say that it was stolen."""
    uses_static_key = None if use_dynamic_signing_key is None else not use_dynamic_signing_key
    wish = refreshing.Wish(refresh_token, anti_csrf_token, enable_anti_csrf, uses_static_key, access_token_validity)
    return _issued(call, await refreshing.refresh(call, wish))


@endpoints.post("/recipe/session/regenerate", Scope.ANY)
@_answers_refusals
async def regenerate_session(
    call: Call, access_token: str, user_data_in_jwt: Annotated[Json | None, Field(name="userDataInJWT")] = None
) -> Json:
    """Replace the claims of a session, and its access token with them."""
    return _verified(call, await rules.regenerate(call, access_token, user_data_in_jwt))


@endpoints.get("/recipe/session/data", Scope.ANY)
@_answers_refusals
async def get_data_in_database(call: Call, session_handle: str) -> Json:
    """The data of a session that stays in the core. Deprecated."""
    session, _ = await rules.get(call, session_handle)
    return {"status": "OK", "userDataInDatabase": session.data_in_database}


@endpoints.put("/recipe/session/data", Scope.ANY)
@_answers_refusals
async def set_data_in_database(call: Call, session_handle: str, user_data_in_database: Json) -> Json:
    """Replace the data of a session that stays in the core."""
    await rules.set_data_in_database(call, session_handle, user_data_in_database)
    return {"status": "OK"}


@endpoints.get("/recipe/jwt/data", Scope.ANY)
@_answers_refusals
async def get_data_in_jwt(call: Call, session_handle: str) -> Json:
    """The application's claims in a session's access tokens. Deprecated."""
    session, _ = await rules.get(call, session_handle)
    return {"status": "OK", "userDataInJWT": session.data_in_jwt}


@endpoints.put("/recipe/jwt/data", Scope.ANY)
@_answers_refusals
async def set_data_in_jwt(
    call: Call,
    session_handle: str,
    user_data_in_jwt: Claims,
    user_data_in_jwt_before: Annotated[Json | None, Field(name="userDataInJWTBefore")] = None,
) -> Json:
    """Replace the application's claims for access tokens issued from now on.

    userDataInJWTBefore is ours: the claims that the caller had read, for merging that of completed factors.
    """
    await rules.set_data_in_jwt(call, session_handle, user_data_in_jwt, user_data_in_jwt_before)
    return {"status": "OK"}


@endpoints.get("/recipe/session/user", Scope.TENANT)
async def list_sessions_of_user(
    call: Call,
    user_id: str,
    fetch_across_all_tenants: bool = True,
    fetch_sessions_for_all_linked_accounts: bool = True,
) -> Json:
    """The handles of a user's sessions that have not expired."""
    if fetch_across_all_tenants:
        call.require_public_tenant()
    handles = await ending.list_handles(
        call, user_id, all_tenants=fetch_across_all_tenants, linked=fetch_sessions_for_all_linked_accounts
    )
    return {"status": "OK", "sessionHandles": handles}


@endpoints.post("/recipe/session/remove", Scope.TENANT)
async def remove_sessions(
    call: Call,
    user_id: str | None = None,
    session_handles: list[str] | None = None,
    revoke_across_all_tenants: bool | None = None,
    revoke_sessions_for_linked_accounts: bool | None = None,
) -> Json:
    """End the sessions of a user, or those with the given handles."""
    if session_handles is not None and user_id is None:
        for name, value in (
            ("revokeAcrossAllTenants", revoke_across_all_tenants),
            ("revokeSessionsForLinkedAccounts", revoke_sessions_for_linked_accounts),
        ):
            if value is not None:
                raise BadRequest(f"Invalid JSON input - {name} can only be set if userId is set")
        return {"status": "OK", "sessionHandlesRevoked": await ending.end(call, session_handles)}
    if user_id is None or session_handles is not None:
        raise BadRequest("Invalid JSON input - use one of userId or sessionHandles array")
    all_tenants = revoke_across_all_tenants is not False
    if all_tenants:
        call.require_public_tenant()
    linked = revoke_sessions_for_linked_accounts is not False
    ended = await ending.end_of_user(call, user_id, all_tenants=all_tenants, linked=linked)
    return {"status": "OK", "sessionHandlesRevoked": ended}


def _issued(call: Call, issued: Issued) -> Json:
    answer: Json = {
        "status": "OK",
        "session": _session(call, issued.access),
        "accessToken": _access_token(issued.signed),
        "refreshToken": {
            "token": issued.refresh.text,
            "expiry": issued.refresh_expires_at_ms,
            "createdTime": issued.refresh_created_at_ms,
        },
    }
    if issued.access.anti_csrf is not None:
        answer["antiCsrfToken"] = issued.access.anti_csrf
    return answer


def _verified(call: Call, verified: Verified) -> Json:
    answer: Json = {"status": "OK", "session": _session(call, verified.token)}
    if verified.signed is not None:
        answer["accessToken"] = _access_token(verified.signed)
    if verified.payload_update_available is not None:
        answer["payloadUpdateAvailable"] = verified.payload_update_available
    return answer


def _session(call: Call, token: AccessToken) -> Json:
    session: Json = {
        "handle": token.session_handle,
        "userId": token.user_id,
        "recipeUserId": token.recipe_user_id,
        "userDataInJWT": token.custom,
        "tenantId": token.tenant_id,
    }
    if call.version < V4_0:
        del session["recipeUserId"]
    return session


def _access_token(signed: SignedAccessToken) -> Json:
    return {"token": signed.text, "expiry": signed.expires_at_ms, "createdTime": signed.created_at_ms}
