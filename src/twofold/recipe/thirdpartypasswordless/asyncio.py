# SPDX-License-Identifier: Apache-2.0
"""Functions of the combined recipe for applications. Results are those of the two recipes."""

from typing import Any

from twofold._user_context import filled
from twofold.recipe._combined import combined_functions
from twofold.recipe.passwordless import asyncio as codes
from twofold.recipe.passwordless.asyncio import (
    create_magic_link,
    create_new_code_for_device,
    list_codes_by_device_id,
    list_codes_by_email,
    list_codes_by_phone_number,
    list_codes_by_pre_auth_session_id,
    revoke_all_codes,
    revoke_code,
    send_email,
    send_sms,
)
from twofold.recipe.thirdparty.recipe import ThirdPartyRecipe
from twofold.recipe.thirdpartyemailpassword.asyncio import (
    thirdparty_get_provider,
    thirdparty_manually_create_or_update_user,
)
from twofold.types.base import RecipeUserId, UserContext

from .interfaces import RecipeInterface
from .types import User

__all__ = [
    "consume_code",
    "create_code",
    "create_magic_link",
    "create_new_code_for_device",
    "delete_email_for_passwordless_user",
    "delete_phone_number_for_user",
    "get_user_by_id",
    "get_user_by_phone_number",
    "get_user_by_third_party_info",
    "get_users_by_email",
    "list_codes_by_device_id",
    "list_codes_by_email",
    "list_codes_by_phone_number",
    "list_codes_by_pre_auth_session_id",
    "passwordless_signinup",
    "revoke_all_codes",
    "revoke_code",
    "send_email",
    "send_sms",
    "thirdparty_get_provider",
    "thirdparty_manually_create_or_update_user",
    "update_passwordless_user",
]


async def get_user_by_id(user_id: str, user_context: UserContext | None = None) -> User | None:
    """Return a user, or None."""
    return await _functions().get_user_by_id(user_id, filled(user_context))


async def get_users_by_email(tenant_id: str, email: str, user_context: UserContext | None = None) -> list[User]:
    """Return who has this address on a tenant: for codes, or at a provider."""
    return await _functions().get_users_by_email(email, tenant_id, filled(user_context))


async def get_user_by_phone_number(
    tenant_id: str, phone_number: str, user_context: UserContext | None = None
) -> User | None:
    """Return who has this phone number on a tenant, or None."""
    return await _functions().get_user_by_phone_number(phone_number, tenant_id, filled(user_context))


async def get_user_by_third_party_info(
    tenant_id: str, third_party_id: str, third_party_user_id: str, user_context: UserContext | None = None
) -> User | None:
    """Return who has this account at a provider, or None."""
    functions = _functions()
    return await functions.get_user_by_thirdparty_info(
        third_party_id, third_party_user_id, tenant_id, filled(user_context)
    )


async def create_code(
    tenant_id: str,
    email: str | None = None,
    phone_number: str | None = None,
    user_input_code: str | None = None,
    user_context: UserContext | None = None,
) -> Any:
    """Begin a sign-in with a code and a link for exactly one contact. Nothing is sent."""
    return await codes.create_code(tenant_id, email, phone_number, user_input_code, None, user_context)


async def consume_code(
    tenant_id: str,
    pre_auth_session_id: str,
    user_input_code: str | None = None,
    device_id: str | None = None,
    link_code: str | None = None,
    user_context: UserContext | None = None,
) -> Any:
    """Use a code or a link up, and sign its owner in or up. Makes no session."""
    return await codes.consume_code(
        tenant_id, pre_auth_session_id, user_input_code, device_id, link_code, None, user_context
    )


async def update_passwordless_user(
    user_id: str,
    email: str | None = None,
    phone_number: str | None = None,
    user_context: UserContext | None = None,
) -> Any:
    """Change the contacts of a login method."""
    return await codes.update_user(RecipeUserId(user_id), email, phone_number, user_context)


async def delete_email_for_passwordless_user(user_id: str, user_context: UserContext | None = None) -> Any:
    """Take the address from a login method."""
    return await codes.delete_email_for_user(RecipeUserId(user_id), user_context)


async def delete_phone_number_for_user(user_id: str, user_context: UserContext | None = None) -> Any:
    """Take the phone number from a login method."""
    return await codes.delete_phone_number_for_user(RecipeUserId(user_id), user_context)


async def passwordless_signinup(
    tenant_id: str, email: str | None, phone_number: str | None, user_context: UserContext | None = None
) -> Any:
    """Sign a contact in or up without sending anything."""
    return await codes.signinup(tenant_id, email, phone_number, None, user_context)


def _functions() -> RecipeInterface:
    return combined_functions(ThirdPartyRecipe.get(), RecipeInterface)
