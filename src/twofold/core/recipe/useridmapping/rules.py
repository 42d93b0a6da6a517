# SPDX-License-Identifier: Apache-2.0
"""Rules of user id mapping: one external id per internal id, and the other way round, in an app.

What recipes store, they store under the effective id. So a mapping must not come or go while something is stored
under the id that would stop being effective; e-mail verification alone can follow (`UserData.move`).
"""

from typing import TYPE_CHECKING

from twofold.core.errors import BadRequest
from twofold.core.recipe.useridmapping import store
from twofold.core.recipe.useridmapping.store import IdType, Mapping
from twofold.core.storage.database import Connection, Database
from twofold.core.users import normalise
from twofold.core.users.rules import Refused
from twofold.core.users.store import is_internal_id, lock_user
from twofold.core.version import V4_0, Version

if TYPE_CHECKING:
    from twofold.core._recipe import CoreRecipe, UserData

    Recipes = tuple[CoreRecipe, ...]

# Which use is reported first.
_REPORTED = ("Session", "UserMetadata", "UserRoles", "EmailVerification", "TOTP")


class MappingExists(Exception):
    """One of the ids is mapped already."""

    def __init__(self, *, has_internal_id: bool, has_external_id: bool) -> None:
        super().__init__("one of the ids is mapped already")
        self.has_internal_id = has_internal_id
        self.has_external_id = has_external_id


async def create_mapping(
    tx: Connection, recipes: "Recipes", app_id: str, mapping: Mapping, *, version: Version, is_forced: bool
) -> None:
    """Give an internal id an external one. Raises MappingExists, Refused for an unknown id, or BadRequest."""
    normalise.require_length("externalUserId", mapping.external_id, normalise.MAX_EXTERNAL_USER_ID_LENGTH)
    existing = await store.find(tx, app_id, mapping.external_id, "EXTERNAL")
    if existing is not None:
        raise MappingExists(has_internal_id=existing.internal_id == mapping.internal_id, has_external_id=True)
    await lock_user(tx, app_id, mapping.internal_id)
    if not await is_internal_id(tx, app_id, mapping.internal_id):
        raise Refused("UNKNOWN_SUPERTOKENS_USER_ID_ERROR")
    if not is_forced:
        await _make_way(tx, recipes, app_id, mapping, version)
    if not await store.create(tx, app_id, mapping):
        has_internal_id = await store.find(tx, app_id, mapping.internal_id, "SUPERTOKENS") is not None
        has_external_id = await store.find(tx, app_id, mapping.external_id, "EXTERNAL") is not None
        raise MappingExists(has_internal_id=has_internal_id, has_external_id=has_external_id)


async def find_mapping(connection: Connection, app_id: str, user_id: str, id_type: IdType) -> Mapping | None:
    """The mapping of an id. With ANY the internal reading wins, if the id has one."""
    return await store.find(connection, app_id, user_id, id_type)


async def remove_mapping(
    tx: Connection, recipes: "Recipes", app_id: str, user_id: str, id_type: IdType, *, is_forced: bool
) -> bool:
    """Remove a mapping; whether there was one. Raises BadRequest while something is stored under the external id."""
    mapping = await store.find(tx, app_id, user_id, id_type)
    if mapping is None:
        return False
    await lock_user(tx, app_id, mapping.internal_id)
    used = [] if is_forced else await _uses(tx, recipes, app_id, mapping.external_id)
    if used:
        raise _in_use(used)
    return await store.delete(tx, app_id, mapping.internal_id)


async def update_info(database: Database, app_id: str, user_id: str, id_type: IdType, info: str | None) -> bool:
    """Change the note beside an external id; whether there is a mapping."""

    async def update(tx: Connection) -> bool:
        mapping = await store.find(tx, app_id, user_id, id_type)
        return mapping is not None and await store.update_info(tx, app_id, mapping.internal_id, info)

    return await database.transaction(update)


async def _make_way(tx: Connection, recipes: "Recipes", app_id: str, mapping: Mapping, version: Version) -> None:
    if await is_internal_id(tx, app_id, mapping.external_id):
        raise BadRequest("Cannot create a userId mapping where the externalId is also a SuperTokens userID")
    used = await _uses(tx, recipes, app_id, mapping.internal_id)
    if any(data.move is None for data in used) or (used and version < V4_0):
        raise _in_use(used)
    for data in used:
        if data.move is not None:
            await data.move(tx, app_id, mapping.internal_id, mapping.external_id)


async def _uses(tx: Connection, recipes: "Recipes", app_id: str, user_id: str) -> "list[UserData]":
    kept = [recipe.user_data for recipe in recipes if recipe.user_data is not None]
    return [data for data in kept if await data.is_used(tx, app_id, user_id)]


def _in_use(used: "list[UserData]") -> BadRequest:
    names = {data.name for data in used}
    first = next((name for name in _REPORTED if name in names), min(names))
    return BadRequest(f"UserId is already in use in {first} recipe")
