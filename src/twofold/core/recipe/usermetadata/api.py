# SPDX-License-Identifier: Apache-2.0
"""Endpoints of user metadata."""

from twofold.core._endpoint import Call, Endpoints, Scope
from twofold.core._fields import Json
from twofold.core.bulk import read_user_ids
from twofold.core.errors import BadRequest
from twofold.core.recipe.usermetadata import rules
from twofold.core.recipe.usermetadata.rules import ListChange
from twofold.core.users.normalise import MAX_USER_ID_LENGTH, require_length

MAX_PATH_LENGTH = 20

endpoints = Endpoints()


@endpoints.get("/recipe/user/metadata", Scope.APP)
async def get_metadata(call: Call, user_id: str) -> Json:
    """The metadata of a user, `{}` when there is none."""
    return {
        "status": "OK",
        "metadata": await rules.get_metadata(call.database, call.app_id, user_id),
    }


@endpoints.put("/recipe/user/metadata", Scope.APP)
async def update_metadata(call: Call, user_id: str, metadata_update: Json) -> Json:
    """Merge an update into the metadata and answer with the whole."""
    require_length("userId", user_id, MAX_USER_ID_LENGTH)
    merged = await rules.update_metadata(call.database, call.app_id, user_id, metadata_update)
    return {"status": "OK", "metadata": merged}


@endpoints.put("/recipe/user/metadata/list", Scope.APP)
async def change_list(call: Call, user_id: str, path: list[str], add: list[str], remove: list[str]) -> Json:
    """Add texts to a list within the metadata and remove others, whatever else is changed at the same time.

    `path` names members from the root on; the list, and objects on the way, are made where they are missing.
    """
    require_length("userId", user_id, MAX_USER_ID_LENGTH)
    if not 0 < len(path) <= MAX_PATH_LENGTH:
        raise BadRequest(f"path must name one member, and {MAX_PATH_LENGTH} at most")
    changed = await rules.change_list(call.database, call.app_id, user_id, ListChange(path, add, remove))
    return {"status": "OK", "list": changed}


@endpoints.post("/recipe/user/metadata/remove", Scope.APP)
async def remove_metadata(call: Call, user_id: str) -> Json:
    """Forget the metadata of a user."""
    await rules.remove_metadata(call.database, call.app_id, user_id)
    return {"status": "OK"}


@endpoints.post("/recipe/user/metadata/bulk", Scope.APP)
async def get_metadata_of_many(call: Call, user_ids: list[object]) -> Json:
    """The metadata of up to 500 users, in the order asked for; null for those who have none."""
    ids = read_user_ids(user_ids)
    found = await rules.get_metadata_of_many(call.database, call.app_id, ids)
    return {
        "status": "OK",
        "users": [{"userId": user_id, "metadata": found.get(user_id)} for user_id in ids],
    }
