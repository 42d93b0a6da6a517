# SPDX-License-Identifier: Apache-2.0
"""As `opt_in`, by an override of the API; and the code is asked for in those tenants only that require it."""

from collections.abc import Awaitable, Callable
from typing import Any

from tests.flows.programs.linking import should_do_automatic_account_linking, start_with
from twofold.recipe import accountlinking, emailpassword, multifactorauth, passwordless, session
from twofold.recipe.multifactorauth.asyncio import add_to_required_secondary_factors_for_user
from twofold.recipe.multifactorauth.interfaces import RecipeInterface
from twofold.recipe.multifactorauth.types import FactorIds, MFARequirementList, OverrideConfig
from twofold.recipe.passwordless.interfaces import APIInterface, APIOptions, ConsumeCodePostOkResult
from twofold.recipe.session.interfaces import SessionContainer
from twofold.types import User


def override_functions(original_implementation: RecipeInterface) -> RecipeInterface:
    """Ask for a code where both the user and the tenant require it."""

    async def get_mfa_requirements_for_auth(
        tenant_id: str,
        access_token_payload: dict[str, Any],
        completed_factors: dict[str, int],
        user: Callable[[], Awaitable[User]],
        factors_set_up_for_user: Callable[[], Awaitable[list[str]]],
        required_secondary_factors_for_user: Callable[[], Awaitable[list[str]]],
        required_secondary_factors_for_tenant: Callable[[], Awaitable[list[str]]],
        user_context: dict[str, Any],
    ) -> MFARequirementList:
        of_user, of_tenant = await required_secondary_factors_for_user(), await required_secondary_factors_for_tenant()
        return [FactorIds.OTP_EMAIL] if FactorIds.OTP_EMAIL in of_user and FactorIds.OTP_EMAIL in of_tenant else []

    original_implementation.get_mfa_requirements_for_auth = get_mfa_requirements_for_auth  # type: ignore[method-assign]  # how applications override
    return original_implementation


def passwordless_override(original_implementation: APIInterface) -> APIInterface:
    """After a right code in a session, require one from then on."""
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
        if isinstance(response, ConsumeCodePostOkResult) and session is not None:
            await add_to_required_secondary_factors_for_user(session.get_user_id(), FactorIds.OTP_EMAIL)
        return response

    original_implementation.consume_code_post = consume_code_post  # type: ignore[method-assign]  # how applications override
    return original_implementation


def start(connection_uri: str) -> None:
    """Initialise."""
    start_with(
        connection_uri,
        [
            session.init(),
            emailpassword.init(),
            passwordless.init(
                contact_config=passwordless.ContactEmailOnlyConfig(),
                flow_type="USER_INPUT_CODE",
                override=passwordless.InputOverrideConfig(apis=passwordless_override),
            ),
            multifactorauth.init(
                first_factors=[FactorIds.EMAILPASSWORD, FactorIds.THIRDPARTY],
                override=OverrideConfig(functions=override_functions),
            ),
            accountlinking.init(should_do_automatic_account_linking=should_do_automatic_account_linking),
        ],
    )
