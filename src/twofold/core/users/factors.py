# SPDX-License-Identifier: Apache-2.0
"""What must happen when something changes that a person proves themselves with, whichever recipe it belongs to."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from twofold._wire import ALTERNATIVE
from twofold.core.storage.database import Connection
from twofold.core.users.model import LoginMethod, User
from twofold.core.users.store import find_user_by_any_id, find_user_ids

if TYPE_CHECKING:
    from twofold.core._recipe import CoreRecipe


async def factors_changed(tx: Connection, recipes: "tuple[CoreRecipe, ...]", app_id: str, user_id: str) -> None:
    """Tell the recipes, in the transaction of the change, that a password, device, passkey or contact changed.

    Those of creating a person need no telling. user_id: any id of the person, or any string that is no user's id.
    """
    ids = await find_user_ids(tx, app_id, user_id)
    effective_id = user_id if ids is None else ids.primary_id
    for recipe in recipes:
        if recipe.factors_changed is not None:
            await recipe.factors_changed(tx, app_id, effective_id)


class LastFactor(Exception):
    """The person would be left without any of the factors of which they must have one."""


async def require_one_left(
    tx: Connection, recipes: "tuple[CoreRecipe, ...]", app_id: str, user_id: str, keep_one_of: Sequence[str]
) -> None:
    """After a removal, in its transaction, which has locked the person: of each of these groups one factor is left.

    keep_one_of: groups of factors, each written as `totp|webauthn`. Raises LastFactor.
    """
    user = await find_user_by_any_id(tx, app_id, user_id) if keep_one_of else None
    if user is None:
        return
    for group in keep_one_of:
        if not await _has_one(tx, recipes, app_id, user, set(group.split(ALTERNATIVE))):
            raise LastFactor


async def _has_one(
    tx: Connection, recipes: "tuple[CoreRecipe, ...]", app_id: str, user: User, factors: set[str]
) -> bool:
    if any(set(_factors_of(method)) & factors for method in user.login_methods):
        return True
    for recipe in recipes:
        if recipe.name in factors and recipe.has_factor is not None and await recipe.has_factor(tx, app_id, user):
            return True
    return False


def _factors_of(method: LoginMethod) -> list[str]:
    """The factors that a login method is by itself; of passkeys the recipe knows whether there are any."""
    match method.recipe_id:
        case "webauthn":
            return []
        case "passwordless":
            kinds = [kind for kind, contact in (("email", method.email), ("phone", method.phone_number)) if contact]
            return [f"{way}-{kind}" for kind in kinds for way in ("otp", "link")]
        case _:
            return [method.recipe_id]
