# SPDX-License-Identifier: Apache-2.0
"""Rules of sign-in by another provider: the provider's id and the user's id there name a person, never the e-mail."""

from dataclasses import dataclass
from typing import Final

from twofold.core._endpoint import Call
from twofold.core.storage.database import Connection
from twofold.core.users import store as users_store
from twofold.core.users.last_active import touch_last_active, touch_last_active_of_user
from twofold.core.users.model import AccountInfo, Found, NewLoginMethod, ThirdParty, User
from twofold.core.users.rules import KEEP, Refused, create_login_method, update_contact
from twofold.core.users.verified import mark_verified
from twofold.core.version import V4_0

RECIPE: Final = "thirdparty"


@dataclass(frozen=True, slots=True)
class SignedIn:
    """Who signed in, by which login method (effective id), and whether they are new."""

    user: User
    recipe_user_id: str
    is_new: bool


async def sign_in_up(call: Call, third_party: ThirdParty, email: str, *, is_verified: bool) -> SignedIn:
    """Find who has this account in the tenant, or create them; e-mail (normalised) and verification follow.

    is_verified: the provider vouches for the e-mail. Without, what was verified before stays verified.
    Raises Refused when a primary user's new e-mail is another primary user's.
    """
    while True:
        found = await users_store.find_by_third_party(call.database, call.app_id, call.tenant_id, third_party)
        if found is not None:
            return await _sign_in(call, found, email, is_verified=is_verified)
        created = await _sign_up(call, third_party, email, is_verified=is_verified)
        if created is not None:
            return SignedIn(created, created.login_methods[0].id, is_new=True)


async def find_by_id(call: Call, user_id: str) -> User | None:
    """The person with the login method of this recipe that has this id, shown with that login method alone."""
    user = await users_store.find_user_by_any_id(call.database, call.app_id, user_id)
    method = None if user is None else user.method(user_id)
    return user.only(method) if user and method and method.recipe_id == RECIPE else None


async def find_by_third_party(call: Call, third_party: ThirdParty) -> User | None:
    """Who has this account in the tenant."""
    found = await users_store.find_by_third_party(call.database, call.app_id, call.tenant_id, third_party)
    if found is None:
        return None
    return found.user if call.version >= V4_0 else found.user.only(found.method)


async def list_by_email(call: Call, email: str) -> list[User]:
    """The people with an account at any provider that has this e-mail (normalised) in the tenant.

    Clients before CDI 4.0 are shown each of their accounts as a user of its own.
    """
    users = await users_store.list_by_account_info(call.database, call.app_id, call.tenant_id, AccountInfo(email=email))
    found = [
        Found(user, method)
        for user in users
        for method in user.login_methods
        if method.recipe_id == RECIPE and method.email == email and call.tenant_id in method.tenant_ids
    ]
    if call.version < V4_0:
        return [item.user.only(item.method) for item in found]
    return list({item.user.internal_id: item.user for item in found}.values())


async def _sign_up(call: Call, third_party: ThirdParty, email: str, *, is_verified: bool) -> User | None:
    new = NewLoginMethod(
        RECIPE,
        call.services.tokens.uuid(),
        call.now_ms(),
        email=email,
        third_party=third_party,
        has_verified_email=is_verified,
    )

    async def create(tx: Connection) -> User | None:
        user = await create_login_method(tx, call.app_id, call.tenant_id, new)
        if user is not None:
            await touch_last_active(tx, call.app_id, new.internal_id, new.time_joined)
        return user

    return await call.database.transaction(create)


async def _sign_in(call: Call, found: Found, email: str, *, is_verified: bool) -> SignedIn:
    method = found.method
    if method.email == email and (method.is_verified or not is_verified):
        await touch_last_active_of_user(call.database, call.app_id, found.user, call.now_ms())
        return SignedIn(found.user, method.id, is_new=False)

    async def update(tx: Connection) -> User:
        before = await update_contact(
            tx, call.app_id, RECIPE, method.internal_id, email=KEEP if method.email == email else email
        )
        if is_verified:
            await mark_verified(tx, call.app_id, before.id, email)
        await touch_last_active(tx, call.app_id, found.user.internal_id, call.now_ms())
        return await users_store.find_user_by_any_id(tx, call.app_id, method.internal_id) or found.user

    try:
        user = await call.database.transaction(update)
    except Refused as refused:
        if refused.answer["status"] != "EMAIL_CHANGE_NOT_ALLOWED_ERROR":
            raise
        reason = "Email already associated with another primary user."
        raise Refused("EMAIL_CHANGE_NOT_ALLOWED_ERROR", reason=reason) from refused
    return SignedIn(user, method.id, is_new=False)
