# SPDX-License-Identifier: Apache-2.0
"""SQL of user id mappings."""

from dataclasses import dataclass
from typing import Literal

from twofold.core.storage.database import Connection
from twofold.core.storage.query import Query

IdType = Literal["SUPERTOKENS", "EXTERNAL", "ANY"]


@dataclass(frozen=True, slots=True)
class Mapping:
    """An internal id, the external id that stands for it, and a note of the application's."""

    internal_id: str
    external_id: str
    info: str | None


_BY_INTERNAL_ID = (
    "SELECT user_id, external_user_id, external_user_id_info, 0 AS place FROM user_id_mappings"
    " WHERE app_id = :app_id AND user_id = :user_id"
)
_BY_EXTERNAL_ID = (
    "SELECT user_id, external_user_id, external_user_id_info, 1 AS place FROM user_id_mappings"
    " WHERE app_id = :app_id AND external_user_id = :user_id"
)
FIND: dict[IdType, Query] = {
    "SUPERTOKENS": Query(_BY_INTERNAL_ID),
    "EXTERNAL": Query(_BY_EXTERNAL_ID),
    "ANY": Query(f"{_BY_INTERNAL_ID} UNION ALL {_BY_EXTERNAL_ID} ORDER BY place LIMIT 1"),
}
CREATE = Query(
    "INSERT INTO user_id_mappings (app_id, user_id, external_user_id, external_user_id_info)"
    " VALUES (:app_id, :user_id, :external_user_id, :info) ON CONFLICT DO NOTHING RETURNING user_id"
)
UPDATE_INFO = Query(
    "UPDATE user_id_mappings SET external_user_id_info = :info WHERE app_id = :app_id AND user_id = :user_id"
)
DELETE = Query("DELETE FROM user_id_mappings WHERE app_id = :app_id AND user_id = :user_id")


async def find(connection: Connection, app_id: str, user_id: str, id_type: IdType) -> Mapping | None:
    """The mapping in which an id is the internal or external side, or (ANY) the internal one rather than external."""
    row = await connection.fetch_one(FIND[id_type], app_id=app_id, user_id=user_id)
    return None if row is None else Mapping(row["user_id"], row["external_user_id"], row["external_user_id_info"])


async def create(tx: Connection, app_id: str, mapping: Mapping) -> bool:
    """Store a mapping; False, and nothing changed, when one of its ids is mapped already."""
    created = await tx.fetch_one(
        CREATE,
        app_id=app_id,
        user_id=mapping.internal_id,
        external_user_id=mapping.external_id,
        info=mapping.info,
    )
    return created is not None


async def update_info(tx: Connection, app_id: str, internal_id: str, info: str | None) -> bool:
    """Change the note; whether there is a mapping."""
    return await tx.execute(UPDATE_INFO, app_id=app_id, user_id=internal_id, info=info) > 0


async def delete(tx: Connection, app_id: str, internal_id: str) -> bool:
    """Remove the mapping of an internal id; whether there was one."""
    return await tx.execute(DELETE, app_id=app_id, user_id=internal_id) > 0
