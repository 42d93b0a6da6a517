# SPDX-License-Identifier: Apache-2.0
"""Sample "Legacy method": a claim of the application's own says whether a code by SMS has followed the password.

The number given at the first time is the only one that is good later.
"""

import asyncio
import sys
from typing import Any

import httpx
from application import PASSWORD, Client, World, collected_sms, inbox, new_address, new_number, running
from checks import same, tell
from supertokens_python.asyncio import get_user
from supertokens_python.recipe import emailpassword, passwordless, session, thirdparty, usermetadata
from supertokens_python.recipe.passwordless.interfaces import APIInterface, APIOptions, ConsumeCodePostOkResult
from supertokens_python.recipe.session.asyncio import get_session
from supertokens_python.recipe.session.claims import BooleanClaim
from supertokens_python.recipe.session.interfaces import RecipeInterface, SessionContainer
from supertokens_python.recipe.usermetadata.asyncio import get_user_metadata, update_user_metadata
from supertokens_python.types import RecipeUserId

SecondFactorClaim = BooleanClaim(key="2fa-completed", fetch_value=lambda _, __, ___, ____, _____: False)


async def first_factor_session(api_options: APIOptions) -> SessionContainer:
    """Return the session, whose second factor may still be missing."""
    found = await get_session(api_options.request, override_global_claim_validators=lambda _, __, ___: [])
    assert found is not None
    return found


def override_passwordless_apis(original_implementation: APIInterface) -> APIInterface:
    """Keep the session of the first factor, and its number."""
    original_create_code_post = original_implementation.create_code_post
    original_consume_code_post = original_implementation.consume_code_post

    async def create_code_post(
        email: str | None,
        phone_number: str | None,
        session: SessionContainer | None,
        should_try_linking_with_session_user: bool | None,
        tenant_id: str,
        api_options: APIOptions,
        user_context: dict[str, Any],
    ) -> Any:
        existing = await first_factor_session(api_options)
        known = existing.get_access_token_payload().get("phoneNumber")
        if known is not None and phone_number != known:
            raise Exception("Input phone number is not the same as the one saved for this user")
        return await original_create_code_post(
            email,
            phone_number,
            session,
            should_try_linking_with_session_user,
            tenant_id,
            api_options,
            user_context,
        )

    async def consume_code_post(
        pre_auth_session_id: str,
        user_input_code: str | None,
        device_id: str | None,
        link_code: str | None,
        session: SessionContainer | None,
        should_try_linking_with_session_user: bool | None,
        tenant_id: str,
        api_options: APIOptions,
        user_context: dict[str, Any],
    ) -> Any:
        existing = await first_factor_session(api_options)
        # create_new_session returns this one instead of making another
        user_context["session"] = existing
        res = await original_consume_code_post(
            pre_auth_session_id,
            user_input_code,
            device_id,
            link_code,
            session,
            should_try_linking_with_session_user,
            tenant_id,
            api_options,
            user_context,
        )
        if isinstance(res, ConsumeCodePostOkResult):
            await existing.set_claim_value(SecondFactorClaim, True)
            await update_user_metadata(existing.get_user_id(), {"passwordlessUserId": res.user.id})
        return res

    original_implementation.create_code_post = create_code_post  # type: ignore[method-assign]
    original_implementation.consume_code_post = consume_code_post  # type: ignore[method-assign]
    return original_implementation


def override_session_functions(original_implementation: RecipeInterface) -> RecipeInterface:
    """Begin sessions with the second factor missing, and with the number that is known."""
    original_create_new_session = original_implementation.create_new_session

    async def create_new_session(
        user_id: str,
        recipe_user_id: RecipeUserId,
        access_token_payload: dict[str, Any] | None,
        session_data_in_database: dict[str, Any] | None,
        disable_anti_csrf: bool | None,
        tenant_id: str,
        user_context: dict[str, Any],
    ) -> SessionContainer:
        existing = user_context.get("session")
        if isinstance(existing, SessionContainer):
            return existing
        user_metadata = await get_user_metadata(user_id)
        phone_number = None
        if user_metadata.metadata.get("passwordlessUserId") is not None:
            passwordless_user_info = await get_user(user_metadata.metadata["passwordlessUserId"], user_context)
            if passwordless_user_info is not None:
                phone_number = passwordless_user_info.phone_numbers[0]
        claim = await SecondFactorClaim.build(user_id, recipe_user_id, tenant_id, access_token_payload, user_context)
        return await original_create_new_session(
            user_id,
            recipe_user_id,
            {**(access_token_payload or {}), **claim, "phoneNumber": phone_number},
            session_data_in_database,
            disable_anti_csrf,
            tenant_id,
            user_context,
        )

    async def get_global_claim_validators(
        tenant_id: str,
        user_id: str,
        recipe_user_id: RecipeUserId,
        claim_validators_added_by_other_recipes: list[Any],
        user_context: dict[str, Any],
    ) -> list[Any]:
        return [*claim_validators_added_by_other_recipes, SecondFactorClaim.validators.is_true(None)]

    original_implementation.create_new_session = create_new_session  # type: ignore[method-assign]
    original_implementation.get_global_claim_validators = get_global_claim_validators  # type: ignore[method-assign]
    return original_implementation


async def code_by_sms(client: Client, phone_number: str) -> Any:
    """Ask for a code, read it in the inbox, and give it."""
    created = await client.post("/signinup/code", {"phoneNumber": phone_number})
    given = {name: created[name] for name in ("preAuthSessionId", "deviceId")}
    return await client.post("/signinup/code/consume", {**given, "userInputCode": inbox[-1].user_input_code})


async def a_code_opens_the_rest(world: World) -> None:
    """After password and code the session of the password is let in."""
    client, email, number = world.client(), new_address(), new_number()
    person = (await client.form("/signup", email=email, password=PASSWORD))["user"]["id"]
    same(await client.status(), 403, "after the password")

    same((await code_by_sms(client, number))["status"], "OK", "the code")

    same((await client.http.get("/protected")).json()["userId"], person, "the same session is let in")
    again = world.client()
    await again.form("/signin", email=email, password=PASSWORD)
    same(await again.status(), 403, "signed in again, before the code")
    same((await code_by_sms(again, number))["status"], "OK", "the code for the number that is known")
    payload = (await again.http.get("/protected")).json()["payload"]
    same(payload["phoneNumber"], number, "the session knows the number")


async def another_number_is_refused(world: World) -> None:
    """Whoever knows the password alone cannot bring a number of their own."""
    client, email = world.client(), new_address()
    await client.form("/signup", email=email, password=PASSWORD)
    await code_by_sms(client, new_number())
    attacker = world.client()
    await attacker.form("/signin", email=email, password=PASSWORD)
    sent = len(inbox)

    refused = await attacker.http.post("/auth/signinup/code", json={"phoneNumber": new_number()})

    same([refused.status_code, len(inbox)], [httpx.codes.INTERNAL_SERVER_ERROR, sent], "asking for a code")
    same(await attacker.status(), 403, "nothing is open")


async def main() -> int:
    """Tell the stories; return the exit code."""
    recipes = [
        session.init(override=session.InputOverrideConfig(functions=override_session_functions)),
        thirdparty.init(),
        emailpassword.init(),
        usermetadata.init(),
        passwordless.init(
            flow_type="USER_INPUT_CODE",
            contact_config=passwordless.ContactPhoneOnlyConfig(),
            sms_delivery=collected_sms,
            override=passwordless.InputOverrideConfig(apis=override_passwordless_apis),
        ),
    ]
    async with running(recipes) as world:
        return await tell(world, a_code_opens_the_rest, another_number_is_refused)


sys.exit(asyncio.run(main()))
