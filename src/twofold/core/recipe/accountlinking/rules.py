# SPDX-License-Identifier: Apache-2.0
"""Rules of account linking.

A login method is on its own, is a primary user, or is linked to one. In each tenant an account info (e-mail, phone
number, account at a provider) belongs to at most one primary user. A group's claim covers every tenant of its members
times every account info of its members. Login methods on their own claim nothing, and nothing keeps them from existing.

Changes lock the people concerned, so that linking, unlinking, deleting and changes of contact happen one after the
other. What loses against a third person raises, which undoes the transaction.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from twofold._wire import ALTERNATIVE
from twofold.core.errors import BadRequest
from twofold.core.storage.database import Connection
from twofold.core.users import claims, deletion, membership, store
from twofold.core.users.factors import LastFactor, factors_changed, require_one_left
from twofold.core.users.last_active import forget_last_active, touch_last_active
from twofold.core.users.model import LoginMethod, User
from twofold.core.users.rules import Refused

if TYPE_CHECKING:
    from twofold.core._recipe import CoreRecipe

    Recipes = tuple[CoreRecipe, ...]

_NAMES_OF_KINDS = {
    claims.EMAIL: "email",
    claims.PHONE_NUMBER: "phone number",
    claims.THIRD_PARTY: "third party login",
}


class LinkedToAnother(Refused):
    """The login method belongs to another primary user, `user`."""

    def __init__(self, user: User) -> None:
        super().__init__(
            "RECIPE_USER_ID_ALREADY_LINKED_WITH_ANOTHER_PRIMARY_USER_ID_ERROR",
            primaryUserId=user.id,
            description="The input recipe user ID is already linked to another user ID",
        )
        self.user = user


@dataclass(frozen=True, slots=True)
class Unlinked:
    """What unlinking did."""

    was_linked: bool
    was_deleted: bool


async def check_make_primary(connection: Connection, app_id: str, user_id: str) -> bool:
    """Whether it is a primary user already. Raises Refused or BadRequest when it cannot become one."""
    user = _known(await store.find_user_by_any_id(connection, app_id, user_id))
    if _is_already_primary(user, user_id):
        return True
    infos = claims.account_infos(user.login_methods)
    conflict = await claims.find_conflict(connection, app_id, user.internal_id, user.tenant_ids, infos)
    if conflict is not None:
        raise await _taken(connection, app_id, conflict)
    return False


async def make_primary(tx: Connection, app_id: str, user_id: str) -> tuple[bool, User]:
    """Make a login method a primary user; whether it was one already, and the user. Raises as the check does."""
    user = _known(await store.lock_user(tx, app_id, user_id))
    if _is_already_primary(user, user_id):
        return True, user
    await _claim(tx, app_id, user.internal_id, user.tenant_ids, user.login_methods)
    await membership.set_primary(tx, app_id, user.internal_id, is_primary=True)
    return False, await _read(tx, app_id, user.internal_id)


async def check_link(connection: Connection, app_id: str, user_id: str, primary_id: str) -> bool:
    """Whether they are linked already. Raises Refused or BadRequest when they cannot be."""
    joining = _known(await store.find_user_by_any_id(connection, app_id, user_id))
    primary = _known(await store.find_user_by_any_id(connection, app_id, primary_id))
    if _are_already_linked(joining, primary):
        return True
    tenant_ids, methods = _together(joining, primary)
    infos = claims.account_infos(methods)
    conflict = await claims.find_conflict(connection, app_id, primary.internal_id, tenant_ids, infos)
    if conflict is not None:
        raise await _taken(connection, app_id, conflict)
    return False


async def link(
    tx: Connection, recipes: "Recipes", app_id: str, user_id: str, primary_id: str, now_ms: int
) -> tuple[bool, User]:
    """Link a login method to a primary user; whether they were linked already, and the user. Raises as `check_link`."""
    found, found_primary = await store.lock_users(tx, app_id, user_id, primary_id)
    joining, primary = _known(found), _known(found_primary)
    if _are_already_linked(joining, primary):
        return True, primary
    await _claim(tx, app_id, primary.internal_id, *_together(joining, primary))
    (method,) = joining.login_methods
    await membership.move_login_method(tx, app_id, method.internal_id, primary.internal_id)
    await membership.delete_user(tx, app_id, joining.internal_id)
    await membership.refresh_time_joined(tx, app_id, primary.internal_id)
    await factors_changed(tx, recipes, app_id, primary.internal_id)
    await _end_sessions(tx, recipes, app_id, method.id)
    await forget_last_active(tx, app_id, method.internal_id)
    await touch_last_active(tx, app_id, primary.internal_id, now_ms, is_forced=True)
    return False, await _read(tx, app_id, primary.internal_id)


async def unlink(tx: Connection, recipes: "Recipes", app_id: str, user_id: str, now_ms: int) -> Unlinked:
    """Part a login method from its group. Raises BadRequest for an unknown id.

    The primary user's own login method is deleted while there are others; alone, it stops being a primary user.
    """
    user = _known(await store.lock_user(tx, app_id, user_id))
    if not user.is_primary:
        return Unlinked(was_linked=False, was_deleted=False)
    method = user.method(user_id)
    if method is None:
        # The id of the group, whose own login method is gone: there is nothing left to part.
        await _end_sessions(tx, recipes, app_id, user.id)
        return Unlinked(was_linked=True, was_deleted=False)
    is_own = method.internal_id == user.internal_id
    if not is_own:
        await _set_free(tx, recipes, app_id, user, method, now_ms)
    elif len(user.login_methods) > 1:
        await deletion.delete_member(tx, recipes, app_id, user, method, now_ms)
    else:
        await claims.release_all(tx, app_id, user.internal_id)
        await membership.set_primary(tx, app_id, user.internal_id, is_primary=False)
    # Last: from here on a session that begins meanwhile waits for us, and is the parted login method's.
    await _end_sessions(tx, recipes, app_id, method.id)
    return Unlinked(was_linked=True, was_deleted=is_own and len(user.login_methods) > 1)


async def require_left(
    tx: Connection,
    recipes: "Recipes",
    app_id: str,
    before: User,
    *,
    keep_way_in: Sequence[str],
    keep_one_of: Sequence[str],
) -> None:
    """After unlinking, in its transaction: the group still has a way in, if any is named, and each of the factors.

    before: the group as it was. keep_one_of: as `require_one_left` says. Raises Refused.
    """
    if keep_way_in and len(before.login_methods) == 1:
        raise Refused("LAST_LOGIN_METHOD_ERROR")
    ways_in = [ALTERNATIVE.join(keep_way_in)] if keep_way_in else []
    for groups, refusal in ((ways_in, "LAST_LOGIN_METHOD_ERROR"), (keep_one_of, "LAST_FACTOR_ERROR")):
        try:
            await require_one_left(tx, recipes, app_id, before.internal_id, groups)
        except LastFactor:
            raise Refused(refusal) from None


def _known(user: User | None) -> User:
    if user is None:
        raise BadRequest("Unknown user ID provided")
    return user


def _is_already_primary(user: User, user_id: str) -> bool:
    if not user.is_primary:
        return False
    method = user.method(user_id)
    if method is not None and method.internal_id != user.internal_id:
        raise Refused(
            "RECIPE_USER_ID_ALREADY_LINKED_WITH_PRIMARY_USER_ID_ERROR",
            primaryUserId=user.id,
            description="This user ID is already linked to another user ID",
        )
    return True


def _are_already_linked(joining: User, primary: User) -> bool:
    if not primary.is_primary:
        raise Refused("INPUT_USER_IS_NOT_A_PRIMARY_USER", description="The given primary user ID is no primary user's")
    if joining.internal_id == primary.internal_id:
        return True
    if joining.is_primary:
        raise LinkedToAnother(joining)
    return False


def _together(joining: User, primary: User) -> tuple[list[str], tuple[LoginMethod, ...]]:
    return [*{*joining.tenant_ids, *primary.tenant_ids}], joining.login_methods + primary.login_methods


async def _claim(
    tx: Connection, app_id: str, primary_id: str, tenant_ids: Collection[str], methods: tuple[LoginMethod, ...]
) -> None:
    conflict = await claims.claim(tx, app_id, primary_id, tenant_ids, claims.account_infos(methods))
    if conflict is not None:
        raise await _taken(tx, app_id, conflict)


async def _taken(connection: Connection, app_id: str, conflict: claims.Conflict) -> Refused:
    other_id = await store.primary_user_id_of(connection, app_id, conflict.primary_internal_id)
    return Refused(
        "ACCOUNT_INFO_ALREADY_ASSOCIATED_WITH_ANOTHER_PRIMARY_USER_ID_ERROR",
        primaryUserId=other_id,
        description=f"This user's {_NAMES_OF_KINDS[conflict.kind]} is already associated with another user ID",
    )


async def _set_free(
    tx: Connection, recipes: "Recipes", app_id: str, user: User, method: LoginMethod, now_ms: int
) -> None:
    await store.create_user(tx, app_id, method.internal_id, method.time_joined)
    await membership.move_login_method(tx, app_id, method.internal_id, method.internal_id)
    await membership.refresh_time_joined(tx, app_id, method.internal_id)
    if len(user.login_methods) == 1:
        await deletion.forget_retained_id(tx, recipes, app_id, user, now_ms)
    else:
        await deletion.shrink(tx, app_id, user, method)
        await factors_changed(tx, recipes, app_id, user.internal_id)


async def _end_sessions(tx: Connection, recipes: "Recipes", app_id: str, effective_id: str) -> None:
    for recipe in recipes:
        if recipe.end_sessions is not None:
            await recipe.end_sessions(tx, app_id, effective_id)


async def _read(tx: Connection, app_id: str, user_id: str) -> User:
    return _known(await store.find_user_by_any_id(tx, app_id, user_id))
