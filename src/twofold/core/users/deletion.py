# SPDX-License-Identifier: Apache-2.0
"""Deleting people and login methods, with what every recipe keeps of them: one transaction, the caller's.

Data that is no login method hangs on an effective id. The id of a primary user is in use as long as the group exists,
so its data stays when only the login method with that id is deleted.
"""

from typing import TYPE_CHECKING

from twofold.core.storage.database import Connection
from twofold.core.users import claims, deleted, membership, store
from twofold.core.users.factors import factors_changed
from twofold.core.users.last_active import forget_last_active
from twofold.core.users.model import LoginMethod, User

if TYPE_CHECKING:
    from twofold.core._recipe import CoreRecipe


async def delete_user(
    tx: Connection,
    recipes: "tuple[CoreRecipe, ...]",
    app_id: str,
    user_id: str,
    now_ms: int,
    *,
    remove_all_linked_accounts: bool,
) -> None:
    """Delete the person that an id belongs to, or only the login method with that id; nothing for an unknown id.

    A session that begins at the same time is ended by it, or refused: see `recipe/session/rules.py`.
    """
    user = await store.lock_user(tx, app_id, user_id)
    if user is None:
        return
    method = user.method(user_id)
    if remove_all_linked_accounts or len(user.login_methods) == 1:
        await delete_person(tx, recipes, app_id, user, now_ms)
    elif method is not None:
        await delete_member(tx, recipes, app_id, user, method, now_ms)


async def delete_person(
    tx: Connection, recipes: "tuple[CoreRecipe, ...]", app_id: str, user: User, now_ms: int
) -> None:
    """Delete a person with all login methods and everything under its ids."""
    for method in user.login_methods:
        await _delete_login_method(tx, recipes, app_id, method)
    # The person's own first: trusted devices hang on it, which are locked before the sessions of anybody.
    ids = {user.internal_id: user.id} | {method.internal_id: method.id for method in user.login_methods}
    for internal_id, effective_id in ids.items():
        await _forget_id(tx, recipes, app_id, internal_id, effective_id, now_ms)
    await forget_person(tx, app_id, user)


async def delete_member(
    tx: Connection, recipes: "tuple[CoreRecipe, ...]", app_id: str, user: User, method: LoginMethod, now_ms: int
) -> None:
    """Delete one of several login methods of a person; the person goes on under its id."""
    await _delete_login_method(tx, recipes, app_id, method)
    await shrink(tx, app_id, user, method)
    await factors_changed(tx, recipes, app_id, user.internal_id)
    if method.internal_id != user.internal_id:
        await _forget_id(tx, recipes, app_id, method.internal_id, method.id, now_ms)


async def shrink(tx: Connection, app_id: str, user: User, gone: LoginMethod) -> None:
    """Adjust what depends on the members of a group after one has left."""
    await membership.refresh_time_joined(tx, app_id, user.internal_id)
    await claims.keep_only(tx, app_id, user.without(gone))


async def forget_person(tx: Connection, app_id: str, user: User) -> None:
    """Delete the row and the claims of a person whose login methods are gone."""
    await claims.release_all(tx, app_id, user.internal_id)
    await membership.delete_user(tx, app_id, user.internal_id)


async def forget_retained_id(
    tx: Connection, recipes: "tuple[CoreRecipe, ...]", app_id: str, user: User, now_ms: int
) -> None:
    """Delete a person whose last login method has just been unlinked, and everything under its id."""
    await _forget_id(tx, recipes, app_id, user.internal_id, user.id, now_ms)
    await forget_person(tx, app_id, user)


async def _delete_login_method(
    tx: Connection, recipes: "tuple[CoreRecipe, ...]", app_id: str, method: LoginMethod
) -> None:
    for recipe in recipes:
        if recipe.forget_login_method is not None:
            await recipe.forget_login_method(tx, app_id, method.internal_id)
    await membership.delete_login_method(tx, app_id, method.internal_id)


async def _forget_id(
    tx: Connection, recipes: "tuple[CoreRecipe, ...]", app_id: str, internal_id: str, effective_id: str, now_ms: int
) -> None:
    # A forced mapping can point to another user's internal id; the data there is that user's.
    is_of_another = effective_id != internal_id and await store.is_internal_id(tx, app_id, effective_id)
    if not is_of_another:
        for recipe in recipes:
            if recipe.user_data is not None:
                await recipe.user_data.forget(tx, app_id, effective_id)
        await deleted.remember(tx, app_id, effective_id, now_ms)
    if effective_id != internal_id:
        await deleted.remember(tx, app_id, internal_id, now_ms)
    await forget_last_active(tx, app_id, internal_id)
    await membership.delete_mapping(tx, app_id, internal_id)
