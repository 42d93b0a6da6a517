# SPDX-License-Identifier: Apache-2.0
"""Endpoints of bulk import."""

import base64
import binascii
import json
from typing import Any

from twofold.core._endpoint import Call, Endpoints, Scope
from twofold.core._fields import Json
from twofold.core.errors import BadRequest
from twofold.core.recipe.bulkimport import rules, store
from twofold.core.recipe.bulkimport.importing import CannotImport
from twofold.core.recipe.bulkimport.reading import InvalidUser
from twofold.core.recipe.bulkimport.rules import InvalidUsers
from twofold.core.users.json_shape import user_json

MAX_USERS = 10_000
MAX_LIMIT = 500
STATUSES = ("NEW", "PROCESSING", "FAILED")
_NEWEST = (2**62, "")
_SHOWN_OF_METHODS = ("recipeId", "email", "phoneNumber", "thirdPartyId", "thirdPartyUserId")

endpoints = Endpoints()


@endpoints.post("/bulk-import/users", Scope.APP)
async def add_users(call: Call, users: list[Any]) -> Json:
    """Take users that the job will import; all of them, or none when one is invalid."""
    if len(users) > MAX_USERS:
        raise BadRequest(json.dumps({"error": f"You can only add {MAX_USERS} users at a time."}))
    try:
        added = await rules.add(call.services, call.app_id, users)
    except InvalidUsers as error:
        wrong = [{"index": index, "errors": errors} for index, errors in error.errors.items()]
        raise BadRequest(json.dumps({"error": str(error), "users": wrong})) from error
    return {"status": "OK", "users": [_added(user) for user in added]}


@endpoints.get("/bulk-import/users", Scope.APP)
async def list_users(
    call: Call, status: str | None = None, limit: int = 100, pagination_token: str | None = None
) -> Json:
    """Who waits or could not be imported, newest first."""
    _check_status(status)
    if limit > MAX_LIMIT:
        raise BadRequest(f"Max limit allowed is {MAX_LIMIT}")
    if limit < 1:
        raise BadRequest("limit must a positive integer with min value 1")
    start = _NEWEST if pagination_token is None else _read_token(pagination_token)
    found = await store.list_page(call.database, call.app_id, status, start, limit + 1)
    answer: Json = {"status": "OK", "users": [rules.shown(call.services, item) for item in found[:limit]]}
    if len(found) > limit:
        text = f"{found[limit].id};{found[limit].created_at}"
        answer["nextPaginationToken"] = base64.b64encode(text.encode()).decode()
    return answer


@endpoints.get("/bulk-import/users/count", Scope.APP)
async def count_users(call: Call, status: str | None = None) -> Json:
    """How many wait or could not be imported."""
    _check_status(status)
    return {"status": "OK", "count": await store.count(call.database, call.app_id, status)}


@endpoints.post("/bulk-import/users/remove", Scope.APP)
async def remove_users(call: Call, ids: list[str]) -> Json:
    """Delete some of them; users who were imported stay."""
    if len(ids) > MAX_LIMIT:
        raise BadRequest(f"Field name 'ids' cannot contain more than {MAX_LIMIT} elements")
    if any(not item.strip() for item in ids):
        raise BadRequest("Field name 'ids' cannot contain an empty string")
    deleted = await store.delete(call.database, call.app_id, ids)
    wanted = list(dict.fromkeys(ids))
    return {
        "deletedIds": [item for item in wanted if item in deleted],
        "invalidIds": [item for item in wanted if item not in deleted],
    }


@endpoints.post("/bulk-import/import", Scope.APP)
async def import_user(call: Call) -> Json:
    """Import one user, the body, at once."""
    try:
        user = await rules.import_now(call.services, call.app_id, dict(call.raw))
    except InvalidUser as error:
        raise BadRequest(json.dumps({"errors": error.errors})) from error
    except CannotImport as error:
        raise BadRequest(json.dumps({"errors": [str(error)]})) from error
    return {"status": "OK", "user": user_json(user, call.version)}


def _check_status(status: str | None) -> None:
    if status is not None and status not in STATUSES:
        raise BadRequest("Invalid value for status. Pass one of NEW, PROCESSING, or FAILED!")


def _read_token(token: str) -> tuple[int, str]:
    try:
        row_id, created_at = base64.b64decode(token, validate=True).decode().split(";")
        return int(created_at), row_id
    except (ValueError, binascii.Error):
        raise BadRequest("invalid pagination token") from None


def _added(user: Json) -> Json:
    methods = [
        {
            "userId": method["superTokensUserId"],
            "tenants": method.get("tenantIds") or ["public"],
            **{name: method[name] for name in _SHOWN_OF_METHODS if method.get(name) is not None},
        }
        for method in user["loginMethods"]
    ]
    main = _main_of(user["loginMethods"])
    return {"userId": user.get("externalUserId") or main["superTokensUserId"], "loginMethods": methods}


def _main_of(methods: list[Json]) -> Json:
    return min(
        methods,
        key=lambda item: (not item.get("isPrimary"), item.get("timeJoinedInMSSinceEpoch") or 2**62),
    )
