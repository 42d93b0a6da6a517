# SPDX-License-Identifier: Apache-2.0
"""Two factors by overrides alone: password first, then a code by SMS, joined by a claim of the application."""

from typing import Any

from _kit import describe, email_delivery, make_app, sms_delivery, start_sdk, with_cors
from fastapi import Depends

from twofold.asyncio import get_user
from twofold.recipe import emailpassword, passwordless, session, usermetadata
from twofold.recipe.passwordless import ContactPhoneOnlyConfig
from twofold.recipe.passwordless.interfaces import APIInterface, APIOptions, ConsumeCodePostOkResult
from twofold.recipe.session import SessionContainer
from twofold.recipe.session.asyncio import get_session
from twofold.recipe.session.claims import BooleanClaim
from twofold.recipe.session.framework.fastapi import verify_session
from twofold.recipe.session.interfaces import RecipeInterface
from twofold.recipe.usermetadata.asyncio import get_user_metadata, update_user_metadata
from twofold.types import GeneralErrorResponse, RecipeUserId

SecondFactorClaim = BooleanClaim(key="2fa-completed", fetch_value=lambda *_: False)


def no_validators(*_: Any) -> list[Any]:
    """Ask for no claim."""
    return []


async def known_phone_number(user_id: str) -> str | None:
    """The number that this user has proved to own, if any."""
    other = (await get_user_metadata(user_id)).metadata.get("passwordlessUserId")
    user = await get_user(other) if other else None
    return user.phone_numbers[0] if user else None


def override_passwordless_apis(original: APIInterface) -> APIInterface:
    """Send codes only to the user's own number, and complete the present session instead of making a new one."""
    original_create_code_post = original.create_code_post
    original_consume_code_post = original.consume_code_post

    async def create_code_post(
        email: str | None,
        phone_number: str | None,
        session: SessionContainer | None,
        should_try_linking_with_session_user: bool | None,
        tenant_id: str,
        api_options: APIOptions,
        user_context: dict[str, Any],
    ) -> Any:
        first = await get_session(api_options.request, override_global_claim_validators=no_validators)
        assert first is not None
        known = await known_phone_number(first.get_user_id())
        if known is not None and known != phone_number:
            return GeneralErrorResponse("This is not the number of this account")
        return await original_create_code_post(
            email, phone_number, session, should_try_linking_with_session_user, tenant_id, api_options, user_context
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
        first = await get_session(api_options.request, override_global_claim_validators=no_validators)
        assert first is not None
        user_context["session"] = first
        response = await original_consume_code_post(
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
        if isinstance(response, ConsumeCodePostOkResult):
            await first.set_claim_value(SecondFactorClaim, True)
            await update_user_metadata(first.get_user_id(), {"passwordlessUserId": response.user.id})
        return response

    original.create_code_post = create_code_post
    original.consume_code_post = consume_code_post
    return original


def override_session_functions(original: RecipeInterface) -> RecipeInterface:
    """Begin each session with an open second factor, and ask for it on every protected route."""
    original_create_new_session = original.create_new_session

    async def create_new_session(
        user_id: str,
        recipe_user_id: RecipeUserId,
        access_token_payload: dict[str, Any] | None,
        session_data_in_database: dict[str, Any] | None,
        disable_anti_csrf: bool | None,
        tenant_id: str,
        user_context: dict[str, Any],
    ) -> SessionContainer:
        first = user_context.get("session")
        if isinstance(first, SessionContainer):
            return first
        payload = access_token_payload or {}
        claim = await SecondFactorClaim.build(user_id, recipe_user_id, tenant_id, payload, user_context)
        payload = {**payload, **claim, "phoneNumber": await known_phone_number(user_id)}
        return await original_create_new_session(
            user_id,
            recipe_user_id,
            payload,
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

    original.create_new_session = create_new_session
    original.get_global_claim_validators = get_global_claim_validators
    return original


start_sdk(
    [
        passwordless.init(
            contact_config=ContactPhoneOnlyConfig(),
            flow_type="USER_INPUT_CODE",
            sms_delivery=sms_delivery(),
            override=passwordless.InputOverrideConfig(apis=override_passwordless_apis),
        ),
        emailpassword.init(email_delivery=email_delivery()),
        session.init(override=session.InputOverrideConfig(functions=override_session_functions)),
        usermetadata.init(),
    ]
)
application = make_app()


@application.get("/phone")
async def phone(session: SessionContainer = Depends(verify_session())) -> Any:
    """The phone number that the session's payload carries."""
    return describe(session) | {"phoneNumber": session.get_access_token_payload()["phoneNumber"]}


app = with_cors(application)
