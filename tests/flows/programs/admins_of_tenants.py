# SPDX-License-Identifier: Apache-2.0
"""In tenants that require mailed codes, users with the role `admin` must type one; nobody else must."""

from collections.abc import Awaitable, Callable
from typing import Any

from tests.flows.programs.linking import should_do_automatic_account_linking, start_with
from twofold.recipe import accountlinking, emailpassword, multifactorauth, passwordless, session, userroles
from twofold.recipe.multifactorauth.interfaces import RecipeInterface
from twofold.recipe.multifactorauth.types import FactorIds, MFARequirementList, OverrideConfig
from twofold.recipe.userroles.asyncio import get_roles_for_user
from twofold.types import User


def override_functions(original_implementation: RecipeInterface) -> RecipeInterface:
    """Ask the roles, and the tenant."""

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
        roles = await get_roles_for_user(tenant_id, (await user()).id)
        if "admin" in roles.roles and FactorIds.OTP_EMAIL in await required_secondary_factors_for_tenant():
            return [FactorIds.OTP_EMAIL]
        return []

    original_implementation.get_mfa_requirements_for_auth = get_mfa_requirements_for_auth  # type: ignore[method-assign]  # how applications override
    return original_implementation


def start(connection_uri: str) -> None:
    """Initialise."""
    start_with(
        connection_uri,
        [
            session.init(),
            userroles.init(),
            emailpassword.init(),
            passwordless.init(contact_config=passwordless.ContactEmailOnlyConfig(), flow_type="USER_INPUT_CODE"),
            multifactorauth.init(
                first_factors=[FactorIds.EMAILPASSWORD, FactorIds.THIRDPARTY],
                override=OverrideConfig(functions=override_functions),
            ),
            accountlinking.init(should_do_automatic_account_linking=should_do_automatic_account_linking),
        ],
    )
