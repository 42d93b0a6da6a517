# SPDX-License-Identifier: Apache-2.0
"""A second factor as it was made before there was a recipe for it: a claim of the application's own.

The session override is of the older generation, without `recipe_user_id`, and the first factor is a combined recipe.
"""

from typing import Any

from tests.flows.programs.linking import start_with
from twofold.recipe import passwordless, session, thirdpartyemailpassword, usermetadata
from twofold.recipe.passwordless.interfaces import APIInterface, APIOptions, ConsumeCodePostOkResult
from twofold.recipe.session.asyncio import get_session
from twofold.recipe.session.claims import BooleanClaim
from twofold.recipe.session.interfaces import RecipeInterface, SessionClaimValidator, SessionContainer
from twofold.recipe.usermetadata.asyncio import update_user_metadata

SecondFactorClaim = BooleanClaim(key="2fa-completed", fetch_value=lambda _, __, ___: False)  # type: ignore[arg-type,misc]


def override_passwordless_apis(original_implementation: APIInterface) -> APIInterface:
    """Keep the session of the first factor, and say in it that the code was right."""
    original_consume_code_post = original_implementation.consume_code_post

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
        first = await get_session(api_options.request, override_global_claim_validators=lambda _, __, ___: [])
        assert first is not None
        user_context["session"] = first
        result = await original_consume_code_post(
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
        if isinstance(result, ConsumeCodePostOkResult):
            await first.set_claim_value(SecondFactorClaim, True)
            await update_user_metadata(first.get_user_id(), {"passwordlessUserId": result.user.id})
        return result

    original_implementation.consume_code_post = consume_code_post  # type: ignore[method-assign]
    return original_implementation


def override_session_functions(original_implementation: Any) -> RecipeInterface:
    """Begin each session without the factor, and guard every route with it."""
    original_create_new_session = original_implementation.create_new_session

    async def create_new_session(
        user_id: str,
        access_token_payload: dict[str, Any] | None,
        session_data_in_database: dict[str, Any] | None,
        disable_anti_csrf: bool | None,
        tenant_id: str,
        user_context: dict[str, Any],
    ) -> Any:
        if isinstance(user_context.get("session"), SessionContainer):
            return user_context["session"]
        claim = await SecondFactorClaim.build(user_id, tenant_id, user_context)  # the older generation's
        return await original_create_new_session(
            user_id,
            {**(access_token_payload or {}), **claim},
            session_data_in_database,
            disable_anti_csrf,
            tenant_id,
            user_context,
        )

    def get_global_claim_validators(
        tenant_id: str, user_id: str, recipe_user_id: Any, added: list[SessionClaimValidator], user_context: Any
    ) -> list[SessionClaimValidator]:
        return [*added, SecondFactorClaim.validators.has_value(True)]

    original_implementation.create_new_session = create_new_session
    original_implementation.get_global_claim_validators = get_global_claim_validators
    implementation: RecipeInterface = original_implementation
    return implementation


def start(connection_uri: str) -> None:
    """Initialise."""
    start_with(
        connection_uri,
        [
            session.init(override=session.InputOverrideConfig(functions=override_session_functions)),
            usermetadata.init(),
            thirdpartyemailpassword.init(),
            passwordless.init(
                contact_config=passwordless.ContactPhoneOnlyConfig(),
                flow_type="USER_INPUT_CODE",
                override=passwordless.InputOverrideConfig(apis=override_passwordless_apis),
            ),
        ],
    )
