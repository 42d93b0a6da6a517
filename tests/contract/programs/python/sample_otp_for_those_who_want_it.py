# SPDX-License-Identifier: Apache-2.0
"""Sample "OTP for specific users", 2: whoever has once given a code by mail is asked for one from then on."""

import asyncio
import sys
from typing import Any

from application import PASSWORD, World, new_address, running
from checks import same, tell
from recipes import recipes
from supertokens_python.recipe import passwordless
from supertokens_python.recipe.multifactorauth.asyncio import (
    add_to_required_secondary_factors_for_user,
    get_required_secondary_factors_for_user,
    remove_from_required_secondary_factors_for_user,
)
from supertokens_python.recipe.multifactorauth.types import FactorIds
from supertokens_python.recipe.passwordless.interfaces import APIInterface, APIOptions, ConsumeCodePostOkResult
from supertokens_python.recipe.session.interfaces import SessionContainer


def passwordless_override(original_implementation: APIInterface) -> APIInterface:
    """Note for whom codes are wanted."""
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

    original_implementation.consume_code_post = consume_code_post  # type: ignore[method-assign]
    return original_implementation


async def is_otp_email_factor_enabled_for_user(user_id: str) -> bool:
    """Say whether codes are on."""
    factors = await get_required_secondary_factors_for_user(user_id, {})
    return FactorIds.OTP_EMAIL in factors


async def a_code_once_given_is_asked_for_again(world: World) -> None:
    """A code given in the settings switches codes on, until they are switched off."""
    client, email = world.client(), new_address()
    person = (await client.form("/signup", email=email, password=PASSWORD))["user"]["id"]
    same([await client.status(), await is_otp_email_factor_enabled_for_user(person)], [200, False], "a password alone")

    same((await client.second_factor(email=email))["status"], "OK", "a code, given in the settings")

    same(await is_otp_email_factor_enabled_for_user(person), True, "codes are on")
    again = world.client()
    await again.form("/signin", email=email, password=PASSWORD)
    same(await again.status(), 403, "signed in again, before the code")
    same((await again.second_factor(email=email))["status"], "OK", "the code")
    same(await again.status(), 200, "after the code")
    await remove_from_required_secondary_factors_for_user(person, FactorIds.OTP_EMAIL)
    third = world.client()
    await third.form("/signin", email=email, password=PASSWORD)
    same(await third.status(), 200, "switched off")


async def main() -> int:
    """Tell the story; return the exit code."""
    override = passwordless.InputOverrideConfig(apis=passwordless_override)
    async with running(recipes(passwordless_override=override)) as world:
        return await tell(world, a_code_once_given_is_asked_for_again)


sys.exit(asyncio.run(main()))
