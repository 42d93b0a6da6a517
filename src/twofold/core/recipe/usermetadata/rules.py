# SPDX-License-Identifier: Apache-2.0
"""Rules of user metadata: the merge is shallow, a top-level null removes its key, a deeper null is kept."""

from collections.abc import Sequence
from dataclasses import dataclass

from twofold.core._fields import Json
from twofold.core.recipe.usermetadata import store
from twofold.core.storage.database import Connection, Database


async def get_metadata(connection: Connection, app_id: str, user_id: str) -> Json:
    """The metadata of a user, `{}` when there is none."""
    return await store.find(connection, app_id, user_id) or {}


async def update_metadata(database: Database, app_id: str, user_id: str, update: Json) -> Json:
    """Merge `update` into the metadata and return the whole. Two updates at once are applied one after the other."""

    async def merge(tx: Connection) -> Json:
        stored = await store.lock(tx, app_id, user_id)
        merged = {key: value for key, value in (stored | update).items() if value is not None}
        await store.replace(tx, app_id, user_id, merged)
        return merged

    return await database.transaction(merge)


@dataclass(frozen=True)
class ListChange:
    """A change of the list of texts that lies at `path` in the metadata."""

    path: Sequence[str]
    add: Sequence[str]
    remove: Sequence[str]


async def change_list(database: Database, app_id: str, user_id: str, change: ListChange) -> list[str]:
    """Add texts to a list and remove others, and return it. Changes at once are applied one after the other.

    What is no list there is replaced by one, what is no text in it is dropped; each text is in it once.
    """

    async def merge(tx: Connection) -> list[str]:
        stored = await store.lock(tx, app_id, user_id)
        *way, last = change.path
        place = stored
        for name in way:
            if not isinstance(place.get(name), dict):
                place[name] = {}
            place = place[name]
        before = place.get(last)
        texts = [text for text in before if isinstance(text, str)] if isinstance(before, list) else []
        place[last] = [text for text in dict.fromkeys([*texts, *change.add]) if text not in change.remove]
        await store.replace(tx, app_id, user_id, stored)
        return list(place[last])

    return await database.transaction(merge)


async def remove_metadata(connection: Connection, app_id: str, user_id: str) -> None:
    """Forget the metadata of a user."""
    await store.delete(connection, app_id, user_id)


async def get_metadata_of_many(connection: Connection, app_id: str, user_ids: list[str]) -> dict[str, Json]:
    """The metadata of those among `user_ids` that have some."""
    return await store.find_many(connection, app_id, user_ids)
