# SPDX-License-Identifier: Apache-2.0
"""Who needs what: the rules of Harbour Notes, one function each. They are the same in every framework."""

import os
from collections.abc import Awaitable, Callable
from typing import Any

from twofold.recipe.accountlinking.types import ShouldAutomaticallyLink, ShouldNotAutomaticallyLink
from twofold.recipe.emailpassword import InputOverrideConfig as PasswordOverrideConfig
from twofold.recipe.emailpassword.interfaces import RecipeInterface as EmailPasswordFunctions
from twofold.recipe.emailpassword.interfaces import SignUpOkResult
from twofold.recipe.multifactorauth import OverrideConfig as MFAOverrideConfig
from twofold.recipe.multifactorauth.interfaces import RecipeInterface as MultiFactorAuthFunctions
from twofold.recipe.multifactorauth.types import FactorIds, MFARequirementList
from twofold.recipe.session import SessionContainer
from twofold.recipe.session.interfaces import SessionClaimValidator
from twofold.recipe.userroles import UserRoleClaim
from twofold.recipe.userroles.asyncio import (
    add_role_to_user,
    create_new_role_or_add_permissions,
    get_roles_for_user,
)
from twofold.types import User

ADMIN_EMAIL = os.environ.get("ADMIN_EMAIL", "admin@example.com")
ADMIN = "admin"
WHAT_TO_TRY = """
  Harbour Notes is at {address}

  As an ordinary user   create an account with any address and password; you are in.
                        {address}/admin stays closed to you.
  As an administrator   create an account with {admin} (ADMIN_EMAIL=… for another).
                        Before anything opens, a code is asked for. It is in {address}/auth/inbox.
  Either of them        {address}/auth/settings sets up an authenticator app, passkeys, recovery codes,
                        and changes the address; the link that confirms it is in the inbox.
                        Whoever has an app or a passkey is asked for it from then on.
  The next time         sign in with the same address: the accounts are kept in demo.db.
"""


def _mfa(original: MultiFactorAuthFunctions) -> MultiFactorAuthFunctions:
    """Ask for the authenticator app or passkey of whoever has one; else administrators for a code by email."""

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
        set_up = await factors_set_up_for_user()
        own: list[str] = [factor for factor in (FactorIds.TOTP, FactorIds.WEBAUTHN) if factor in set_up]
        if own:
            return [{"oneOf": own}]
        roles = await get_roles_for_user(tenant_id, (await user()).id, user_context)
        return [FactorIds.OTP_EMAIL] if ADMIN in roles.roles else []

    original.get_mfa_requirements_for_auth = get_mfa_requirements_for_auth  # type: ignore[method-assign]
    return original


def _sign_up(original: EmailPasswordFunctions) -> EmailPasswordFunctions:
    """Make the account with the address `ADMIN_EMAIL` an administrator when it is created."""
    original_sign_up = original.sign_up

    async def sign_up(email: str, password: str, tenant_id: str, *arguments: Any) -> Any:
        result = await original_sign_up(email, password, tenant_id, *arguments)
        if isinstance(result, SignUpOkResult) and email == ADMIN_EMAIL:
            await create_new_role_or_add_permissions(ADMIN, [])
            await add_role_to_user(tenant_id, result.user.id, ADMIN)
        return result

    original.sign_up = sign_up  # type: ignore[assignment,method-assign]
    return original


admins_need_a_code = MFAOverrideConfig(functions=_mfa)
make_the_first_admin = PasswordOverrideConfig(functions=_sign_up)


async def link_second_factors(
    _new_account: Any, user: User | None, session: SessionContainer | None, _tenant_id: str, _user_context: Any
) -> ShouldAutomaticallyLink | ShouldNotAutomaticallyLink:
    """A code given within a session belongs to the user of that session; nothing else is linked."""
    if session is not None and (user is None or user.id == session.get_user_id()):
        return ShouldAutomaticallyLink(should_require_verification=False)
    return ShouldNotAutomaticallyLink()


def and_role_admin(
    validators: list[SessionClaimValidator], _session: SessionContainer, _user_context: dict[str, Any]
) -> list[SessionClaimValidator]:
    """Require the role besides what every page requires."""
    return [*validators, UserRoleClaim.validators.includes(ADMIN)]
