# SPDX-License-Identifier: Apache-2.0
"""Sessions: made, verified with the core's public keys, renewed, stolen, ended; by functions and over HTTP."""

import httpx
import jwt
from application import PASSWORD, World, new_address
from checks import holds, raises, same
from story_people import new_person
from supertokens_python.asyncio import get_user
from supertokens_python.recipe.session.asyncio import (
    create_jwt,
    create_new_session_without_request_response,
    get_all_session_handles_for_user,
    get_claim_value,
    get_jwks,
    get_open_id_discovery_configuration,
    get_session_information,
    get_session_without_request_response,
    merge_into_access_token_payload,
    refresh_session_without_request_response,
    remove_claim,
    revoke_all_sessions_for_user,
    revoke_multiple_sessions,
    revoke_session,
    set_claim_value,
    update_session_data_in_database,
)
from supertokens_python.recipe.session.claims import BooleanClaim
from supertokens_python.recipe.session.exceptions import TokenTheftError, UnauthorisedError
from supertokens_python.recipe.session.interfaces import SessionContainer
from supertokens_python.recipe.userroles import UserRoleClaim
from supertokens_python.recipe.userroles.asyncio import add_role_to_user, create_new_role_or_add_permissions


async def new_session() -> SessionContainer:
    """Make a session of a new person."""
    person = await new_person()
    return await create_new_session_without_request_response(
        "public", person.login_methods[0].recipe_user_id, {"shown": 1}, {"kept": 2}
    )


async def verified(token: str, jwks_url: str) -> dict[str, object]:
    """Verify a token as any service would that knows only the address of the keys."""
    async with httpx.AsyncClient() as client:
        keys = jwt.PyJWKSet.from_dict((await client.get(jwks_url)).raise_for_status().json())
    key = keys[jwt.get_unverified_header(token)["kid"]]
    return jwt.decode(token, key, algorithms=["RS256"])


async def anybody_can_verify(world: World) -> None:
    """The keys verify access tokens and the application's own tokens, from the core and from the application."""
    session = await new_session()
    token = session.get_all_session_tokens_dangerously()["accessToken"]

    payload = await verified(token, f"{world.core}/.well-known/jwks.json")

    same([payload["sub"], payload["shown"]], [session.get_user_id(), 1], "an access token, with the core's keys")
    same((await verified(token, f"{world.api}/auth/jwt/jwks.json"))["sub"], payload["sub"], "with the application's")
    for static in (True, False):
        made = await create_jwt({"for": "a service"}, validity_seconds=60, use_static_signing_key=static)
        claims = await verified(made.jwt, f"{world.core}/.well-known/jwks.json")
        same([claims["for"], claims["exp"] - claims["iat"]], ["a service", 60], f"a token, static key: {static}")
    holds(len((await get_jwks()).keys) >= 2, "both kinds of keys are published")
    discovery = await get_open_id_discovery_configuration()
    same(discovery.issuer, f"{world.api}/auth", "the issuer")
    same(payload["iss"], discovery.issuer, "and the token names it")


async def by_functions(_: World) -> None:
    """A session's data and payload are read and written by its handle."""
    session = await new_session()
    handle, user_id = session.get_handle(), session.get_user_id()

    await update_session_data_in_database(handle, {"kept": 3})
    await merge_into_access_token_payload(handle, {"more": "ü", "shown": None})

    information = await get_session_information(handle)
    same(information.session_data_in_database, {"kept": 3}, "data")
    payload = information.custom_claims_in_access_token_payload
    same([payload.get("more"), "shown" in payload], ["ü", False], "payload")
    same(await get_all_session_handles_for_user(user_id), [handle], "handles")
    claim = BooleanClaim("visited", lambda *_: True)
    await set_claim_value(handle, claim, True)
    same((await get_claim_value(handle, claim)).value, True, "a claim")
    await remove_claim(handle, claim)
    same((await get_claim_value(handle, claim)).value, None, "a claim removed")
    same(await revoke_session(handle), True, "ended")
    same(await revoke_session(handle), False, "ended again")
    same(await get_session_information(handle), None, "nothing is known of it")


async def renewal_and_theft(_: World) -> None:
    """A refresh token works once; using it again after its successor was used is theft."""
    session = await new_session()
    first = session.get_all_session_tokens_dangerously()

    renewed = await refresh_session_without_request_response(first["refreshToken"], disable_anti_csrf=True)

    tokens = renewed.get_all_session_tokens_dangerously()
    holds(tokens["refreshToken"] != first["refreshToken"], "another refresh token")
    same(renewed.get_handle(), session.get_handle(), "the same session")
    verified_session = await get_session_without_request_response(tokens["accessToken"], check_database=True)
    same(verified_session.get_user_id(), session.get_user_id(), "its access token is good")
    again = refresh_session_without_request_response(first["refreshToken"], disable_anti_csrf=True)
    await raises(TokenTheftError, again, "the first refresh token again")
    await revoke_session(session.get_handle())
    gone = get_session_without_request_response(tokens["accessToken"], check_database=True)
    await raises(UnauthorisedError, gone, "an access token of a session that is over")
    late = refresh_session_without_request_response(tokens["refreshToken"], disable_anti_csrf=True)
    await raises(UnauthorisedError, late, "and its refresh token")


async def several_at_once(_: World) -> None:
    """All sessions of a person end together, or those that are named."""
    person = await new_person()
    recipe_user_id = person.login_methods[0].recipe_user_id
    handles = [
        (await create_new_session_without_request_response("public", recipe_user_id)).get_handle() for _ in range(3)
    ]

    same(await revoke_multiple_sessions([handles[0], "no-session"]), [handles[0]], "those that are there")
    same(sorted(await revoke_all_sessions_for_user(person.id)), sorted(handles[1:]), "the others")
    same(await get_all_session_handles_for_user(person.id), [], "none is left")


async def over_http(world: World) -> None:
    """A browser's session is renewed, carries roles, and ends."""
    client = world.client()
    person = (await client.form("/signup", email=new_address(), password=PASSWORD))["user"]["id"]
    same((await client.http.get("/protected")).json()["userId"], person, "signed in")
    await create_new_role_or_add_permissions("editor", ["edit"])
    await add_role_to_user("public", person, "editor")
    before = client.http.cookies["sRefreshToken"]

    renewed = await client.http.post("/auth/session/refresh")

    same(renewed.status_code, 200, "renewed")
    holds(client.http.cookies["sRefreshToken"] != before, "with another refresh token")
    payload = (await client.http.get("/protected")).json()["payload"]
    same(payload["tId"], "public", "the tenant in the payload")
    handle = (await get_all_session_handles_for_user(person))[0]
    claims = (await get_claim_value(handle, UserRoleClaim)).value
    same(claims, [], "roles at the time of signing in")
    kept = client.http.cookies["sAccessToken"]
    same((await client.post("/signout"))["status"], "OK", "signed out")
    same(await client.status(), 401, "the protected route afterwards")
    # A copy of the token is good until it expires, except where the core is asked.
    copy = {"Authorization": f"Bearer {kept}"}
    same((await client.http.get("/checked", headers=copy)).status_code, 401, "a copy of the token, where it matters")
    other = world.client()
    await other.form("/signin", email=(await get_user(person)).emails[0], password=PASSWORD)
    handle = (await get_all_session_handles_for_user(person))[0]
    same((await get_claim_value(handle, UserRoleClaim)).value, ["editor"], "roles after signing in again")


async def theft_over_http(world: World) -> None:
    """Whoever comes with an old refresh token ends the session for both of its holders."""
    client, thief = world.client(), world.client()
    await client.form("/signup", email=new_address(), password=PASSWORD)
    stolen = client.http.cookies["sRefreshToken"]
    same((await client.http.post("/auth/session/refresh")).status_code, 200, "renewed")
    same(await client.status("/checked"), 200, "and used")

    theft = await thief.http.post("/auth/session/refresh", headers={"cookie": f"sRefreshToken={stolen}"})

    same([theft.status_code, theft.json()["message"]], [401, "token theft detected"], "the thief")
    same((await client.http.post("/auth/session/refresh")).status_code, 401, "the session is over")


STORIES = [anybody_can_verify, by_functions, renewal_and_theft, several_at_once, over_http, theft_over_http]
