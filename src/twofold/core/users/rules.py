# SPDX-License-Identifier: Apache-2.0
"""Rules that all recipes share: creating a login method, changing its contact, moving it between tenants.

Each runs in the caller's transaction. What cannot be done raises `Refused`, which carries the answer to give; let it
leave the transaction, so that nothing half-done stays:

    try:
        await database.transaction(body)
    except Refused as refused:
        return refused.answer
"""

from dataclasses import replace
from enum import Enum
from typing import TYPE_CHECKING, Final, Literal

from twofold.core._fields import Json
from twofold.core.errors import BadRequest
from twofold.core.storage.database import Connection, UniqueViolation
from twofold.core.users import claims, normalise, store
from twofold.core.users.factors import factors_changed
from twofold.core.users.model import AccountInfo, LoginMethod, NewLoginMethod, User
from twofold.core.users.verified import mark_verified

if TYPE_CHECKING:
    from twofold.core._recipe import CoreRecipe


class Keep(Enum):
    """Says that a contact is not to be changed, where None says that it is to be removed."""

    KEEP = "keep"


KEEP: Final = Keep.KEEP
Change = str | None | Literal[Keep.KEEP]


class Refused(Exception):
    """A rule forbids the change. `answer` is what the client is told."""

    def __init__(self, status: str, **details: str) -> None:
        super().__init__(status)
        self.answer: Json = {"status": status, **details}


def unknown_user() -> Refused:
    """No user, or no login method of the recipe, has this id."""
    return Refused("UNKNOWN_USER_ID_ERROR")


async def create_login_method(tx: Connection, app_id: str, tenant_id: str, new: NewLoginMethod) -> User | None:
    """Create a person with one login method in one tenant.

    None when its e-mail, phone number or third party is already in use by the recipe there, also when another
    sign-up won a moment ago. Raises BadRequest for values that are too long.
    """
    _require_lengths(new.email, new.phone_number)
    if new.third_party is not None:
        normalise.require_length("thirdPartyId", new.third_party.id, normalise.MAX_THIRD_PARTY_ID_LENGTH)
        normalise.require_length("thirdPartyUserId", new.third_party.user_id, normalise.MAX_THIRD_PARTY_USER_ID_LENGTH)
    if not await store.join_tenant(tx, app_id, tenant_id, new):
        return None
    await store.create_user(tx, app_id, new.internal_id, new.time_joined)
    await store.create_login_method(tx, app_id, new)
    if new.has_verified_email and new.email is not None:
        await mark_verified(tx, app_id, new.internal_id, new.email)
    return _created(tenant_id, new)


async def update_contact(
    tx: Connection, app_id: str, recipe_id: str, user_id: str, *, email: Change = KEEP, phone_number: Change = KEEP
) -> LoginMethod:
    """Change e-mail or phone number (normalised) of a recipe's login method; answers with it as it was before.

    Raises Refused: UNKNOWN_USER_ID_ERROR; …_ALREADY_EXISTS_ERROR when another login method of the recipe has the value
    in a shared tenant; …_CHANGE_NOT_ALLOWED_ERROR when the login method is a primary user's and another primary user
    has the value. Raises BadRequest when nothing would be left, or for values that are too long.
    """
    user, method = await _lock_login_method(tx, app_id, user_id)
    if method.recipe_id != recipe_id:
        raise unknown_user()
    changed = replace(
        method,
        email=method.email if email is KEEP else email,
        phone_number=method.phone_number if phone_number is KEEP else phone_number,
    )
    if changed == method:
        return method
    if changed.email is None and changed.phone_number is None:
        raise BadRequest("You cannot clear both email and phone number of a user")
    _require_lengths(changed.email, changed.phone_number)
    if user.is_primary:
        await _claim_contact(tx, app_id, user, method, changed)
    await _change_contact(tx, app_id, method, changed)
    if user.is_primary:
        await claims.keep_only(tx, app_id, user.with_changed(method, changed))
    return method


async def list_by_account_info(
    connection: Connection, app_id: str, tenant_id: str, wanted: AccountInfo, *, is_union: bool
) -> list[User]:
    """The people that have a login method in the tenant with any of these and, unless `is_union`, all of them."""
    users = await store.list_by_account_info(connection, app_id, tenant_id, wanted)
    return users if is_union else [user for user in users if _has_all(user, wanted)]


async def add_to_tenant(tx: Connection, app_id: str, tenant_id: str, user_id: str) -> bool:
    """Let a login method be used in a tenant; answers whether it already could be.

    Raises Refused: UNKNOWN_USER_ID_ERROR; …_ALREADY_EXISTS_ERROR when another login method of the recipe has its
    account info there; ASSOCIATION_NOT_ALLOWED_ERROR when another primary user has an account info of its person.
    """
    user, method = await _lock_login_method(tx, app_id, user_id)
    is_member = tenant_id in method.tenant_ids
    if not is_member and not await store.join_tenant(tx, app_id, tenant_id, method, user):
        status = await _taken(tx, app_id, (tenant_id,), method)
        raise Refused(status or "EMAIL_ALREADY_EXISTS_ERROR")
    if user.is_primary:
        await _claim_in_tenant(tx, app_id, tenant_id, user)
    return is_member


async def remove_from_tenant(
    tx: Connection, recipes: "tuple[CoreRecipe, ...]", app_id: str, tenant_id: str, user_id: str
) -> bool:
    """End the use of a login method in a tenant, with what recipes keep of it there; answers whether there was any.

    Raises Refused: UNKNOWN_USER_ID_ERROR.
    """
    user, method = await _lock_login_method(tx, app_id, user_id)
    was_any = await store.leave_tenant(tx, app_id, tenant_id, method.internal_id)
    if user.is_primary:
        left = replace(method, tenant_ids=tuple(item for item in method.tenant_ids if item != tenant_id))
        await claims.keep_only(tx, app_id, user.with_changed(method, left))
    await factors_changed(tx, recipes, app_id, user.internal_id)
    for recipe in recipes:
        if recipe.user_data is not None and recipe.user_data.forget_in_tenant is not None:
            was_any |= await recipe.user_data.forget_in_tenant(tx, app_id, tenant_id, method.id)
    return was_any


def _has_all(user: User, wanted: AccountInfo) -> bool:
    methods = user.login_methods
    return (
        (wanted.email is None or any(item.email == wanted.email for item in methods))
        and (wanted.phone_number is None or any(item.phone_number == wanted.phone_number for item in methods))
        and (wanted.third_party is None or any(item.third_party == wanted.third_party for item in methods))
        and (wanted.credential_id is None or any(wanted.credential_id in item.credential_ids for item in methods))
    )


async def _lock_login_method(tx: Connection, app_id: str, user_id: str) -> tuple[User, LoginMethod]:
    user = await store.lock_user(tx, app_id, user_id)
    method = None if user is None else user.method(user_id)
    if user is None or method is None:
        raise unknown_user()
    return user, method


def _created(tenant_id: str, new: NewLoginMethod) -> User:
    method = LoginMethod(
        recipe_id=new.recipe_id,
        internal_id=new.internal_id,
        id=new.internal_id,
        time_joined=new.time_joined,
        tenant_ids=(tenant_id,),
        is_verified=new.has_verified_email or (new.email is None and new.phone_number is not None),
        email=new.email,
        phone_number=new.phone_number,
        third_party=new.third_party,
    )
    return User(
        new.internal_id, new.internal_id, is_primary=False, time_joined=new.time_joined, login_methods=(method,)
    )


def _require_lengths(email: str | None, phone_number: str | None) -> None:
    normalise.require_length("email", email or "", normalise.MAX_EMAIL_LENGTH)
    normalise.require_length("phoneNumber", phone_number or "", normalise.MAX_PHONE_NUMBER_LENGTH)


async def _claim_contact(tx: Connection, app_id: str, user: User, method: LoginMethod, changed: LoginMethod) -> None:
    new_infos = set(claims.account_infos([changed])) - set(claims.account_infos([method]))
    conflict = await claims.claim(tx, app_id, user.internal_id, method.tenant_ids, new_infos)
    if conflict is None:
        return
    if conflict.kind == claims.EMAIL:
        raise Refused("EMAIL_CHANGE_NOT_ALLOWED_ERROR", reason="New email is associated with another primary user ID")
    raise Refused(
        "PHONE_NUMBER_CHANGE_NOT_ALLOWED_ERROR", reason="New phone number is associated with another primary user ID"
    )


async def _change_contact(tx: Connection, app_id: str, method: LoginMethod, changed: LoginMethod) -> None:
    status = await _taken(tx, app_id, method.tenant_ids, changed)
    if status is not None:
        raise Refused(status)
    try:
        await store.update_contact(tx, app_id, method.internal_id, changed.email, changed.phone_number)
    except UniqueViolation as error:
        # Another one took the value since the look-up above.
        kind = "PHONE_NUMBER" if "phone_number" in error.columns else "EMAIL"
        raise Refused(f"{kind}_ALREADY_EXISTS_ERROR") from error


async def _claim_in_tenant(tx: Connection, app_id: str, tenant_id: str, user: User) -> None:
    infos = claims.account_infos(user.login_methods)
    conflict = await claims.claim(tx, app_id, user.internal_id, [tenant_id], infos)
    if conflict is not None:
        kind = {claims.EMAIL: "email", claims.PHONE_NUMBER: "phone number"}.get(conflict.kind, "third party info")
        reason = f"Another primary user with {kind} already exists: {conflict.primary_internal_id}"
        raise Refused("ASSOCIATION_NOT_ALLOWED_ERROR", reason=reason)


async def _taken(tx: Connection, app_id: str, tenant_ids: tuple[str, ...], method: LoginMethod) -> str | None:
    """The status that says what of a login method another one of its recipe has in one of these tenants."""
    other = await store.find_taken(tx, app_id, tenant_ids, method)
    if other is None:
        return None
    if method.third_party is not None:
        return "THIRD_PARTY_USER_ALREADY_EXISTS_ERROR"
    is_email = method.email is not None and other["email"] == method.email
    return "EMAIL_ALREADY_EXISTS_ERROR" if is_email else "PHONE_NUMBER_ALREADY_EXISTS_ERROR"
