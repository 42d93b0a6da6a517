# SPDX-License-Identifier: Apache-2.0
"""Whoever has once typed a mailed code in a session must do so at each sign-in from then on."""

from typing import Any

from tests.flows.programs.linking import should_do_automatic_account_linking, start_with
from twofold.recipe import accountlinking, emailpassword, multifactorauth, passwordless, session
from twofold.recipe.multifactorauth.asyncio import add_to_required_secondary_factors_for_user
from twofold.recipe.multifactorauth.types import FactorIds
from twofold.recipe.passwordless.interfaces import ConsumeCodeOkResult, RecipeInterface
from twofold.recipe.session.interfaces import SessionContainer


def override_functions(original_implementation: RecipeInterface) -> RecipeInterface:
    """After a right code in a session, require one from then on."""
    original_consume_code = original_implementation.consume_code

    async def consume_code(
        pre_auth_session_id: str,
        user_input_code: str | None,
        device_id: str | None,
        link_code: str | None,
        session: SessionContainer | None,
        should_try_linking_with_session_user: bool | None,
        tenant_id: str,
        user_context: dict[str, Any],
    ) -> Any:
        response = await original_consume_code(
            pre_auth_session_id,
            user_input_code,
            device_id,
            link_code,
            session,
            should_try_linking_with_session_user,
            tenant_id,
            user_context,
        )
        if isinstance(response, ConsumeCodeOkResult) and session is not None:
            await add_to_required_secondary_factors_for_user(session.get_user_id(), FactorIds.OTP_EMAIL)
        return response

    original_implementation.consume_code = consume_code  # type: ignore[method-assign]  # how applications override
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
                override=passwordless.InputOverrideConfig(functions=override_functions),
            ),
            multifactorauth.init(first_factors=[FactorIds.EMAILPASSWORD, FactorIds.THIRDPARTY]),
            accountlinking.init(should_do_automatic_account_linking=should_do_automatic_account_linking),
        ],
    )
