# SPDX-License-Identifier: Apache-2.0
"""Functions of the combined recipe for applications. Results are those of the two recipes."""

from typing import Any

from twofold.asyncio import get_user, list_users_by_account_info
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
from twofold.recipe.thirdpartyemailpassword.asyncio import (
    thirdparty_get_provider,
    thirdparty_manually_create_or_update_user,
)
from twofold.types.account_info import ThirdPartyInfo
from twofold.types.base import AccountInfoInput, RecipeUserId, UserContext

from .types import User, users_of

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
    return next(iter(users_of(await get_user(user_id, user_context), user_id)), None)


async def get_users_by_email(tenant_id: str, email: str, user_context: UserContext | None = None) -> list[User]:
    """Return who has this address on a tenant: for codes, or at a provider."""
    found = await list_users_by_account_info(tenant_id, AccountInfoInput(email=email), False, user_context)
    users = [user for primary in found for user in users_of(primary)]
    return [user for user in users if (user.email or "").lower() == email.strip().lower()]


async def get_user_by_phone_number(
    tenant_id: str, phone_number: str, user_context: UserContext | None = None
) -> User | None:
    """Return who has this phone number on a tenant, or None."""
    wanted = AccountInfoInput(phone_number=phone_number)
    found = await list_users_by_account_info(tenant_id, wanted, False, user_context)
    return next((user for primary in found for user in users_of(primary) if user.phone_number), None)


async def get_user_by_third_party_info(
    tenant_id: str, third_party_id: str, third_party_user_id: str, user_context: UserContext | None = None
) -> User | None:
    """Return who has this account at a provider, or None."""
    info = ThirdPartyInfo(third_party_user_id, third_party_id)
    found = await list_users_by_account_info(tenant_id, AccountInfoInput(third_party=info), False, user_context)
    users = (user for primary in found for user in users_of(primary))
    return next((user for user in users if user.third_party_info == info), None)


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
