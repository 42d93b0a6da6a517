# SPDX-License-Identifier: Apache-2.0
"""What must happen when something changes that a person proves themselves with, whichever recipe it belongs to."""

from typing import TYPE_CHECKING

from twofold.core.storage.database import Connection
from twofold.core.users.store import find_user_ids

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
