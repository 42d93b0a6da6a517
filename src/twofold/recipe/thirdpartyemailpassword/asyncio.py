# SPDX-License-Identifier: Apache-2.0
"""Functions of the combined recipe for applications. Results are those of the two recipes."""

from typing import Any

from twofold._user_context import filled
from twofold.recipe._combined import combined_functions
from twofold.recipe.emailpassword import asyncio as passwords
from twofold.recipe.emailpassword.types import EmailTemplateVars
from twofold.recipe.thirdparty import asyncio as parties
from twofold.recipe.thirdparty.recipe import ThirdPartyRecipe
from twofold.types.base import RecipeUserId, UserContext

from .interfaces import RecipeInterface
from .types import User


async def get_user_by_id(user_id: str, user_context: UserContext | None = None) -> User | None:
    """Return a user, or None."""
    return await _functions().get_user_by_id(user_id, filled(user_context))


async def get_users_by_email(tenant_id: str, email: str, user_context: UserContext | None = None) -> list[User]:
    """Return who has this address on a tenant: with a password, or at a provider."""
    return await _functions().get_users_by_email(email, tenant_id, filled(user_context))


async def get_user_by_third_party_info(
    tenant_id: str, third_party_id: str, third_party_user_id: str, user_context: UserContext | None = None
) -> User | None:
    """Return who has this account at a provider, or None."""
    functions = _functions()
    return await functions.get_user_by_thirdparty_info(
        third_party_id, third_party_user_id, tenant_id, filled(user_context)
    )


async def thirdparty_manually_create_or_update_user(
    tenant_id: str, third_party_id: str, third_party_user_id: str, email: str, user_context: UserContext | None = None
) -> Any:
    """Make sure that who has this account at a provider has a login method; its address counts as unverified."""
    return await parties.manually_create_or_update_user(
        tenant_id, third_party_id, third_party_user_id, email, False, None, user_context
    )


async def thirdparty_get_provider(
    tenant_id: str, third_party_id: str, client_type: str | None = None, user_context: UserContext | None = None
) -> Any:
    """Return a provider of a tenant, or None."""
    return await parties.get_provider(tenant_id, third_party_id, client_type, user_context)


async def emailpassword_sign_in(
    tenant_id: str, email: str, password: str, user_context: UserContext | None = None
) -> Any:
    """Check credentials. Makes no session."""
    return await passwords.sign_in(tenant_id, email, password, None, user_context)


async def emailpassword_sign_up(
    tenant_id: str, email: str, password: str, user_context: UserContext | None = None
) -> Any:
    """Create a login method. The password is checked against no rule."""
    return await passwords.sign_up(tenant_id, email, password, None, user_context)


async def create_reset_password_token(tenant_id: str, user_id: str, user_context: UserContext | None = None) -> Any:
    """Make a token with which the password can be set once."""
    email = await _email_of(user_id, user_context)
    return await passwords.create_reset_password_token(tenant_id, user_id, email, user_context)


async def create_reset_password_link(tenant_id: str, user_id: str, user_context: UserContext | None = None) -> Any:
    """Make a token and return the link to the reset page with it."""
    email = await _email_of(user_id, user_context)
    return await passwords.create_reset_password_link(tenant_id, user_id, email, user_context)


async def send_reset_password_email(tenant_id: str, user_id: str, user_context: UserContext | None = None) -> Any:
    """Mail a reset link."""
    email = await _email_of(user_id, user_context)
    return await passwords.send_reset_password_email(tenant_id, user_id, email, user_context)


async def reset_password_using_token(
    tenant_id: str, token: str, new_password: str, user_context: UserContext | None = None
) -> Any:
    """Use a token up and set the password."""
    return await _functions().reset_password_using_token(token, new_password, tenant_id, filled(user_context))


async def update_email_or_password(
    user_id: str,
    email: str | None = None,
    password: str | None = None,
    apply_password_policy: bool | None = None,
    tenant_id_for_password_policy: str | None = None,
    user_context: UserContext | None = None,
) -> Any:
    """Change address, password, or both at once."""
    return await passwords.update_email_or_password(
        RecipeUserId(user_id), email, password, apply_password_policy, tenant_id_for_password_policy, user_context
    )


async def send_email(input_: EmailTemplateVars, user_context: UserContext | None = None) -> None:
    """Send a mail through the configured delivery."""
    await passwords.send_email(input_, user_context)


async def _email_of(user_id: str, user_context: UserContext | None) -> str:
    user = await get_user_by_id(user_id, user_context)
    return "" if user is None else user.email


def _functions() -> RecipeInterface:
    return combined_functions(ThirdPartyRecipe.get(), RecipeInterface)
