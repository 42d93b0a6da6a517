# SPDX-License-Identifier: Apache-2.0
# pyright: strict
"""Overrides of functions and of APIs, and the policy of second factors.

mypy objects to every assignment to a method (`method-assign`); that its signature is right, it checks all the same.
"""

from collections.abc import Awaitable, Callable
from typing import Any

from twofold.recipe import emailpassword, multifactorauth
from twofold.recipe.emailpassword.interfaces import (
    APIInterface,
    EmailAlreadyExistsError,
    EmailExistsGetOkResult,
    RecipeInterface,
    SignUpOkResult,
)
from twofold.recipe.emailpassword.interfaces import APIOptions as Options
from twofold.recipe.multifactorauth.interfaces import RecipeInterface as MultiFactorAuthFunctions
from twofold.recipe.multifactorauth.types import FactorIds, MFARequirementList, OverrideConfig
from twofold.recipe.session import SessionContainer
from twofold.recipe.userroles.asyncio import get_roles_for_user
from twofold.types import GeneralErrorResponse, User
from twofold.types.auth_utils import LinkingToSessionUserFailedError


def functions(original: RecipeInterface) -> RecipeInterface:
    """Look at who signs up."""
    original_sign_up = original.sign_up

    async def sign_up(
        email: str,
        password: str,
        tenant_id: str,
        session: SessionContainer | None,
        should_try_linking_with_session_user: bool | None,
        user_context: dict[str, Any],
    ) -> SignUpOkResult | EmailAlreadyExistsError | LinkingToSessionUserFailedError:
        result = await original_sign_up(
            email, password, tenant_id, session, should_try_linking_with_session_user, user_context
        )
        if isinstance(result, SignUpOkResult):
            welcome(result.user.id, result.user.emails)
        elif isinstance(result, EmailAlreadyExistsError):
            welcome(result.status, [email])
        return result

    original.sign_up = sign_up  # type: ignore[method-assign]
    return original


def apis(original: APIInterface) -> APIInterface:
    """Ask in lower case."""
    original_exists = original.email_exists_get

    async def email_exists_get(
        email: str, tenant_id: str, api_options: Options, user_context: dict[str, Any]
    ) -> EmailExistsGetOkResult | GeneralErrorResponse:
        return await original_exists(email.lower(), tenant_id, api_options, user_context)

    original.email_exists_get = email_exists_get  # type: ignore[method-assign]
    return original


def policy(original: MultiFactorAuthFunctions) -> MultiFactorAuthFunctions:
    """Ask administrators for a code."""

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
        roles = await get_roles_for_user(tenant_id, (await user()).id, user_context)
        return [FactorIds.OTP_EMAIL, {"oneOf": ["totp", "webauthn"]}] if "admin" in roles.roles else []

    original.get_mfa_requirements_for_auth = get_mfa_requirements_for_auth  # type: ignore[method-assign]
    return original


def welcome(user_id: str, emails: list[str]) -> None:
    """Do what the application does with its users."""


RECIPES = [
    emailpassword.init(override=emailpassword.InputOverrideConfig(functions=functions, apis=apis)),
    multifactorauth.init([FactorIds.EMAILPASSWORD], override=OverrideConfig(functions=policy)),
]
